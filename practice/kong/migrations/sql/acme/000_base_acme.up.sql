create table if not exists acme_storage (
  id uuid primary key,
  key text unique,
  value text,
  created_at timestamptz,
  ttl timestamptz
);

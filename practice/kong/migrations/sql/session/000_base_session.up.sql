create table if not exists sessions (
  id uuid primary key,
  session_id text unique,
  expires integer,
  data text,
  created_at timestamptz,
  ttl timestamptz
);
create index if not exists session_sessions_expires_idx on sessions (expires);
create index if not exists sessions_ttl_idx on sessions (ttl);

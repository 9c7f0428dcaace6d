alter table upstreams add column if not exists use_srv_name boolean default false;

create table if not exists key_sets (
  id uuid primary key,
  name text unique,
  tags text[],
  ws_id uuid references workspaces (id),
  created_at timestamptz,
  updated_at timestamptz
);
create index if not exists key_sets_tags_idx on key_sets using gin (tags);
create or replace trigger key_sets_sync_tags_trigger after insert or delete or update of tags on key_sets for each row execute function sync_tags();

create table if not exists keys (
  id uuid primary key,
  set_id uuid references key_sets (id) on delete cascade,
  name text unique,
  cache_key text unique,
  ws_id uuid references workspaces (id),
  kid text,
  jwk text,
  pem jsonb,
  tags text[],
  created_at timestamptz,
  updated_at timestamptz,
  unique (kid, set_id)
);
create index if not exists keys_fkey_key_sets on keys (set_id);
create index if not exists keys_tags_idx on keys using gin (tags);
create or replace trigger keys_sync_tags_trigger after insert or delete or update of tags on keys for each row execute function sync_tags();

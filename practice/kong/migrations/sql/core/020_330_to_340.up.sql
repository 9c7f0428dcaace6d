drop table if exists ttls;

create table if not exists filter_chains (
  id uuid primary key,
  name text unique,
  enabled boolean default true,
  route_id uuid references routes (id) on delete cascade,
  service_id uuid references services (id) on delete cascade,
  ws_id uuid references workspaces (id) on delete cascade,
  cache_key text unique,
  filters jsonb[],
  tags text[],
  created_at timestamptz,
  updated_at timestamptz
);
create unique index if not exists filter_chains_name_idx on filter_chains (name);
create unique index if not exists filter_chains_cache_key_idx on filter_chains (cache_key);
create index if not exists filter_chains_tags_idx on filter_chains using gin (tags);
create or replace trigger filter_chains_sync_tags_trigger after insert or delete or update of tags on filter_chains for each row execute function sync_tags();

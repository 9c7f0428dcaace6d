create table if not exists sm_vaults (
  id uuid primary key,
  ws_id uuid references workspaces (id),
  prefix text unique,
  name text not null,
  description text,
  config jsonb not null,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  updated_at timestamptz,
  tags text[],
  unique (id, ws_id),
  unique (prefix, ws_id)
);
create index if not exists sm_vaults_tags_idx on sm_vaults using gin (tags);
create or replace trigger sm_vaults_sync_tags_trigger after insert or delete or update of tags on sm_vaults for each row execute function sync_tags();

do $$
begin
  insert into sm_vaults (id, ws_id, prefix, name, description, config, created_at, updated_at, tags)
    select id, ws_id, prefix, name, description, config, created_at, updated_at, tags from vaults_beta
    on conflict do nothing;
exception when undefined_table then null;
end;
$$;

alter table targets add column if not exists cache_key text unique;

alter table upstreams add column if not exists hash_on_query_arg text;
alter table upstreams add column if not exists hash_fallback_query_arg text;
alter table upstreams add column if not exists hash_on_uri_capture text;
alter table upstreams add column if not exists hash_fallback_uri_capture text;

alter table routes add column if not exists expression text;
alter table routes add column if not exists priority bigint;

create table if not exists vaults_beta (
  id uuid primary key,
  ws_id uuid references workspaces (id),
  prefix text unique,
  name text not null,
  description text,
  config jsonb not null,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  updated_at timestamptz,
  tags text[],
  constraint vaults_beta_id_ws_id_key unique (id, ws_id),
  constraint vaults_beta_prefix_ws_id_key unique (prefix, ws_id)
);
create index if not exists vaults_beta_tags_idx on vaults_beta using gin (tags);
create or replace trigger vaults_beta_sync_tags_trigger after insert or delete or update of tags on vaults_beta for each row execute function sync_tags();

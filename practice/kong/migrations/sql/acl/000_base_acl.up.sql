create table if not exists acls (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  consumer_id uuid,
  "group" text,
  cache_key text unique,
  tags text[],
  ws_id uuid references workspaces (id),
  constraint acls_id_ws_id_unique unique (id, ws_id),
  constraint acls_consumer_id_fkey foreign key (consumer_id, ws_id) references consumers (id, ws_id) on delete cascade
);
create index if not exists acls_consumer_id_idx on acls (consumer_id);
create index if not exists acls_group_idx on acls ("group");
create index if not exists acls_tags_idex_tags_idx on acls using gin (tags);
create or replace trigger acls_sync_tags_trigger after insert or delete or update of tags on acls for each row execute function sync_tags();

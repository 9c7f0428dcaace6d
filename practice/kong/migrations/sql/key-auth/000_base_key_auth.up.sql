create table if not exists keyauth_credentials (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  consumer_id uuid,
  key text,
  tags text[],
  ttl timestamptz,
  ws_id uuid references workspaces (id),
  constraint keyauth_credentials_id_ws_id_unique unique (id, ws_id),
  constraint keyauth_credentials_ws_id_key_unique unique (ws_id, key),
  constraint keyauth_credentials_consumer_id_fkey foreign key (consumer_id, ws_id) references consumers (id, ws_id) on delete cascade
);
create index if not exists keyauth_credentials_consumer_id_idx on keyauth_credentials (consumer_id);
create index if not exists keyauth_credentials_ttl_idx on keyauth_credentials (ttl);
create index if not exists keyauth_tags_idex_tags_idx on keyauth_credentials using gin (tags);
create or replace trigger keyauth_sync_tags_trigger after insert or delete or update of tags on keyauth_credentials for each row execute function sync_tags();

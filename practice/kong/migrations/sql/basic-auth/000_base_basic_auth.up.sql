create table if not exists basicauth_credentials (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  consumer_id uuid,
  username text,
  password text,
  tags text[],
  ws_id uuid references workspaces (id),
  constraint basicauth_credentials_id_ws_id_unique unique (id, ws_id),
  constraint basicauth_credentials_ws_id_username_unique unique (ws_id, username),
  constraint basicauth_credentials_consumer_id_fkey foreign key (consumer_id, ws_id) references consumers (id, ws_id) on delete cascade
);
create index if not exists basicauth_consumer_id_idx on basicauth_credentials (consumer_id);
create index if not exists basicauth_tags_idex_tags_idx on basicauth_credentials using gin (tags);
create or replace trigger basicauth_sync_tags_trigger after insert or delete or update of tags on basicauth_credentials for each row execute function sync_tags();

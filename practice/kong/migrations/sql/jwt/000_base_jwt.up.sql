create table if not exists jwt_secrets (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  consumer_id uuid,
  key text,
  secret text,
  algorithm text,
  rsa_public_key text,
  tags text[],
  ws_id uuid references workspaces (id),
  constraint jwt_secrets_id_ws_id_unique unique (id, ws_id),
  constraint jwt_secrets_ws_id_key_unique unique (ws_id, key),
  constraint jwt_secrets_consumer_id_fkey foreign key (consumer_id, ws_id) references consumers (id, ws_id) on delete cascade
);
create index if not exists jwt_secrets_consumer_id_idx on jwt_secrets (consumer_id);
create index if not exists jwt_secrets_secret_idx on jwt_secrets (secret);
create index if not exists jwtsecrets_tags_idex_tags_idx on jwt_secrets using gin (tags);
create or replace trigger jwtsecrets_sync_tags_trigger after insert or delete or update of tags on jwt_secrets for each row execute function sync_tags();

create table if not exists oauth2_credentials (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  name text,
  consumer_id uuid,
  client_id text,
  client_secret text,
  redirect_uris text[],
  tags text[],
  client_type text,
  hash_secret boolean,
  ws_id uuid references workspaces (id),
  constraint oauth2_credentials_id_ws_id_unique unique (id, ws_id),
  constraint oauth2_credentials_ws_id_client_id_unique unique (ws_id, client_id),
  constraint oauth2_credentials_consumer_id_fkey foreign key (consumer_id, ws_id) references consumers (id, ws_id) on delete cascade
);
create index if not exists oauth2_credentials_consumer_id_idx on oauth2_credentials (consumer_id);
create index if not exists oauth2_credentials_secret_idx on oauth2_credentials (client_secret);
create index if not exists oauth2_credentials_tags_idex_tags_idx on oauth2_credentials using gin (tags);
create or replace trigger oauth2_credentials_sync_tags_trigger after insert or delete or update of tags on oauth2_credentials for each row execute function sync_tags();

create table if not exists oauth2_authorization_codes (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  credential_id uuid,
  service_id uuid,
  code text,
  authenticated_userid text,
  scope text,
  ttl timestamptz,
  challenge text,
  challenge_method text,
  ws_id uuid references workspaces (id),
  constraint oauth2_authorization_codes_id_ws_id_unique unique (id, ws_id),
  constraint oauth2_authorization_codes_ws_id_code_unique unique (ws_id, code),
  constraint oauth2_authorization_codes_credential_id_fkey foreign key (credential_id, ws_id) references oauth2_credentials (id, ws_id) on delete cascade,
  constraint oauth2_authorization_codes_service_id_fkey foreign key (service_id, ws_id) references services (id, ws_id) on delete cascade
);
create index if not exists oauth2_authorization_codes_authenticated_userid_idx on oauth2_authorization_codes (authenticated_userid);
create index if not exists oauth2_authorization_codes_ttl_idx on oauth2_authorization_codes (ttl);
create index if not exists oauth2_authorization_credential_id_idx on oauth2_authorization_codes (credential_id);
create index if not exists oauth2_authorization_service_id_idx on oauth2_authorization_codes (service_id);

create table if not exists oauth2_tokens (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  credential_id uuid,
  service_id uuid,
  access_token text,
  refresh_token text,
  token_type text,
  expires_in integer,
  authenticated_userid text,
  scope text,
  ttl timestamptz,
  ws_id uuid references workspaces (id),
  constraint oauth2_tokens_id_ws_id_unique unique (id, ws_id),
  constraint oauth2_tokens_ws_id_access_token_unique unique (ws_id, access_token),
  constraint oauth2_tokens_ws_id_refresh_token_unique unique (ws_id, refresh_token),
  constraint oauth2_tokens_credential_id_fkey foreign key (credential_id, ws_id) references oauth2_credentials (id, ws_id) on delete cascade,
  constraint oauth2_tokens_service_id_fkey foreign key (service_id, ws_id) references services (id, ws_id) on delete cascade
);
create index if not exists oauth2_tokens_authenticated_userid_idx on oauth2_tokens (authenticated_userid);
create index if not exists oauth2_tokens_credential_id_idx on oauth2_tokens (credential_id);
create index if not exists oauth2_tokens_service_id_idx on oauth2_tokens (service_id);
create index if not exists oauth2_tokens_ttl_idx on oauth2_tokens (ttl);

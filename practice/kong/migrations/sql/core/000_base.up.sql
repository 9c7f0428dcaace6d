-- The tables of Kong 2.8's core in their final form: what the real 000_base .. 014_230_to_270 build up step by step
-- stands here at once (and in 012, 013, 015 where they add a table), so those later steps have nothing left to do.
create or replace function sync_tags() returns trigger language plpgsql as $$
begin
  if tg_op = 'TRUNCATE' then
    delete from tags where entity_name = tg_table_name;
    return null;
  elsif tg_op = 'DELETE' then
    delete from tags where entity_id = old.id;
    return old;
  end if;
  insert into tags values (new.id, tg_table_name, new.tags) on conflict (entity_id) do update set tags = excluded.tags;
  return new;
end;
$$;

create table if not exists workspaces (
  id uuid primary key,
  name text unique,
  comment text,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  meta jsonb,
  config jsonb
);

create table if not exists cluster_events (
  id uuid primary key,
  node_id uuid not null,
  at timestamptz not null,
  nbf timestamptz,
  expire_at timestamptz not null,
  channel text,
  data text
);
create index if not exists cluster_events_at_idx on cluster_events (at);
create index if not exists cluster_events_channel_idx on cluster_events (channel);
create index if not exists cluster_events_expire_at_idx on cluster_events (expire_at);

create table if not exists tags (
  entity_id uuid primary key,
  entity_name text,
  tags text[]
);
create index if not exists tags_entity_name_idx on tags (entity_name);
create index if not exists tags_tags_idx on tags using gin (tags);

create table if not exists ttls (
  primary_key_value text not null,
  primary_uuid_value uuid,
  table_name text not null,
  primary_key_name text not null,
  expire_at timestamp not null,
  primary key (primary_key_value, table_name)
);
create index if not exists ttls_primary_uuid_value_idx on ttls (primary_uuid_value);

create table if not exists certificates (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  cert text,
  key text,
  tags text[],
  ws_id uuid references workspaces (id),
  cert_alt text,
  key_alt text,
  constraint certificates_id_ws_id_unique unique (id, ws_id)
);
create index if not exists certificates_tags_idx on certificates using gin (tags);
create or replace trigger certificates_sync_tags_trigger after insert or delete or update of tags on certificates for each row execute function sync_tags();

create table if not exists snis (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  name text not null unique,
  certificate_id uuid,
  tags text[],
  ws_id uuid references workspaces (id),
  constraint snis_id_ws_id_unique unique (id, ws_id),
  constraint snis_certificate_id_fkey foreign key (certificate_id, ws_id) references certificates (id, ws_id)
);
create index if not exists snis_certificate_id_idx on snis (certificate_id);
create index if not exists snis_tags_idx on snis using gin (tags);
create or replace trigger snis_sync_tags_trigger after insert or delete or update of tags on snis for each row execute function sync_tags();

create table if not exists ca_certificates (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  cert text not null,
  tags text[],
  cert_digest text not null unique
);
create or replace trigger ca_certificates_sync_tags_trigger after insert or delete or update of tags on ca_certificates for each row execute function sync_tags();

create table if not exists consumers (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  username text,
  custom_id text,
  tags text[],
  ws_id uuid references workspaces (id),
  constraint consumers_id_ws_id_unique unique (id, ws_id),
  constraint consumers_ws_id_custom_id_unique unique (ws_id, custom_id),
  constraint consumers_ws_id_username_unique unique (ws_id, username)
);
create index if not exists consumers_tags_idx on consumers using gin (tags);
create index if not exists consumers_username_idx on consumers (lower(username));
create or replace trigger consumers_sync_tags_trigger after insert or delete or update of tags on consumers for each row execute function sync_tags();

create table if not exists services (
  id uuid primary key,
  created_at timestamptz,
  updated_at timestamptz,
  name text,
  retries bigint,
  protocol text,
  host text,
  port bigint,
  path text,
  connect_timeout bigint,
  write_timeout bigint,
  read_timeout bigint,
  tags text[],
  client_certificate_id uuid,
  tls_verify boolean,
  tls_verify_depth smallint,
  ca_certificates uuid[],
  ws_id uuid references workspaces (id),
  enabled boolean default true,
  constraint services_id_ws_id_unique unique (id, ws_id),
  constraint services_ws_id_name_unique unique (ws_id, name),
  constraint services_client_certificate_id_fkey foreign key (client_certificate_id, ws_id) references certificates (id, ws_id)
);
create index if not exists services_fkey_client_certificate on services (client_certificate_id);
create index if not exists services_tags_idx on services using gin (tags);
create or replace trigger services_sync_tags_trigger after insert or delete or update of tags on services for each row execute function sync_tags();

create table if not exists routes (
  id uuid primary key,
  created_at timestamptz,
  updated_at timestamptz,
  name text,
  service_id uuid,
  protocols text[],
  methods text[],
  hosts text[],
  paths text[],
  snis text[],
  sources jsonb[],
  destinations jsonb[],
  regex_priority bigint,
  strip_path boolean,
  preserve_host boolean,
  tags text[],
  https_redirect_status_code integer,
  headers jsonb,
  path_handling text default 'v0',
  ws_id uuid references workspaces (id),
  request_buffering boolean,
  response_buffering boolean,
  constraint routes_id_ws_id_unique unique (id, ws_id),
  constraint routes_ws_id_name_unique unique (ws_id, name),
  constraint routes_service_id_fkey foreign key (service_id, ws_id) references services (id, ws_id)
);
create index if not exists routes_service_id_idx on routes (service_id);
create index if not exists routes_tags_idx on routes using gin (tags);
create or replace trigger routes_sync_tags_trigger after insert or delete or update of tags on routes for each row execute function sync_tags();

create table if not exists plugins (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(0) at time zone 'UTC'),
  name text not null,
  consumer_id uuid,
  service_id uuid,
  route_id uuid,
  config jsonb not null,
  enabled boolean not null,
  cache_key text unique,
  protocols text[],
  tags text[],
  ws_id uuid references workspaces (id),
  constraint plugins_id_ws_id_unique unique (id, ws_id),
  constraint plugins_consumer_id_fkey foreign key (consumer_id, ws_id) references consumers (id, ws_id) on delete cascade,
  constraint plugins_route_id_fkey foreign key (route_id, ws_id) references routes (id, ws_id) on delete cascade,
  constraint plugins_service_id_fkey foreign key (service_id, ws_id) references services (id, ws_id) on delete cascade
);
create index if not exists plugins_consumer_id_idx on plugins (consumer_id);
create index if not exists plugins_name_idx on plugins (name);
create index if not exists plugins_route_id_idx on plugins (route_id);
create index if not exists plugins_service_id_idx on plugins (service_id);
create index if not exists plugins_tags_idx on plugins using gin (tags);
create or replace trigger plugins_sync_tags_trigger after insert or delete or update of tags on plugins for each row execute function sync_tags();

create table if not exists upstreams (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(3) at time zone 'UTC'),
  name text,
  hash_on text,
  hash_fallback text,
  hash_on_header text,
  hash_fallback_header text,
  hash_on_cookie text,
  hash_on_cookie_path text,
  slots integer not null,
  healthchecks jsonb,
  tags text[],
  algorithm text,
  host_header text,
  client_certificate_id uuid references certificates (id),
  ws_id uuid references workspaces (id),
  constraint upstreams_id_ws_id_unique unique (id, ws_id),
  constraint upstreams_ws_id_name_unique unique (ws_id, name)
);
create index if not exists upstreams_fkey_client_certificate on upstreams (client_certificate_id);
create index if not exists upstreams_tags_idx on upstreams using gin (tags);
create or replace trigger upstreams_sync_tags_trigger after insert or delete or update of tags on upstreams for each row execute function sync_tags();

create table if not exists targets (
  id uuid primary key,
  created_at timestamptz default (current_timestamp(3) at time zone 'UTC'),
  upstream_id uuid,
  target text not null,
  weight integer not null,
  tags text[],
  ws_id uuid references workspaces (id),
  constraint targets_id_ws_id_unique unique (id, ws_id),
  constraint targets_upstream_id_fkey foreign key (upstream_id, ws_id) references upstreams (id, ws_id) on delete cascade
);
create index if not exists targets_tags_idx on targets using gin (tags);
create index if not exists targets_target_idx on targets (target);
create index if not exists targets_upstream_id_idx on targets (upstream_id);
create or replace trigger targets_sync_tags_trigger after insert or delete or update of tags on targets for each row execute function sync_tags();

create table if not exists clustering_data_planes (
  id uuid primary key,
  hostname text not null,
  ip text not null,
  last_seen timestamptz default (current_timestamp(0) at time zone 'UTC'),
  config_hash text not null,
  ttl timestamptz,
  version text,
  sync_status text default 'unknown' not null
);
create index if not exists clustering_data_planes_ttl_idx on clustering_data_planes (ttl);

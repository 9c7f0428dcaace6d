create table if not exists clustering_sync_version (version serial primary key);
create table if not exists clustering_sync_delta (
  version integer not null references clustering_sync_version (version) on delete cascade,
  type text not null,
  pk json not null,
  ws_id uuid not null,
  entity json
);
create index if not exists clustering_sync_delta_version_idx on clustering_sync_delta (version);

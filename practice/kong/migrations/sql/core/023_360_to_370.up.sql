create table if not exists clustering_rpc_requests (
  id bigserial primary key,
  node_id uuid not null,
  reply_to uuid not null,
  ttl timestamptz not null,
  payload json not null
);
create index if not exists clustering_rpc_requests_node_id_idx on clustering_rpc_requests (node_id);
alter table clustering_data_planes add column if not exists rpc_capabilities text[];

create table if not exists ratelimiting_metrics (
  identifier text not null,
  period text not null,
  period_date timestamptz not null,
  service_id uuid default '00000000-0000-0000-0000-000000000000' not null,
  route_id uuid default '00000000-0000-0000-0000-000000000000' not null,
  value integer,
  ttl timestamptz,
  primary key (identifier, period, period_date, service_id, route_id)
);
create index if not exists ratelimiting_metrics_idx on ratelimiting_metrics (service_id, route_id, period_date, period);
create index if not exists ratelimiting_metrics_ttl_idx on ratelimiting_metrics (ttl);

create table if not exists response_ratelimiting_metrics (
  identifier text not null,
  period text not null,
  period_date timestamptz not null,
  service_id uuid default '00000000-0000-0000-0000-000000000000' not null,
  route_id uuid default '00000000-0000-0000-0000-000000000000' not null,
  value integer,
  primary key (identifier, period, period_date, service_id, route_id)
);

create table if not exists parameters (
  key text primary key,
  value text not null,
  created_at timestamptz
);
insert into parameters (key, value) values ('cluster_id', gen_random_uuid()::text) on conflict do nothing;

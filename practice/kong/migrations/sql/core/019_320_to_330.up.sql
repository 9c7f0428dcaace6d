create or replace function batch_delete_expired_rows() returns trigger language plpgsql as $$
begin
  execute format(
    'with rows as (select ctid from %s where %s < current_timestamp at time zone ''UTC'' order by %s limit 2 for update skip locked) delete from %s where ctid in (table rows)',
    tg_table_name, tg_argv[0], tg_argv[0], tg_table_name);
  return null;
end;
$$;
create or replace trigger cluster_events_ttl_trigger after insert on cluster_events for each statement execute function batch_delete_expired_rows('expire_at');
create or replace trigger clustering_data_planes_ttl_trigger after insert on clustering_data_planes for each statement execute function batch_delete_expired_rows('ttl');

alter table ca_certificates add column if not exists updated_at timestamptz default (current_timestamp(0) at time zone 'UTC');
alter table certificates add column if not exists updated_at timestamptz default (current_timestamp(0) at time zone 'UTC');
alter table clustering_data_planes add column if not exists updated_at timestamptz default (current_timestamp(0) at time zone 'UTC');
alter table consumers add column if not exists updated_at timestamptz default (current_timestamp(0) at time zone 'UTC');
alter table plugins add column if not exists updated_at timestamptz default (current_timestamp(0) at time zone 'UTC');
alter table snis add column if not exists updated_at timestamptz default (current_timestamp(0) at time zone 'UTC');
alter table upstreams add column if not exists updated_at timestamptz default (current_timestamp(0) at time zone 'UTC');
alter table workspaces add column if not exists updated_at timestamptz default (current_timestamp(0) at time zone 'UTC');
alter table targets add column if not exists updated_at timestamptz default (current_timestamp(3) at time zone 'UTC');

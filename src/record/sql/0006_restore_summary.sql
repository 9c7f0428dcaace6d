-- Writes the summary row and the lock of one upgrade from what its events say; leaves a newer row alone.
create function kong_upgrade.restore_summary(summary jsonb) returns void
language plpgsql as $$
declare
  s record;
begin
  select * into strict s from jsonb_to_record(summary) as given (
    id text, environment text, database_key text, mode text, status text, is_open boolean, version integer,
    head_hash text, running jsonb, requested_at timestamptz, updated_at timestamptz
  );

  insert into kong_upgrade.upgrade as known
    (id, environment, database_key, mode, status, is_open, version, head_hash, running, requested_at, updated_at)
  values
    (s.id, s.environment, s.database_key, s.mode, s.status, s.is_open, s.version, s.head_hash, s.running, s.requested_at, s.updated_at)
  on conflict (id) do update set
    environment = excluded.environment,
    database_key = excluded.database_key,
    mode = excluded.mode,
    status = excluded.status,
    is_open = excluded.is_open,
    version = excluded.version,
    head_hash = excluded.head_hash,
    running = excluded.running,
    requested_at = excluded.requested_at,
    updated_at = excluded.updated_at
  where known.version <= excluded.version;

  if not found then
    return;
  end if;
  if s.is_open and s.mode = 'plan' then
    insert into kong_upgrade.upgrade_lock (environment, database_key, upgrade_id, since)
    values (s.environment, s.database_key, s.id, s.requested_at)
    on conflict (upgrade_id) do update set environment = excluded.environment, database_key = excluded.database_key;
  else
    delete from kong_upgrade.upgrade_lock where upgrade_id = s.id;
  end if;
end
$$;

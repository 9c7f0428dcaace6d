-- A step was started without its approval: no upgrade of the environment, or of its database, begins before somebody who
-- had no part in it closed the review. The column says so from the breaking of the glass on; the append enforces it.
alter table kong_upgrade.upgrade add column needs_review boolean not null default false;
create index upgrade_waits_for_review on kong_upgrade.upgrade (environment) where needs_review;

-- append_events as before, and two rules more. A step that names the number of the lock under which it starts (its fence)
-- starts only while the lock has exactly this number: KU002 otherwise, so that neither event nor claim happens, and what was
-- approved under one lock can not start under a later one. No upgrade is asked for or started while a review is missing: KU003.
create or replace function kong_upgrade.append_events(entries jsonb, summary jsonb) returns void
language plpgsql as $$
declare
  s record;
  held_fence text;
begin
  select * into strict s from jsonb_to_record(summary) as given (
    id text, environment text, database_key text, mode text, status text, is_open boolean, version integer,
    head_hash text, running jsonb, needs_review boolean, track text, requested_at timestamptz, updated_at timestamptz
  );

  insert into kong_upgrade.event (upgrade_id, version, type, data, actor, recorded_at, previous, hash)
  select given.upgrade_id, given.version, given.type, given.data, given.actor, given.recorded_at, given.previous, given.hash
  from jsonb_to_recordset(entries) as given (
    upgrade_id text, version integer, type text, data jsonb, actor jsonb, recorded_at timestamptz, previous text, hash text
  );

  insert into kong_upgrade.upgrade
    (id, environment, database_key, mode, status, is_open, version, head_hash, running, needs_review,
     requested_at, updated_at)
  values
    (s.id, s.environment, s.database_key, s.mode, s.status, s.is_open, s.version, s.head_hash, s.running,
     coalesce(s.needs_review, false), s.requested_at, s.updated_at)
  on conflict (id) do update set
    environment = excluded.environment,
    database_key = excluded.database_key,
    status = excluded.status,
    is_open = excluded.is_open,
    version = excluded.version,
    head_hash = excluded.head_hash,
    running = excluded.running,
    needs_review = excluded.needs_review,
    updated_at = excluded.updated_at;

  -- After the row was written: whoever had the environment before has committed by then, so its review is seen.
  if s.mode = 'plan' and entries @? '$[*] ? (@.type == "upgrade_requested" || @.type == "upgrade_started")' then
    perform 1 from kong_upgrade.upgrade as other
    where other.needs_review and other.id <> s.id and (other.environment = s.environment or other.database_key = s.database_key);
    if found then
      raise exception 'environment % waits for the review of a broken glass', s.environment using errcode = 'KU003';
    end if;
  end if;

  if s.mode = 'plan' and entries @? '$[*] ? (@.type == "upgrade_requested")' then
    insert into kong_upgrade.upgrade_lock as held (environment, database_key, upgrade_id, since)
    values (s.environment, s.database_key, s.id, s.updated_at)
    on conflict (upgrade_id) do update set environment = excluded.environment, database_key = excluded.database_key
      where (held.environment, held.database_key) is distinct from (excluded.environment, excluded.database_key);
  end if;

  if entries @? '$[*] ? (@.type == "step_started")' then
    select fence::text into held_fence from kong_upgrade.upgrade_lock
    where upgrade_id = s.id and environment = s.environment and database_key = s.database_key
    for share;
    if not found then
      raise exception 'the lock of environment % is not held by %', s.environment, s.id using errcode = 'KU001';
    end if;
    if exists (
      select from jsonb_to_recordset(entries) as given (type text, data jsonb)
      where given.type = 'step_started' and coalesce(given.data ->> 'fence', held_fence) <> held_fence
    ) then
      raise exception 'the lock of environment % has another fence (%) than the start of the step names', s.environment, held_fence
        using errcode = 'KU002';
    end if;
    insert into kong_upgrade.step_claim (upgrade_id, track, step_id, attempt, runner_id, claimed_at)
    select s.id, s.track, given.data ->> 'stepId', (given.data ->> 'attempt')::integer, given.data ->> 'runnerId', clock_timestamp()
    from jsonb_to_recordset(entries) as given (type text, data jsonb)
    where given.type = 'step_started';
  end if;

  if not s.is_open then
    delete from kong_upgrade.upgrade_lock where upgrade_id = s.id;
  end if;

  perform pg_notify('kong_upgrade', jsonb_build_object('id', s.id, 'version', s.version, 'environment', s.environment)::text);
end
$$;

-- Writes the summary row and the lock of one upgrade from what its events say; leaves a newer row alone.
create or replace function kong_upgrade.restore_summary(summary jsonb) returns void
language plpgsql as $$
declare
  s record;
begin
  select * into strict s from jsonb_to_record(summary) as given (
    id text, environment text, database_key text, mode text, status text, is_open boolean, version integer,
    head_hash text, running jsonb, needs_review boolean, requested_at timestamptz, updated_at timestamptz
  );

  insert into kong_upgrade.upgrade as known
    (id, environment, database_key, mode, status, is_open, version, head_hash, running, needs_review,
     requested_at, updated_at)
  values
    (s.id, s.environment, s.database_key, s.mode, s.status, s.is_open, s.version, s.head_hash, s.running,
     coalesce(s.needs_review, false), s.requested_at, s.updated_at)
  on conflict (id) do update set
    environment = excluded.environment,
    database_key = excluded.database_key,
    mode = excluded.mode,
    status = excluded.status,
    is_open = excluded.is_open,
    version = excluded.version,
    head_hash = excluded.head_hash,
    running = excluded.running,
    needs_review = excluded.needs_review,
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

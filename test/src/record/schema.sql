table bot: replica text not null
table bot: version text not null
table bot: last_seen timestamp(3) with time zone not null
table checkpoint: upgrade_id text not null
table checkpoint: size integer not null
table checkpoint: key_id text not null
table checkpoint: note text not null
table checkpoint: signed_at timestamp(3) with time zone not null
table event: upgrade_id text not null
table event: version integer not null
table event: type text not null
table event: data jsonb not null
table event: actor jsonb not null
table event: recorded_at timestamp(3) with time zone not null
table event: previous text not null
table event: hash text not null
table event_trace: upgrade_id text not null
table event_trace: version integer not null
table event_trace: trace text not null
table event_trace: changes_turn boolean not null
table migration: name text not null
table migration: digest text not null
table migration: applied_at timestamp(3) with time zone not null default clock_timestamp()
table output_chunk: upgrade_id text not null
table output_chunk: step_id text not null
table output_chunk: attempt integer not null
table output_chunk: seq integer not null
table output_chunk: text text not null
table output_chunk: recorded_at timestamp(3) with time zone not null default clock_timestamp()
table runner: id text not null
table runner: environments text[] not null
table runner: host text not null
table runner: pid integer not null
table runner: version text not null
table runner: started_at timestamp(3) with time zone not null
table runner: last_seen timestamp(3) with time zone not null
table runner: lock_key bigint not null
table runner: labels jsonb not null default '{}'::jsonb
table runner: is_draining boolean not null default false
table slack_inbox: dedup_key text not null
table slack_inbox: received_at timestamp(3) with time zone not null
table slack_post: upgrade_id text not null
table slack_post: key text not null
table slack_post: channel text not null
table slack_post: thread_ts text
table slack_post: ts text
table slack_post: content_digest text not null
table slack_post: state text not null
table slack_post: updated_at timestamp(3) with time zone not null
table step_claim: upgrade_id text not null
table step_claim: track text not null
table step_claim: step_id text not null
table step_claim: attempt integer not null
table step_claim: runner_id text not null
table step_claim: claimed_at timestamp(3) with time zone not null
table step_up: identity text not null
table step_up: enrolled_key_id text
table step_up: enrolled_secret bytea
table step_up: enrolled_at timestamp(3) with time zone
table step_up: pending_key_id text
table step_up: pending_secret bytea
table step_up: pending_until timestamp(3) with time zone
table step_up: last_step bigint
table step_up: wrong_at timestamp(3) with time zone[] not null default '{}'::timestamp with time zone[]
table step_up: locked_until timestamp(3) with time zone
table step_up: reset_at timestamp(3) with time zone
table step_up: reset_by text
table upgrade: id text not null
table upgrade: environment text not null
table upgrade: database_key text not null
table upgrade: mode text not null
table upgrade: status text not null
table upgrade: is_open boolean not null
table upgrade: version integer not null
table upgrade: head_hash text not null
table upgrade: running jsonb
table upgrade: requested_at timestamp(3) with time zone not null
table upgrade: updated_at timestamp(3) with time zone not null
table upgrade: needs_review boolean not null default false
table upgrade_counter: year integer not null
table upgrade_counter: last_number integer not null
table upgrade_lock: environment text not null
table upgrade_lock: database_key text not null
table upgrade_lock: upgrade_id text not null
table upgrade_lock: fence bigint not null default nextval('kong_upgrade.fence'::regclass)
table upgrade_lock: since timestamp(3) with time zone not null
table upgrade_lock_database: database_key text not null
table upgrade_lock_database: upgrade_id text not null
constraint bot_pkey on bot: PRIMARY KEY (replica)
constraint checkpoint_pkey on checkpoint: PRIMARY KEY (upgrade_id, size, key_id)
constraint checkpoint_size_check on checkpoint: CHECK ((size >= 1))
constraint event_trace_pkey on event_trace: PRIMARY KEY (upgrade_id, version)
constraint event_trace_trace_check on event_trace: CHECK ((trace ~ '^[0-9a-f]{32}$'::text))
constraint event_pkey on event: PRIMARY KEY (upgrade_id, version)
constraint event_version_check on event: CHECK ((version >= 1))
constraint migration_pkey on migration: PRIMARY KEY (name)
constraint output_chunk_pkey on output_chunk: PRIMARY KEY (upgrade_id, step_id, attempt, seq)
constraint runner_pkey on runner: PRIMARY KEY (id)
constraint slack_inbox_pkey on slack_inbox: PRIMARY KEY (dedup_key)
constraint slack_post_pkey on slack_post: PRIMARY KEY (upgrade_id, key)
constraint step_claim_pkey on step_claim: PRIMARY KEY (upgrade_id, step_id, attempt)
constraint step_claim_track_check on step_claim: CHECK ((track = ANY (ARRAY['forward'::text, 'rollback'::text])))
constraint step_up_enrolled_is_whole on step_up: CHECK ((num_nulls(enrolled_key_id, enrolled_secret, enrolled_at) = ANY (ARRAY[0, 3])))
constraint step_up_identity_is_short on step_up: CHECK (((length(identity) >= 1) AND (length(identity) <= 512)))
constraint step_up_pending_is_whole on step_up: CHECK ((num_nulls(pending_key_id, pending_secret, pending_until) = ANY (ARRAY[0, 3])))
constraint step_up_pkey on step_up: PRIMARY KEY (identity)
constraint step_up_reset_is_whole on step_up: CHECK ((num_nulls(reset_at, reset_by) = ANY (ARRAY[0, 2])))
constraint upgrade_counter_pkey on upgrade_counter: PRIMARY KEY (year)
constraint upgrade_lock_database_upgrade_id_fkey on upgrade_lock_database: FOREIGN KEY (upgrade_id) REFERENCES kong_upgrade.upgrade_lock(upgrade_id) ON UPDATE CASCADE ON DELETE CASCADE
constraint upgrade_one_lock_per_database on upgrade_lock_database: PRIMARY KEY (database_key)
constraint upgrade_lock_database_key_key on upgrade_lock: UNIQUE (database_key)
constraint upgrade_lock_pkey on upgrade_lock: PRIMARY KEY (environment)
constraint upgrade_lock_upgrade_id_key on upgrade_lock: UNIQUE (upgrade_id)
constraint upgrade_mode_check on upgrade: CHECK ((mode = ANY (ARRAY['plan'::text, 'check'::text])))
constraint upgrade_pkey on upgrade: PRIMARY KEY (id)
CREATE INDEX slack_inbox_oldest_first ON kong_upgrade.slack_inbox USING btree (received_at)
CREATE INDEX upgrade_lock_database_of_upgrade ON kong_upgrade.upgrade_lock_database USING btree (upgrade_id)
CREATE INDEX upgrade_newest_first ON kong_upgrade.upgrade USING btree (requested_at DESC, id DESC)
CREATE UNIQUE INDEX upgrade_one_open_per_database ON kong_upgrade.upgrade USING btree (database_key) WHERE (is_open AND (mode = 'plan'::text))
CREATE UNIQUE INDEX upgrade_one_open_per_environment ON kong_upgrade.upgrade USING btree (environment) WHERE (is_open AND (mode = 'plan'::text))
CREATE INDEX upgrade_waits_for_review ON kong_upgrade.upgrade USING btree (environment) WHERE needs_review
sequence fence
CREATE TRIGGER event_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON kong_upgrade.event FOR EACH STATEMENT EXECUTE FUNCTION kong_upgrade.refuse_event_change()
CREATE TRIGGER event_trace_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON kong_upgrade.event_trace FOR EACH STATEMENT EXECUTE FUNCTION kong_upgrade.refuse_event_change()
CREATE OR REPLACE FUNCTION kong_upgrade.append_events(entries jsonb, summary jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
$function$

CREATE OR REPLACE FUNCTION kong_upgrade.hold_databases(holder text, keys jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select from kong_upgrade.upgrade_lock where upgrade_id = holder) then
    return;
  end if;
  delete from kong_upgrade.upgrade_lock_database as held
  where held.upgrade_id = holder and not (keys ? held.database_key);
  insert into kong_upgrade.upgrade_lock_database (database_key, upgrade_id)
  select wanted.key, holder from jsonb_array_elements_text(keys) as wanted (key)
  where not exists (
    select from kong_upgrade.upgrade_lock_database as held
    where held.database_key = wanted.key and held.upgrade_id = holder
  );
end
$function$

CREATE OR REPLACE FUNCTION kong_upgrade.note_trace(entries jsonb, trace text, changes_turn boolean)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into kong_upgrade.event_trace (upgrade_id, version, trace, changes_turn)
  select given.upgrade_id, given.version, note_trace.trace, note_trace.changes_turn
  from jsonb_to_recordset(entries) as given (upgrade_id text, version integer)
  -- Events that were put back to an earlier state leave traces behind, and those hold no event up.
  on conflict do nothing
$function$

CREATE OR REPLACE FUNCTION kong_upgrade.refuse_event_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the record is append-only: % on kong_upgrade.% is forbidden', lower(tg_op), tg_table_name
    using hint = 'a wrong event is corrected by a later one, never by changing history';
end
$function$

CREATE OR REPLACE FUNCTION kong_upgrade.restore_summary(summary jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
$function$


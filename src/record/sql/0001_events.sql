-- The record: what happened, for ever. Everything else in this schema can be rebuilt or thrown away.

create table kong_upgrade.event (
  upgrade_id text not null,
  version integer not null check (version >= 1),
  type text not null,
  data jsonb not null,
  actor jsonb not null,
  recorded_at timestamptz(3) not null,
  previous text not null,
  hash text not null,
  primary key (upgrade_id, version)
);

create function kong_upgrade.refuse_event_change() returns trigger
language plpgsql as $$
begin
  raise exception 'the record is append-only: % on kong_upgrade.event is forbidden', lower(tg_op)
    using hint = 'a wrong event is corrected by a later one, never by changing history';
end
$$;

create trigger event_is_append_only
before update or delete or truncate on kong_upgrade.event
for each statement execute function kong_upgrade.refuse_event_change();

-- One row per year; numbers may be skipped, never used twice.
create table kong_upgrade.upgrade_counter (
  year integer primary key,
  last_number integer not null
);

-- The newest state of every upgrade in short, written in the appending transaction; rebuildable from the events.
create table kong_upgrade.upgrade (
  id text primary key,
  environment text not null,
  database_key text not null,
  mode text not null check (mode in ('plan', 'check')),
  status text not null,
  is_open boolean not null,
  version integer not null,
  head_hash text not null,
  -- {"stepId", "attempt", "runnerId"} while a runner is at it
  running jsonb,
  requested_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);

create unique index upgrade_one_open_per_environment on kong_upgrade.upgrade (environment) where is_open and mode = 'plan';
create unique index upgrade_one_open_per_database on kong_upgrade.upgrade (database_key) where is_open and mode = 'plan';
create index upgrade_newest_first on kong_upgrade.upgrade (requested_at desc, id desc);

create sequence kong_upgrade.fence;

-- Who may touch an environment and its database. The fence grows with every lock that is taken.
create table kong_upgrade.upgrade_lock (
  environment text primary key,
  database_key text not null unique,
  upgrade_id text not null unique,
  fence bigint not null default nextval('kong_upgrade.fence'),
  since timestamptz(3) not null
);

-- A step starts only by inserting its own row here, in the transaction of its step_started event.
create table kong_upgrade.step_claim (
  upgrade_id text not null,
  track text not null check (track in ('forward', 'rollback')),
  step_id text not null,
  attempt integer not null,
  runner_id text not null,
  claimed_at timestamptz(3) not null,
  primary key (upgrade_id, step_id, attempt)
);

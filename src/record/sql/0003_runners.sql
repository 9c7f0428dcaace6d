-- Runners that registered; whether one is alive is told by the session advisory lock `lock_key`, not by this row.
create table kong_upgrade.runner (
  id text primary key,
  environments text[] not null,
  host text not null,
  pid integer not null,
  version text not null,
  started_at timestamptz(3) not null,
  last_seen timestamptz(3) not null,
  lock_key bigint not null
);

-- The redacted output of one attempt of a step, in order.
create table kong_upgrade.output_chunk (
  upgrade_id text not null,
  step_id text not null,
  attempt integer not null,
  seq integer not null,
  text text not null,
  recorded_at timestamptz(3) not null default clock_timestamp(),
  primary key (upgrade_id, step_id, attempt, seq)
);

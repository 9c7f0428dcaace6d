-- Who proves with one-time codes that it is them (RFC 6238); one row per person. Secrets are encrypted by the bot, whose
-- key is not in this database. `enrolled_*` is the secret that codes are checked with, `pending_*` one that its person
-- has not confirmed with a first code yet.
create table kong_upgrade.step_up (
  identity text primary key,
  enrolled_key_id text,
  enrolled_secret bytea,
  enrolled_at timestamptz(3),
  pending_key_id text,
  pending_secret bytea,
  pending_until timestamptz(3),
  -- The newest time step of 30 s whose code was accepted: each code counts once.
  last_step bigint,
  -- Wrong codes since the last lock, as many as can still lead to one.
  wrong_at timestamptz(3)[] not null default '{}',
  locked_until timestamptz(3),
  -- The last time that an operator took the secret away.
  reset_at timestamptz(3),
  reset_by text,
  constraint step_up_identity_is_short check (length(identity) between 1 and 512),
  constraint step_up_enrolled_is_whole check (num_nulls(enrolled_key_id, enrolled_secret, enrolled_at) in (0, 3)),
  constraint step_up_pending_is_whole check (num_nulls(pending_key_id, pending_secret, pending_until) in (0, 3)),
  constraint step_up_reset_is_whole check (num_nulls(reset_at, reset_by) in (0, 2))
);

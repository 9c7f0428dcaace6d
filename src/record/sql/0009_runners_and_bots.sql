-- What a runner tells about itself besides its life: its labels, and whether it drains, which means that it finishes what
-- it runs and takes nothing new.
alter table kong_upgrade.runner
  add column labels jsonb not null default '{}'::jsonb,
  add column is_draining boolean not null default false;

-- Replicas of the bot that were seen lately: runners compare their version with them before they take a step.
create table kong_upgrade.bot (
  replica text primary key,
  version text not null,
  last_seen timestamptz(3) not null
);

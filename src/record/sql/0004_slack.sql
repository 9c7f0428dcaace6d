-- Which message in Slack shows what; a projection that heals from the events.
create table kong_upgrade.slack_post (
  upgrade_id text not null,
  key text not null,
  channel text not null,
  thread_ts text,
  ts text,
  content_digest text not null,
  state text not null,
  updated_at timestamptz(3) not null,
  primary key (upgrade_id, key)
);

-- Deliveries that were already handled; Slack repeats what was not acknowledged in time. Kept for a day.
create table kong_upgrade.slack_inbox (
  dedup_key text primary key,
  received_at timestamptz(3) not null
);
create index slack_inbox_oldest_first on kong_upgrade.slack_inbox (received_at);

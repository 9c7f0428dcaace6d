-- Which click or command caused an event: the id that stands in the log lines of bot and runners, too. It lies beside the
-- events and is no part of them: it helps to find things, and proves nothing. What nobody asked for has none.
create table kong_upgrade.event_trace (
  upgrade_id text not null,
  version integer not null,
  trace text not null check (trace ~ '^[0-9a-f]{32}$'),
  -- Whether its append changed what is to be done next: what follows by itself is done in the newest such trace.
  changes_turn boolean not null,
  primary key (upgrade_id, version)
);

create or replace function kong_upgrade.refuse_event_change() returns trigger
language plpgsql as $$
begin
  raise exception 'the record is append-only: % on kong_upgrade.% is forbidden', lower(tg_op), tg_table_name
    using hint = 'a wrong event is corrected by a later one, never by changing history';
end
$$;

create trigger event_trace_is_append_only
before update or delete or truncate on kong_upgrade.event_trace
for each statement execute function kong_upgrade.refuse_event_change();

-- Called in the transaction that appends `entries`.
create function kong_upgrade.note_trace(entries jsonb, trace text, changes_turn boolean) returns void
language sql as $$
  insert into kong_upgrade.event_trace (upgrade_id, version, trace, changes_turn)
  select given.upgrade_id, given.version, note_trace.trace, note_trace.changes_turn
  from jsonb_to_recordset(entries) as given (upgrade_id text, version integer)
  -- Events that were put back to an earlier state leave traces behind, and those hold no event up.
  on conflict do nothing
$$;

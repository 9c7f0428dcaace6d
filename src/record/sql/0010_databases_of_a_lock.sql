-- Every database that the environment of a lock uses: its own and, where it has a second cluster on one of its own, that one
-- too. A database is in one lock at a time, whichever environment names it and as which of its databases.
create table kong_upgrade.upgrade_lock_database (
  database_key text not null constraint upgrade_one_lock_per_database primary key,
  upgrade_id text not null references kong_upgrade.upgrade_lock (upgrade_id) on update cascade on delete cascade
);
create index upgrade_lock_database_of_upgrade on kong_upgrade.upgrade_lock_database (upgrade_id);

insert into kong_upgrade.upgrade_lock_database (database_key, upgrade_id)
select database_key, upgrade_id from kong_upgrade.upgrade_lock;

-- Takes the databases for an upgrade that holds a lock, in the transaction of the append; fails with a unique violation
-- where another upgrade has one of them. Locks that were taken by an older program get theirs at their next start.
create function kong_upgrade.hold_databases(holder text, keys jsonb) returns void
language plpgsql as $$
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
$$;

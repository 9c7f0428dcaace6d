-- The net effect of all migrations as text, one line per thing, from PostgreSQL's own catalogue.
with tables as (
  select c.oid, c.relname from pg_class c
  where c.relnamespace = 'kong_upgrade'::regnamespace and c.relkind = 'r'
), lines as (
  select 1 as kind, t.relname as name, a.attnum::integer as place,
    format('table %s: %s %s%s%s', t.relname, a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then ' not null' else '' end,
      coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) as line
  from tables t
  join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
  union all
  select 2, t.relname || k.conname, 0, format('constraint %s on %s: %s', k.conname, t.relname, pg_get_constraintdef(k.oid))
  from tables t join pg_constraint k on k.conrelid = t.oid where k.contype <> 'n'
  union all
  select 3, i.indexname, 0, i.indexdef
  from pg_indexes i where i.schemaname = 'kong_upgrade'
    and not exists (select from pg_constraint k where k.conname = i.indexname and k.connamespace = 'kong_upgrade'::regnamespace)
  union all
  select 4, s.relname, 0, format('sequence %s', s.relname)
  from pg_class s where s.relnamespace = 'kong_upgrade'::regnamespace and s.relkind = 'S'
  union all
  select 5, g.tgname, 0, pg_get_triggerdef(g.oid)
  from tables t join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal
  union all
  select 6, p.proname, 0, pg_get_functiondef(p.oid)
  from pg_proc p where p.pronamespace = 'kong_upgrade'::regnamespace
)
select line from lines order by kind, name, place

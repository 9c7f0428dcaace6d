import { Client } from "pg";

const schema = {
  columns: `select table_name, column_name, ordinal_position, data_type, udt_name, is_nullable, column_default, is_identity, identity_generation,
      generation_expression from information_schema.columns where table_schema = 'public' order by 1, 3`,
  constraints: `select conrelid::regclass::text as "table", conname, pg_get_constraintdef(oid) as definition from pg_constraint
    where connamespace = 'public'::regnamespace and conrelid <> 0 order by 1, 2`,
  indexes: `select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2`,
  triggers: `select tgrelid::regclass::text as "table", pg_get_triggerdef(oid) as definition from pg_trigger where not tgisinternal order by 1, 2`,
  functions: `select pg_get_functiondef(oid) as definition from pg_proc where pronamespace = 'public'::regnamespace order by 1`,
  sequences: `select sequencename, start_value, min_value, max_value, increment_by, cycle, last_value from pg_sequences order by 1`,
  views: `select viewname, definition from pg_views where schemaname = 'public' order by 1`,
  enums: `select typname, enumlabel from pg_enum join pg_type t on t.oid = enumtypid order by 1, enumsortorder`,
} as const;

/** Everything a database holds, for comparing two: its form from the catalogue and every row as text. */
export async function databaseContent(url: string): Promise<Record<string, unknown>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const content: Record<string, unknown> = {};
    for (const [name, sql] of Object.entries(schema)) content[name] = (await client.query(sql)).rows;
    const { rows } = await client.query<{ readonly name: string }>(
      "select c.oid::regclass::text as name from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1",
    );
    for (const { name } of rows) {
      content[`rows of ${name}`] = (await client.query(`select t::text as row from ${name} t order by 1`)).rows;
    }
    return content;
  } finally {
    await client.end();
  }
}

/** Objects that Kong's schema does not have but a customised one may, with values that are hard to carry over. */
export const zoo = String.raw`
create type mood as enum ('sad', 'it''s ok', 'happy');
create table "Odd Names" (
  "the Key" bigint generated always as identity primary key,
  counter serial,
  "select" text default E'a\\b''c',
  mood mood not null default 'happy',
  price numeric(12, 4) check (price >= 0),
  half double precision,
  raw bytea,
  doc jsonb,
  list text[],
  at timestamptz,
  took interval,
  doubled numeric generated always as (price * 2) stored,
  constraint "price and mood" check (price > 1 or mood = 'sad')
);
insert into "Odd Names" ("select", mood, price, half, raw, doc, list, at, took) values
  (E'line\nbreak\ttab \\ "quote" ''single'' ${"$"}{x} é 你', 'it''s ok', 12.5, 0.1::float8 + 0.2, '\x00ff27', '{"a": [1, null, "\\u00e9"]}',
   array['a,b', null, '"', '{}', E'\\'], '2026-03-29 01:30:00.123456+02', '1 mon -2 days 03:04:05.6'),
  (null, 'sad', null, 'NaN', null, null, '{}', 'infinity', null),
  ('', 'happy', 1.0001, '-Infinity', '', '"text"', null, null, '0');
alter sequence "Odd Names_counter_seq" increment by 7 restart 700;
select nextval('"Odd Names_counter_seq"');
create unique index "only happy" on "Odd Names" (("select" || 'x')) where mood = 'happy';
create view cheap as select "the Key" as key, price from "Odd Names" where price < 20;
create sequence alone start 5 increment -1 minvalue -10 maxvalue 10 cycle;
create table empty_one ();
create table many (id int primary key, parent int references many (id) on delete cascade);
insert into many select n, case when n % 2 = 0 then n + 1 end from generate_series(1, 1203) n;
`;

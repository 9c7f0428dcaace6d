import { z } from "zod";
import { databaseOf } from "#src/plan/databases-of.ts";
import type { Probe } from "#src/plan/probe.ts";
import { databaseLogin } from "#src/discovery/kong-database.ts";
import { limits } from "#src/discovery/limits.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { bad, good } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { onSide } from "./side.ts";

const shownRelations = 10;

const lookSchema = z.tuple([
  z.object({ owner: z.string(), relations: z.coerce.number(), names: z.array(z.string()).nullable() }),
]);

/** Tables, views and the like of everybody but PostgreSQL itself, its extensions, and what is only temporary. */
const look = `with relations as (
  select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
)
select (select pg_get_userbyid(datdba)::text from pg_database where datname = current_database()) as owner,
  (select count(*) from relations)::text as relations,
  (select json_agg(name) from (select name from relations order by name collate "C" limit ${shownRelations}) first) as names`;

/** Looks into the database itself as the role that may create databases. */
export async function databaseEmpty(
  { name, side }: Extract<Probe, { readonly kind: "database_empty" }>,
  { environment, ports }: ProbeContext,
): Promise<Answer> {
  const cluster = onSide(environment, side);
  const login = await databaseLogin(cluster, { name, as: "admin" }, ports);
  const [rows = []] = await ports.querySql({ login, statements: [look], timeoutMs: limits.sqlTimeoutMs });
  const [{ owner, relations, names }] = lookSchema.parse(rows);
  const { user } = databaseOf(cluster);
  if (relations > 0) {
    const shown = [...(names ?? []), ...(relations > shownRelations ? ["…"] : [])].join(", ");
    return bad(
      `database ${name} holds ${relations} tables and the like (${shown}): see whose they are, rename or drop it by hand, then retry`,
    );
  }
  return owner === user
    ? good(`database ${name} is empty and belongs to ${user}`)
    : bad(
        `database ${name} is empty, but belongs to ${owner} and not to ${user}: drop it, or make it ${user}'s by hand, then retry`,
      );
}

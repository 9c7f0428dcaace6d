import { databaseOf } from "#src/plan/databases-of.ts";
import { z } from "zod";
import { databaseLogin } from "#src/discovery/kong-database.ts";
import { limits } from "#src/discovery/limits.ts";
import type { ProbeContext } from "#src/run/step-context.ts";

const rowsSchema = z.array(
  z.object({
    datname: z.string().nullable(),
    pid: z.number(),
    user: z.string().nullable(),
    client: z.string().nullable(),
    application: z.string().nullable(),
    state: z.string().nullable(),
    seconds: z.coerce.number().nullable(),
    query: z.string().nullable(),
  }),
);

export interface Session {
  readonly user: string;
  /** Address of the client; undefined for a local socket. */
  readonly client: string | undefined;
  readonly isBusy: boolean;
  /** One line for people; not redacted yet. */
  readonly description: string;
}

/** Sessions on Kong's database but for this product's own, as the role that may create databases sees them. */
export async function readSessions({ environment, ports }: ProbeContext): Promise<readonly Session[]> {
  const { admin, name } = databaseOf(environment);
  const login = await databaseLogin(environment, { name: admin.database, as: "admin" }, ports);
  const [rows = []] = await ports.querySql({
    login,
    statements: [
      `select datname::text, pid, usename::text as user, host(client_addr) as client, application_name as application, state,
         extract(epoch from now() - coalesce(xact_start, query_start, backend_start))::text as seconds, left(query, 200) as query
       from pg_stat_activity
       where backend_type = 'client backend' and pid <> pg_backend_pid() and application_name not like 'kong-upgrade%'
       order by backend_start limit 1000`,
    ],
    timeoutMs: limits.sqlTimeoutMs,
  });
  return rowsSchema
    .parse(rows)
    .filter((row) => row.datname === name)
    .map((row) => ({
      user: row.user ?? "unknown",
      client: row.client ?? undefined,
      isBusy: row.state !== "idle",
      description: `pid ${row.pid}, ${row.user ?? "unknown"} from ${row.client ?? "a local socket"}${
        row.application === null || row.application === "" ? "" : ` (${row.application})`
      }: ${row.state ?? "unknown"} for ${Math.round(row.seconds ?? 0)} s, ${row.query ?? ""}`,
    }));
}

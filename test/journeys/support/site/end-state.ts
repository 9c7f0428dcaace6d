import type { Surroundings } from "./ground.ts";
import type { Site } from "./site.ts";

/** What a Kong database holds, as far as an upgrade may or must not change it. */
export interface Contents {
  /** The newest migration of the core, e.g. `015_270_to_280`. */
  readonly schema: string;
  /** Migrations that wait for `finish`. */
  readonly pending: number;
  /** Names of services, routes, consumers, upstreams and plugins, in order. */
  readonly entities: readonly string[];
  /** Every path of every route. */
  readonly paths: readonly string[];
}

/** Reads a database of the site; the old cluster's where none is named. */
export async function contentsOf(site: Site, database = site.databases.names.old): Promise<Contents> {
  const read = async (sql: string): Promise<readonly string[]> =>
    (await site.databases.query(database, sql)).map(({ value }) => String(value));
  const [schema = "none"] = await read(
    "select max(name) as value from schema_meta, unnest(executed) as name where subsystem = 'core'",
  );
  const [pending = "0"] = await read("select coalesce(sum(cardinality(pending)), 0) as value from schema_meta");
  const kinds = ["services", "routes", "upstreams", "plugins"].map(
    (table) => `select '${table} ' || coalesce(name, id::text) as value from ${table}`,
  );
  return {
    schema,
    pending: Number(pending),
    entities: await read(
      `${kinds.join(" union all ")} union all select 'consumers ' || username from consumers order by 1`,
    ),
    paths: await read("select unnest(paths) as value from routes order by 1"),
  };
}

/** Requests of the clients that failed since the site was opened. */
export function failedRequests(site: Surroundings): number {
  return site.traffic.report().total.since_start.errors;
}

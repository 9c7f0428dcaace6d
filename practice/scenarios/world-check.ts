import { execa } from "execa";
import { Client } from "pg";
import { z } from "zod";
import type { Stage } from "./stage.ts";

const rootSchema = z.looseObject({ version: z.string() });

/** What the simulated installation really is at the end, asked from outside the bot. */
export interface Installation {
  /** Admin API version per node; undefined where it does not answer. */
  readonly versions: Readonly<Record<string, string | undefined>>;
  /** Migrations that are pending in `schema_meta`. */
  readonly pending: readonly string[];
  /** Names of all recorded core migrations. */
  readonly core: readonly string[];
  /** Paths of all routes. */
  readonly paths: readonly string[];
  /** Databases whose name begins with `kong`. */
  readonly databases: readonly string[];
}

/** Looks at nodes and database with plain tools. */
export async function inspect(stage: Stage): Promise<Installation> {
  const versions: Record<string, string | undefined> = {};
  for (const name of ["kong-1", "kong-2"] as const) {
    const admin = await execa("grep", ["^admin_listen", stage.world.fleet.nodes[name].conf]);
    const address = admin.stdout.split("=")[1]?.trim() ?? "";
    versions[name] = await fetch(`http://${address}/`, { signal: AbortSignal.timeout(30_000) }).then(
      async (response) => rootSchema.parse(await response.json()).version,
      () => undefined,
    );
  }
  const client = new Client({
    connectionString: stage.world.kongDatabaseUrl,
    connectionTimeoutMillis: 5_000,
    query_timeout: 10_000,
  });
  await client.connect();
  try {
    const meta = await client.query<{ subsystem: string; executed: string[] | null; pending: string[] | null }>(
      "select subsystem, executed, pending from schema_meta",
    );
    const routes = await client.query<{ paths: string[] | null }>("select paths from routes");
    const databases = await client.query<{ datname: string }>(
      "select datname from pg_database where datname like 'kong%' order by 1",
    );
    return {
      versions,
      pending: meta.rows.flatMap((row) => (row.pending ?? []).map((name) => `${row.subsystem} ${name}`)),
      core: meta.rows.find((row) => row.subsystem === "core")?.executed ?? [],
      paths: routes.rows.flatMap((row) => row.paths ?? []),
      databases: databases.rows.map((row) => row.datname),
    };
  } finally {
    await client.end();
  }
}

/** Fails the scenario with a sentence. */
export function demand(isTrue: boolean, sentence: string): void {
  if (!isTrue) throw new Error(`not as it must be: ${sentence}`);
}

/** The new version everywhere, nothing pending, regular expressions with their `~`. */
export async function demandUpgraded(stage: Stage): Promise<void> {
  const seen = await inspect(stage);
  demand(
    Object.values(seen.versions).every((version) => version === "3.4.2"),
    `both nodes serve 3.4.2 (${JSON.stringify(seen.versions)})`,
  );
  demand(seen.pending.length === 0, `no migration is pending (${seen.pending.join(", ")})`);
  demand(seen.core.includes("020_330_to_340"), "the core migrations of 3.4 are recorded");
  demand(seen.paths.includes("~/users/\\d+/profile$"), "the regular expression has its ~");
}

/** The old version everywhere, its schema and its routes as before. */
export async function demandOld(stage: Stage): Promise<void> {
  const seen = await inspect(stage);
  demand(
    Object.values(seen.versions).every((version) => version === "2.8.5"),
    `both nodes serve 2.8.5 (${JSON.stringify(seen.versions)})`,
  );
  demand(seen.pending.length === 0, `no migration is pending (${seen.pending.join(", ")})`);
  demand(!seen.core.includes("016_280_to_300"), "no migration of 3.x is recorded");
  demand(seen.paths.includes("/users/\\d+/profile$"), "the regular expression has no ~");
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "pg";
import { migratePath } from "./migrate-path.ts";

const folder = join(import.meta.dirname, "sql");

/** SQL of the step that `up` runs; `undefined` when the migration has none. */
export function upSql(subsystem: string, name: string): string | undefined {
  return readSql(subsystem, `${name}.up.sql`);
}

/** SQL of the step that `finish` runs. A migration that has one is "pending" between the two. */
export function teardownSql(subsystem: string, name: string): string | undefined {
  return readSql(subsystem, `${name}.teardown.sql`);
}

/** A step of `up` that SQL alone cannot do; it runs after the SQL and outside its transaction, as Kong's `up_f`. */
export function upStep(subsystem: string, name: string): ((client: Client) => Promise<void>) | undefined {
  return steps[`${subsystem}/${name}`];
}

const steps: Readonly<Record<string, (client: Client) => Promise<void>>> = {
  "core/016_280_to_300": migrateRoutePaths,
};

async function migrateRoutePaths(client: Client): Promise<void> {
  const { rows } = await client.query<{ readonly id: string; readonly paths: readonly string[] }>(
    "select id, paths from routes where paths is not null",
  );
  for (const route of rows) {
    const paths = route.paths.map(migratePath);
    if (paths.every((path, index) => path === route.paths[index])) continue;
    await client.query("update routes set paths = $2 where id = $1", [route.id, paths]);
  }
}

function readSql(subsystem: string, file: string): string | undefined {
  const path = join(folder, subsystem, file);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

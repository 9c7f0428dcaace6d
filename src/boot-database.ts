import { join } from "node:path";
import type { Settings } from "#src/config/settings.ts";
import type { Logger } from "#src/log.ts";
import { startEmbeddedPostgres } from "#src/postgres/embedded.ts";

/** The database of the configuration, or, with none configured, a PostgreSQL of our own in the data directory. */
export async function databaseFor(settings: Settings, stack: AsyncDisposableStack, log: Logger): Promise<string> {
  if (settings.databaseUrl !== undefined) return settings.databaseUrl;
  const postgres = await startEmbeddedPostgres({ dataDir: join(settings.dataDir, "postgres") });
  stack.defer(() => postgres.stop());
  log.info({ dataDir: postgres.dataDir, port: postgres.port }, "no DATABASE_URL: started an embedded PostgreSQL");
  return postgres.url;
}

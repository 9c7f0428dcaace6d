import { Client } from "pg";
import { readSchemaState } from "#practice/kong/database/schema-state.ts";
import { loadKongVersion } from "#practice/kong/versions/catalogue.ts";
import type { NodeSettings } from "./node-settings.ts";

const lua = "/usr/local/share/lua/5.1/kong";

/**
 * What Kong's init phase would stop at: `undefined` when new workers may start. A reload runs it in the master, so that an
 * error leaves the old workers in place while `kong reload` has said "Kong reloaded" (transcript "operations", 3.4.2).
 */
export async function initError(version: string, settings: NodeSettings): Promise<string | undefined> {
  if (settings.database === undefined) return declarativeError(version, settings);
  const { host, port, user, password, database, timeoutMs } = settings.database;
  const kong = await loadKongVersion(version);
  if (Object.keys(kong.migrations).length === 0) return undefined;
  const client = new Client({
    host,
    port,
    user,
    password: password ?? "",
    database,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  // The server may end the session between two statements; the next one reports it.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const state = await readSchemaState(client, kong.migrations);
    if (state.kind === "needs_bootstrap") {
      return `init_by_lua error: ${lua}/cmd/utils/migrations.lua:16: Database needs bootstrapping or is older than Kong 1.0.`;
    }
    return state.fresh.length === 0
      ? undefined
      : `init_by_lua error: ${lua}/cmd/utils/migrations.lua:20: New migrations available; run 'kong migrations up' to proceed`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `init_by_lua error: ${lua}/init.lua: [PostgreSQL error] failed to retrieve PostgreSQL server_version_num: ${reason}`;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** As kong/init.lua says it (source of 2.8 to 3.9; not recorded). */
async function declarativeError(version: string, settings: NodeSettings): Promise<string | undefined> {
  try {
    const { loadDeclarativeConfiguration } = await import("./declarative-configuration.ts");
    await loadDeclarativeConfiguration(version, settings);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `init_by_lua error: ${lua}/init.lua: error parsing declarative config file ${settings.declarativeConfig}:\n${reason}`;
  }
}

import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { adminApi, statusApi } from "./admin/admin-api.ts";
import { EntityStore } from "./entities/entity-store.ts";
import { loadPluginCatalogue } from "./entities/plugin-schema.ts";
import type { DeclarativeConfiguration } from "./declarative-configuration.ts";
import { listen } from "./listening.ts";
import type { Listening } from "./listening.ts";
import { openLogFile } from "./log-file.ts";
import type { LogFile } from "./log-file.ts";
import type { NodeContext, NodeProcesses } from "./node-context.ts";
import { openNodeDatabase } from "./node-database.ts";
import { readNodeSettings } from "./node-settings.ts";
import type { NodeSettings } from "./node-settings.ts";
import { loadProfile } from "./profile.ts";
import { openForwarder } from "./proxy/forward.ts";
import { proxyListener } from "./proxy/proxy-server.ts";
import { fixedTable, followDatabase } from "./proxy/route-table.ts";

/** What a worker is started with. */
export interface WorkerOptions {
  readonly prefix: string;
  readonly version: string;
  /** Stays the same over reloads; random for a traditional node at each start (transcript "cassandra and node id"). */
  readonly nodeId?: string;
  processes(): NodeProcesses;
}

/** One worker of a simulated node: proxy, Admin API and status listener in this process. */
export interface Worker extends Listening {
  /** Takes over changes of the database now instead of within half a second. */
  refresh(): Promise<void>;
}

/** Starts a worker from `<prefix>/.kong_env`. @throws the error of a port that is taken. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const [profile, settings] = await Promise.all([loadProfile(options.version), readNodeSettings(options.prefix)]);
  const database = openNodeDatabase(settings.database, profile.missing_tables);
  const node: NodeContext = {
    profile,
    settings,
    database,
    store: new EntityStore(database, profile.version),
    plugins: await loadPluginCatalogue(profile),
    declarative: settings.database === undefined ? await readDeclarative(options.version, settings) : undefined,
    nodeId: options.nodeId ?? randomUUID(),
    counters: { accepted: 0, active: 0, requests: 0 },
    errorLog: openLogFile(join(options.prefix, "logs", "error.log")),
    processes: () => options.processes(),
  };
  const table = node.declarative === undefined ? await followDatabase(node) : fixedTable(node, node.declarative.tables);
  const forwarder = openForwarder();
  const accessLog = openLogFile(join(options.prefix, "logs", "access.log"));
  const adminLog = openLogFile(join(options.prefix, "logs", "admin_access.log"));
  async function release(): Promise<void> {
    table.stop();
    forwarder.close();
    await database.close();
  }
  try {
    const admin = getRequestListener(adminApi(node).fetch, { overrideGlobalObjects: false });
    const status = getRequestListener(statusApi(node).fetch, { overrideGlobalObjects: false });
    const listening = await listen(
      [
        { listeners: settings.proxy, handler: logged(accessLog, proxyListener(node, { table, forwarder })) },
        { listeners: settings.admin, handler: logged(adminLog, (request, response) => void admin(request, response)) },
        { listeners: settings.status, handler: (request, response) => void status(request, response) },
      ],
      node.counters,
    );
    return {
      refresh: () => table.refresh(),
      drain: () => listening.drain().then(release),
      close: () => listening.close().then(release),
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** The reader of YAML is loaded only for a node that has no database. */
async function readDeclarative(version: string, settings: NodeSettings): Promise<DeclarativeConfiguration> {
  const { loadDeclarativeConfiguration } = await import("./declarative-configuration.ts");
  return loadDeclarativeConfiguration(version, settings);
}

/** Writes a line of nginx's access log when an exchange is over, however it ended. */
function logged(log: LogFile, handler: RequestListener): RequestListener {
  return (request, response) => {
    response.once("close", () => {
      log.access({
        client: (request.socket.remoteAddress ?? "-").replace(/^::ffff:/, ""),
        method: request.method ?? "GET",
        uri: request.url ?? "/",
        status: response.statusCode,
        bytes: Number(response.getHeader("content-length") ?? 0),
        agent: request.headers["user-agent"] ?? "-",
      });
    });
    handler(request, response);
  };
}

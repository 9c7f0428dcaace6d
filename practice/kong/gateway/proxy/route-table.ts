import type { NodeContext } from "#practice/kong/gateway/node-context.ts";
import type { GatewayTables } from "./gateway-tables.ts";
import { noTables, parseTables, readTablesText } from "./gateway-tables.ts";
import type { Router } from "./router.ts";
import { buildRouter } from "./router.ts";

/** How often the database is asked for changes; Kong itself polls its event table every 5 s. */
const pollEveryMs = 500;

/** The configuration that the proxy works with right now. */
export interface RouteTable {
  readonly current: { readonly tables: GatewayTables; readonly router: Router };
  /** Reads the database once; a failure keeps what was known and is logged when it begins and when it ends. */
  refresh(): Promise<void>;
  stop(): void;
}

/** The configuration of a node without a database: it changes with the worker only. */
export function fixedTable(node: NodeContext, tables: GatewayTables): RouteTable {
  const router = buildRouter(tables.routes, node.profile.routing);
  for (const { route, reason } of router.broken) {
    node.errorLog.error("error", `[lua] router: route ${route.id} takes no part: ${reason}`);
  }
  return { current: { tables, router }, refresh: () => Promise.resolve(), stop: () => undefined };
}

/** Starts following the database. With the database gone the proxy goes on with the last configuration, as Kong does. */
export async function followDatabase(node: NodeContext): Promise<RouteTable> {
  const { routing } = node.profile;
  let current = { tables: noTables, router: buildRouter([], routing) };
  let text = "";
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function refresh(): Promise<void> {
    try {
      const read = await readTablesText(node.database);
      if (read !== text) {
        const tables = parseTables(read);
        const router = buildRouter(tables.routes, routing);
        for (const { route, reason } of router.broken) {
          node.errorLog.error("error", `[lua] router: route ${route.id} takes no part: ${reason}`);
        }
        current = { tables, router };
        text = read;
      }
      if (isFailing) node.errorLog.error("notice", "[lua] the database answers again");
      isFailing = false;
    } catch (error) {
      if (!isFailing) {
        const reason = error instanceof Error ? error.message : String(error);
        node.errorLog.error("error", `[lua] could not read the configuration, going on with the last one: ${reason}`);
      }
      isFailing = true;
    }
  }

  function schedule(): void {
    if (isStopped) return;
    timer = setTimeout(() => {
      void refresh().then(schedule);
    }, pollEveryMs);
  }

  await refresh();
  schedule();
  return {
    get current() {
      return current;
    },
    refresh,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

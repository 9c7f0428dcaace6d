import type { NodeContext } from "#practice/kong/gateway/node-context.ts";
import { isAtLeast } from "#practice/kong/gateway/profile.ts";
import type { ConfigurationValue } from "#practice/kong/gateway/profile.ts";

/**
 * `GET /status`: always 200; a database that is gone shows only in `database.reachable`. A node without one tells the hash
 * of its configuration; 2.8 and 3.0 call the database that it does not have reachable, 3.4 is silent (recorded data planes).
 */
export async function nodeStatus(node: NodeContext): Promise<Record<string, ConfigurationValue>> {
  const { counters, declarative, profile } = node;
  const tellsDatabase = declarative === undefined || !isAtLeast(profile.version, "3.4.0");
  return {
    ...(tellsDatabase ? { database: { reachable: await node.database.isReachable() } } : {}),
    ...(declarative === undefined ? {} : { configuration_hash: declarative.hash }),
    memory: {
      lua_shared_dicts: profile.lua_shared_dicts,
      workers_lua_vms: node.processes().workers.map((pid) => ({ http_allocated_gc: profile.worker_memory, pid })),
    },
    server: {
      connections_accepted: counters.accepted,
      connections_active: counters.active,
      connections_handled: counters.accepted,
      connections_reading: 0,
      connections_waiting: 0,
      connections_writing: counters.active,
      total_requests: counters.requests,
    },
  };
}

/** `GET /timers` of 3.x, with the named timers that every node has; nothing in it is measured. */
export function timers(): Record<string, ConfigurationValue> {
  const names = ["plugins-iterator-rebuild", "router-rebuild", "secret-rotation"];
  const off = { name: "debug off", callstack: "debug off" };
  const elapsed = { max: -1, variance: 0, min: 9_999_999, avg: 0 };
  const timer = (name: string) => ({
    name,
    meta: off,
    is_running: false,
    stats: { finish: 0, elapsed_time: elapsed, runs: 0, last_err_msg: "" },
  });
  return {
    stats: {
      flamegraph: { running: "", elapsed_time: "", pending: "" },
      timers: Object.fromEntries(names.map((name) => [name, timer(name)])),
      sys: { total: names.length, runs: 0, running: 0, waiting: names.length, pending: 0 },
    },
    worker: { id: 0, count: 1 },
  };
}

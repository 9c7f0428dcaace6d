import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { Client } from "pg";
import { startWorker } from "#practice/kong/gateway/worker.ts";
import type { Worker } from "#practice/kong/gateway/worker.ts";
import { closeServer, listenOnLoopback } from "#practice/kong/traffic/loopback-server.ts";
import { createServer as createHttpServer } from "node:http";
import { freePorts } from "#practice/world/free-ports.ts";
import { createDatabase } from "#test/support/database.ts";
import type { TestDatabase } from "#test/support/database.ts";

const cli = join(import.meta.dirname, "../../../../practice/kong/cli/main.ts");

/** A prefix with `.kong_env`, as `kong start` leaves it, and the addresses in it. */
export interface Prepared extends AsyncDisposable {
  readonly prefix: string;
  readonly ports: { readonly proxy: number; readonly admin: number; readonly status: number };
  readonly proxy: string;
  readonly admin: string;
  readonly status: string;
}

/** A worker that runs inside the test. */
export interface SimulatedNode extends Prepared {
  readonly worker: Worker;
}

/** Writes a prefix for a node on this database. */
export async function prepareNode(databaseUrl: string): Promise<Prepared> {
  const prefix = await mkdtemp(join(tmpdir(), "kong-node-"));
  const [proxy = 0, admin = 0, status = 0] = await freePorts(3);
  await mkdir(join(prefix, "logs"));
  const values = {
    database: "postgres",
    ...databaseSettings(databaseUrl),
    proxy_listen: `127.0.0.1:${proxy}`,
    admin_listen: `127.0.0.1:${admin}`,
    status_listen: `127.0.0.1:${status}`,
    anonymous_reports: "off",
    nginx_worker_processes: "1",
  };
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${value}`);
  await writeFile(join(prefix, ".kong_env"), `# test\n${lines.join("\n")}\n`);
  return {
    prefix,
    ports: { proxy, admin, status },
    proxy: `http://127.0.0.1:${proxy}`,
    admin: `http://127.0.0.1:${admin}`,
    status: `http://127.0.0.1:${status}`,
    [Symbol.asyncDispose]: () => rm(prefix, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}

/** Starts a worker of one version in this process. */
export async function startNode(version: string, databaseUrl: string): Promise<SimulatedNode> {
  const prepared = await prepareNode(databaseUrl);
  const worker = await startWorker({
    prefix: prepared.prefix,
    version,
    processes: () => ({ master: process.pid, workers: [process.pid] }),
  });
  return {
    ...prepared,
    worker,
    [Symbol.asyncDispose]: async () => {
      await worker.close();
      await prepared[Symbol.asyncDispose]();
    },
  };
}

/** Runs `kong migrations <order>` of a version on a database. */
export async function migrate(
  version: string,
  order: "bootstrap" | "up" | "finish",
  databaseUrl: string,
): Promise<void> {
  const settings = Object.entries(databaseSettings(databaseUrl)).map(([key, value]) => [
    `KONG_${key.toUpperCase()}`,
    value,
  ]);
  await execa(process.execPath, [cli, version, "outer", "migrations", order], {
    env: { ...Object.fromEntries(settings), KONG_PREFIX: join(tmpdir(), "kong-gateway-tests") },
    timeout: 120_000,
  });
}

/** A database of a version, bootstrapped, with the entities of the recordings when asked for. */
export async function kongDatabase(version: string, content: "empty" | "recorded entities"): Promise<TestDatabase> {
  const database = await createDatabase();
  await migrate(version, "bootstrap", database.url);
  if (content === "recorded entities") await runSql(database.url, recordedEntities);
  return database;
}

/** Runs SQL in a session of its own. */
export async function runSql(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** An upstream that never answers until released, to catch requests in flight. */
export async function startSlowUpstream(): Promise<{
  port: number;
  waiting(): number;
  release(): void;
  stop(): Promise<void>;
}> {
  const held: (() => void)[] = [];
  const server = createHttpServer((_request, response) => {
    held.push(() => response.end("late"));
  });
  const port = await listenOnLoopback(server, 0);
  return {
    port,
    waiting: () => held.length,
    release: () => {
      for (const answer of held.splice(0)) answer();
    },
    stop: () => closeServer(server),
  };
}

function databaseSettings(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname } = new URL(url);
  return { pg_host: hostname, pg_port: port, pg_user: username, pg_password: password, pg_database: pathname.slice(1) };
}

// What the recorded node held: two services, two routes, one consumer, four plugins (ids and times as recorded).
const at = "'2026-11-20 23:08:43+00'";
const ws = "(select id from workspaces where name = 'default')";
const grpc = "{grpc,grpcs,http,https}";
const recordedEntities = `
insert into services (id, created_at, updated_at, name, retries, protocol, host, port, path, connect_timeout, write_timeout, read_timeout, tags, ws_id, enabled) values
 ('33c532f8-3229-400c-85e4-2d0222e5d0ba', ${at}, ${at}, 'orders', 5, 'http', '127.0.0.1', 18001, '/status', 60000, 60000, 60000, '{team-a}', ${ws}, true),
 ('e81afd3f-a32a-4e32-940d-cd44e5540be5', ${at}, ${at}, 'users', 3, 'http', 'users.internal.example', 8080, null, 60000, 60000, 60000, null, ${ws}, true);
insert into routes (id, created_at, updated_at, name, service_id, protocols, paths, regex_priority, strip_path, preserve_host, https_redirect_status_code, path_handling, ws_id, request_buffering, response_buffering) values
 ('3ceb0e53-9ba3-4b27-8ef8-b5e523211d88', ${at}, ${at}, 'orders-plain', '33c532f8-3229-400c-85e4-2d0222e5d0ba', '{http,https}', '{/orders}', 0, true, false, 426, 'v0', ${ws}, true, true),
 ('6d86bc4f-7f41-4800-9ec8-eb10aa3cfaa0', ${at}, ${at}, 'users-regex', 'e81afd3f-a32a-4e32-940d-cd44e5540be5', '{http,https}', array['/users/\\d+/profile$', '/users-v2'], 0, true, false, 426, 'v0', ${ws}, true, true);
insert into consumers (id, created_at, username, ws_id) values ('d7f831b9-391c-4551-bde4-f334cf8c4270', ${at}, 'alice', ${ws});
insert into keyauth_credentials (id, created_at, consumer_id, key, ws_id) values
 ('ed1cd3f2-e3db-451d-b072-9591cbdccfd4', ${at}, 'd7f831b9-391c-4551-bde4-f334cf8c4270', 'alice-key', ${ws});
insert into plugins (id, created_at, name, service_id, route_id, config, enabled, cache_key, protocols, ws_id) values
 ('872d4ea6-660a-42ee-a10f-8f17db88f5cb', ${at}, 'rate-limiting', '33c532f8-3229-400c-85e4-2d0222e5d0ba', null, '{"minute": 1000, "policy": "local", "limit_by": "consumer"}', true, 'r', '${grpc}', ${ws}),
 ('8091faf0-5f86-4de6-9680-f153633e11fa', ${at}, 'pre-function', null, null, '{"functions": ["kong.response.set_header(\\"X-Pre\\",\\"1\\")"]}', true, 'p', '${grpc}', ${ws}),
 ('f8a9091b-c7d2-47d3-b34c-dd53f236eeb9', ${at}, 'http-log', null, null, '{"headers": {"X-A": ["one", "two"]}, "http_endpoint": "http://127.0.0.1:9/"}', true, 'h', '${grpc}', ${ws}),
 ('48ac7aa4-18af-4618-8554-2560b895859a', ${at}, 'key-auth', null, '6d86bc4f-7f41-4800-9ec8-eb10aa3cfaa0', '{}', true, 'k', '${grpc}', ${ws});
`;

import { databaseOf } from "#src/plan/databases-of.ts";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { z } from "zod";
import { livePorts } from "#src/discovery/live-ports.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import type { Environment } from "#src/plan/environment.ts";
import { recorded } from "#test/src/kong/cli-output/recorded.ts";
import { sampleEnvironment } from "#test/src/plan/sample.ts";
import { createDatabase } from "#test/support/database.ts";

/** A small installation to discover: a real database with Kong's tables, an Admin API that serves JSON, a `kong` script. */
export interface Installation extends AsyncDisposable {
  readonly environment: Environment;
  readonly ports: DiscoveryPorts;
  readonly sql: (statement: string) => Promise<void>;
}

/** The columns that discovery looks at, with the names and types of the real 2.8.5 tables. */
const schema = `
  create table schema_meta (key text not null, subsystem text not null, last_executed text, executed text[], pending text[], primary key (key, subsystem));
  insert into schema_meta values
    ('schema_meta', 'core', '015_270_to_280', '{000_base,015_270_to_280}', '{}'),
    ('schema_meta', 'acme', '000_base_acme', '{000_base_acme}', null);
  create table locks (key text primary key, owner text, ttl timestamptz);
  create table routes (id uuid primary key, name text, paths text[], updated_at timestamptz);
  insert into routes select gen_random_uuid(), 'route-' || n, array['/' || n], now() from generate_series(1, 3) n;
  create table services (id uuid primary key, name text);
  create table cluster_events (id uuid primary key, at timestamptz);
`;

/** What the Admin API of 2.8.5 answers, cut down to the fields that are read. */
const answers: Readonly<Record<string, unknown>> = {
  "/": {
    version: "2.8.5",
    configuration: { database: "postgres", role: "traditional", pg_password: "******" },
    plugins: { available_on_server: { "key-auth": true, acl: true }, enabled_in_cluster: ["acl"] },
  },
  "/status": { database: { reachable: true }, server: { total_requests: 3 } },
  "/routes?size=1000": {
    data: [{ id: "r1", name: "orders", paths: [String.raw`/orders/\d+`], path_handling: "v0", protocols: ["http"] }],
    next: "/routes?offset=WyJ4Il0",
    offset: "WyJ4Il0",
  },
  "/routes?size=1000&offset=WyJ4Il0": {
    data: [{ id: "r2", name: null, paths: null, path_handling: "v1", protocols: ["http", "https"] }],
    next: null,
  },
  "/upstreams?size=1000": { data: [], next: null },
  "/services?size=1000": { data: [{ id: "s1", name: "shop" }], next: null },
  "/plugins?size=1000": {
    data: [
      {
        id: "p1",
        name: "http-log",
        enabled: true,
        service: { id: "s1" },
        route: null,
        consumer: null,
        config: {
          http_endpoint: "https://log:sesame-1@logs.example/in",
          headers: { Authorization: ["Bearer sesame-2"], "X-Team": ["a", "b"] },
        },
      },
      { id: "p2", name: "session", enabled: false, config: { secret: "sesame-3", cookie_name: "session" } },
    ],
    next: null,
  },
};

const address = z.object({ port: z.number() });

/** Starts it; everything is gone again when it is disposed of. */
export async function startInstallation(): Promise<Installation> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "discovery-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const database = stack.use(await createDatabase());
  const client = new Client({ connectionString: database.url });
  await client.connect();
  stack.defer(() => client.end());
  await client.query(schema);

  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ""];
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { message: "Not found" }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  stack.defer(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );

  const kong = join(folder, "kong");
  await writeFile(join(folder, "list.txt"), recorded("list-up-to-date-2.8.5").stdout);
  await writeFile(
    kong,
    `#!/bin/sh\ncase "$1 $2" in\n"version ") echo 2.8.5 ;;\n"migrations list") [ "$KONG_PG_PASSWORD" = sesame-4 ] && cat "${join(folder, "list.txt")}" ;;\nesac\n`,
  );
  await chmod(kong, 0o755);
  const conf = join(folder, "kong.conf");
  await writeFile(conf, "worker_consistency = strict # as before\npg_password = sesame-4\n");

  const url = new URL(database.url);
  const sample = sampleEnvironment();
  const environment: Environment = {
    ...sample,
    database: {
      ...databaseOf(sample),
      host: url.hostname,
      port: Number(url.port),
      name: database.name,
      user: url.username,
      password: { env: "KONG_DB_PASSWORD" },
    },
    nodes: sample.nodes.map((node) =>
      Object.assign(node, { kong, conf, admin: `http://127.0.0.1:${address.parse(server.address()).port}/` }),
    ),
  };
  const ports = livePorts({
    resolveSecret: () => Promise.resolve("sesame-4"),
    baseEnv: { PATH: "/usr/bin:/bin" },
  });
  const opened = stack.move();
  return {
    environment,
    ports: {
      ...ports,
      querySql: (call) =>
        ports.querySql({ ...call, login: { ...call.login, password: decodeURIComponent(url.password) } }),
    },
    sql: async (statement) => {
      await client.query(statement);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

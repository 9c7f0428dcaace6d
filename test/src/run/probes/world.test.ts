import { createServer } from "node:http";
import { writeFile } from "node:fs/promises";
import { execa } from "execa";
import { Client } from "pg";
import { expect, test } from "vitest";
import { livePorts } from "#src/discovery/live-ports.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Probe } from "#src/plan/probe.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { createEnvironment, createFolder, resolverFor } from "#test/src/run/stage.ts";
import { createDatabase } from "#test/support/database.ts";

function contextFor(databaseUrl: string, changes: Partial<Environment> = {}): ProbeContext {
  return {
    environment: createEnvironment(databaseUrl, changes),
    ports: livePorts({ resolveSecret: resolverFor(databaseUrl), baseEnv: { PATH: "/usr/bin:/bin" } }),
    redactor: createRedactor([]),
    baseline: {},
  };
}

const nowhere = contextFor("postgres://user:password@127.0.0.1:1/none");

test.each<Probe>([
  { kind: "cli_version", node: "kong-1", version: "3.4.2" },
  { kind: "node_stopped", node: "kong-1" },
  { kind: "migrations", node: "kong-1", oneOf: ["up_to_date"] },
  { kind: "schema_meta", database: { name: "kong", as: "kong" }, rows: [] },
  { kind: "migration_lock_free" },
  { kind: "counts_match_baseline", database: { name: "kong", as: "kong" } },
  { kind: "configuration_unchanged" },
  { kind: "smoke", nodes: ["kong-1"], tests: [] },
  { kind: "smoke", nodes: ["kong-9"], tests: [] },
  { kind: "database_absent", name: "x" },
  { kind: "database_present", name: "x" },
  { kind: "no_kong_sessions" },
])("a question that cannot be asked is undetermined, never ok: $kind", async (probe) => {
  const result = await askProbe(probe, nowhere);
  expect(result).toMatchObject({ kind: probe.kind, verdict: "undetermined" });
  expect(result.summary).not.toBe("");
});

test("files are present when they are there and not empty", async () => {
  await using folder = await createFolder();
  await writeFile(`${folder.path}/full`, "x");
  await writeFile(`${folder.path}/empty`, "");
  const ask = (...names: readonly string[]) =>
    askProbe({ kind: "files_present", paths: names.map((name) => `${folder.path}/${name}`) }, nowhere);
  expect((await ask("full", ".")).verdict).toBe("ok");
  expect(await ask("full", "empty")).toMatchObject({ verdict: "not_ok", summary: expect.stringContaining("is empty") });
  expect((await ask("missing")).verdict).toBe("not_ok");
});

test("databases are there or not", async () => {
  await using database = await createDatabase();
  const context = contextFor(database.url);
  const ask = async (kind: "database_present" | "database_absent", name: string) =>
    (await askProbe({ kind, name }, context)).verdict;
  expect(await ask("database_present", database.name)).toBe("ok");
  expect(await ask("database_absent", database.name)).toBe("not_ok");
  expect(await ask("database_present", "no_such_database")).toBe("not_ok");
  expect(await ask("database_absent", "no_such_database")).toBe("ok");
});

test("a session of Kong's role is found, our own is not", async () => {
  await using database = await createDatabase();
  const context = contextFor(database.url);
  expect((await askProbe({ kind: "no_kong_sessions" }, context)).verdict).toBe("ok");
  const client = new Client({ connectionString: database.url, application_name: "kong" });
  await client.connect();
  await client.query("select 'password=hunter2'");
  const found = await askProbe({ kind: "no_kong_sessions" }, context);
  await client.end();
  expect(found.verdict).toBe("not_ok");
  expect(found.details[0]).toContain("idle");
  expect(found.details[0]).not.toContain("hunter2");
});

test("schema_meta is compared name by name", async () => {
  await using database = await createDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    "create table schema_meta (key text, subsystem text, last_executed text, executed text[], pending text[])",
  );
  await client.query("insert into schema_meta values ('schema_meta', 'core', 'b', '{a,b}', null)");
  await client.end();
  const ask = (executed: readonly string[], pending: readonly string[]) =>
    askProbe(
      {
        kind: "schema_meta",
        database: { name: database.name, as: "kong" },
        rows: [{ subsystem: "core", executed, pending }],
      },
      contextFor(database.url),
    );
  expect((await ask(["b", "a"], [])).verdict).toBe("ok");
  expect(await ask(["a"], ["b"])).toMatchObject({
    verdict: "not_ok",
    details: ["missing: core b pending", "added: core b executed"],
  });
});

test("smoke tests send method, host and headers through the proxy and compare the status", async () => {
  const server = createServer((request, response) => {
    const isWanted = request.method === "POST" && request.headers.host === "orders.example" && request.url === "/a%2Fb";
    response.writeHead(isWanted ? 201 : 404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  const [node] = nowhere.environment.nodes;
  if (node === undefined) throw new Error("no node");
  const nodes = [{ ...node, proxy: `http://127.0.0.1:${address.port}` }];
  const context: ProbeContext = { ...nowhere, environment: { ...nowhere.environment, nodes } };
  const smoke = { name: "order", method: "POST", path: "/a%2Fb", headers: { host: "orders.example" } } as const;
  const ask = (expectStatus: number) =>
    askProbe({ kind: "smoke", nodes: ["kong-1"], tests: [{ ...smoke, expectStatus }] }, context);
  expect((await ask(201)).verdict).toBe("ok");
  expect(await ask(200)).toMatchObject({
    verdict: "not_ok",
    details: ["kong-1, order: POST /a%2Fb answered 201, expected 200"],
  });
  server.close();
  server.closeAllConnections();
  expect((await ask(201)).summary).toContain("got no answer");
});

const hasTools = await execa("pg_dump", ["--version"], { reject: false }).then((result) => result.exitCode === 0);

if (!hasTools)
  test("pg_dump is installed; without it the archive probe is NOT tested with the real tools", (context) => {
    expect(process.env["CI"]).not.toBe("true");
    context.skip("the archive probe was NOT tested: apt-get install postgresql-client");
  });

test.runIf(hasTools)("an archive is readable when pg_restore lists the data of Kong's core tables", async () => {
  await using database = await createDatabase();
  await using folder = await createFolder();
  const url = new URL(database.url);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const dump = async (name: string): Promise<string> => {
    const file = `${folder.path}/${name}`;
    await execa("pg_dump", ["-F", "c", "-f", file, database.url], { env: { PGPASSWORD: url.password } });
    return file;
  };
  const context = contextFor(database.url);
  const ask = (file: string) => askProbe({ kind: "archive_readable", file }, context);
  expect(await ask(await dump("empty"))).toMatchObject({
    verdict: "not_ok",
    summary: expect.stringContaining("lacks"),
  });
  for (const table of ["schema_meta", "services", "routes", "plugins", "consumers", "upstreams", "targets"]) {
    await client.query(`create table ${table} (id int)`);
  }
  await client.end();
  const file = await dump("kong");
  expect(await ask(file)).toMatchObject({ verdict: "ok", summary: expect.stringContaining("7 tables") });
  await execa("truncate", ["-s", "200", file]);
  expect((await ask(file)).verdict).toBe("not_ok");
  expect((await ask(`${folder.path}/missing`)).verdict).toBe("not_ok");
});

import { Client } from "pg";
import { expect, test } from "vitest";
import { livePorts } from "#src/discovery/live-ports.ts";
import type { Environment } from "#src/plan/environment.ts";
import { databaseOf } from "#src/plan/databases-of.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Action } from "#src/plan/step.ts";
import { executeAction } from "#src/run/actions/execute-action.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import { recorded } from "#test/src/kong/cli-output/recorded.ts";
import { createContext } from "#test/src/run/context.ts";
import { nodeWith } from "#test/src/run/probe-context.ts";
import { writeProgram } from "#test/src/run/programs.ts";
import { createEnvironment, createFolder, createStep, resolverFor } from "#test/src/run/stage.ts";
import { createDatabase } from "#test/support/database.ts";

/** Two clusters with a database each; what differs between the two tells which one was asked. */
interface TwoClusters extends AsyncDisposable {
  readonly context: ProbeContext;
  readonly blueUrl: string;
  readonly greenUrl: string;
  readonly run: (action: Action) => Promise<Measurements | undefined>;
}

async function startTwoClusters(changes: Partial<Environment> = {}): Promise<TwoClusters> {
  await using stack = new AsyncDisposableStack();
  const blue = stack.use(await createDatabase());
  const green = stack.use(await createDatabase());
  const folder = stack.use(await createFolder());
  await sql(blue.url, "create table routes (id int); insert into routes values (1), (2)");
  await sql(green.url, "create table routes (id int); insert into routes values (1), (2), (3)");
  const environment = createEnvironment(blue.url, {
    green: {
      database: databaseOf(createEnvironment(green.url)),
      nodes: [nodeWith({ name: "green-1", proxy: "http://127.0.0.1:1" })],
    },
    ...changes,
  });
  const context: ProbeContext = {
    environment,
    ports: livePorts({ resolveSecret: resolverFor(blue.url), baseEnv: { PATH: "/usr/bin:/bin" } }),
    redactor: createRedactor([]),
    baseline: {},
  };
  const opened = stack.move();
  return {
    context,
    blueUrl: blue.url,
    greenUrl: green.url,
    run: async (action) => {
      const place = { environment, step: createStep({ action }), dataDir: folder.path, databaseUrl: blue.url };
      const { end, measurements } = await executeAction(createContext(place));
      if (end.kind !== "completed") throw new Error(end.reason);
      return measurements;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function sql(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

test("a fingerprint of the second cluster is recorded beside that of the old one, never over it", async () => {
  await using clusters = await startTwoClusters();
  const { context, run } = clusters;
  const before = await run({ kind: "baseline" });
  const green = await run({ kind: "fingerprint", side: "green" });
  expect(before).toMatchObject({ counts: { routes: 2 } });
  expect(Object.keys(green ?? {})).toStrictEqual(["green"]);
  expect(green).toMatchObject({ green: { counts: { routes: 3 } } });
  const both = { ...context, baseline: { ...before, ...green } };
  const ask = async (side?: "green") =>
    (await askProbe({ kind: "configuration_unchanged", ...(side && { side }) }, both)).verdict;
  expect([await ask(), await ask("green")]).toStrictEqual(["ok", "ok"]);

  await sql(clusters.greenUrl, "delete from routes where id = 3");
  expect([await ask(), await ask("green")]).toStrictEqual(["ok", "not_ok"]);
  await sql(clusters.blueUrl, "insert into routes values (9)");
  expect([await ask(), await ask("green")]).toStrictEqual(["not_ok", "not_ok"]);
});

test("before anything was recorded there, nothing can be said of the second cluster", async () => {
  await using clusters = await startTwoClusters();
  const { context, run } = clusters;
  const baseline = await run({ kind: "baseline" });
  const answer = await askProbe(
    { kind: "configuration_unchanged", side: "green" },
    { ...context, baseline: baseline ?? {} },
  );
  expect(answer.verdict).toBe("undetermined");
});

test("two clusters on one database share its fingerprint", async () => {
  await using clusters = await startTwoClusters({ green: { nodes: [nodeWith({ name: "green-1" })] } });
  const measured = await clusters.run({ kind: "fingerprint", side: "green" });
  expect(Object.keys(measured ?? {})).toStrictEqual(["fingerprint"]);
  const context = { ...clusters.context, baseline: measured ?? {} };
  expect((await askProbe({ kind: "configuration_unchanged", side: "green" }, context)).verdict).toBe("ok");
  expect((await askProbe({ kind: "configuration_unchanged" }, context)).verdict).toBe("ok");
});

test("locks, databases, sessions and rows are looked for on the side that is meant", async () => {
  await using clusters = await startTwoClusters();
  const { environment } = clusters.context;
  const context = { ...clusters.context, baseline: { counts: { routes: 2 } } };
  const name = databaseOf(environment).name;
  const greenName = environment.green?.database?.name ?? "";
  const verdict = async (probe: Parameters<typeof askProbe>[0]) => (await askProbe(probe, context)).verdict;
  const side = "green" as const;

  for (const url of [clusters.blueUrl, clusters.greenUrl]) {
    await sql(url, "create table locks (key text, owner text, ttl timestamptz)");
  }
  await sql(clusters.greenUrl, "insert into locks values ('migrations', 'x', now() + interval '1 minute')");
  expect(await verdict({ kind: "migration_lock_free" })).toBe("ok");
  expect(await verdict({ kind: "migration_lock_free", side })).toBe("not_ok");

  const client = new Client({ connectionString: clusters.greenUrl, application_name: "kong" });
  await client.connect();
  expect(await verdict({ kind: "no_kong_sessions" })).toBe("ok");
  expect(await verdict({ kind: "no_kong_sessions", side })).toBe("not_ok");
  await client.end();

  expect(await verdict({ kind: "counts_match_baseline", database: { name, as: "kong" } })).toBe("ok");
  expect(await verdict({ kind: "counts_match_baseline", database: { name: greenName, as: "kong", side } })).toBe(
    "not_ok",
  );

  for (const [url, names] of [
    [clusters.blueUrl, "{a}"],
    [clusters.greenUrl, "{a,b}"],
  ] as const) {
    await sql(url, "create table schema_meta (key text, subsystem text, executed text[], pending text[])");
    await sql(url, `insert into schema_meta values ('schema_meta', 'core', '${names}', null)`);
  }
  const rows = [{ subsystem: "core", executed: ["a"], pending: [] }];
  expect(await verdict({ kind: "schema_meta", database: { name, as: "kong" }, rows })).toBe("ok");
  expect(await verdict({ kind: "schema_meta", database: { name: greenName, as: "kong", side }, rows })).toBe("not_ok");
});

test("databases are looked for on the second cluster's server", async () => {
  await using clusters = await startTwoClusters();
  const { environment } = clusters.context;
  const database = environment.green?.database;
  if (database === undefined) throw new Error("there is a second database");
  // Another server that does not answer: what is asked there cannot be known.
  const elsewhere = { ...environment, green: { nodes: [], database: { ...database, host: "127.0.0.1", port: 1 } } };
  const context = { ...clusters.context, environment: elsewhere };
  const { name } = databaseOf(environment);
  expect((await askProbe({ kind: "database_present", name }, context)).verdict).toBe("ok");
  expect((await askProbe({ kind: "database_present", name, side: "green" }, context)).verdict).toBe("undetermined");
  expect((await askProbe({ kind: "database_absent", name, side: "green" }, context)).verdict).toBe("undetermined");
});

test("the kong command of a new node gets the password of its own database", async () => {
  await using folder = await createFolder();
  const green = { env: "GREEN_PASSWORD" };
  const { stdout } = recorded("list-up-to-date-2.8.5");
  const kong = await writeProgram(folder.path, "kong", {
    version: { stdout: "2.8.5\n" },
    "migrations list -c /nonexistent/kong.conf -p /nonexistent/prefix": { stdout },
  });
  await using clusters = await startTwoClusters();
  const { environment, ports } = clusters.context;
  const asked: Record<string, string>[] = [];
  const context: ProbeContext = {
    ...clusters.context,
    environment: {
      ...environment,
      green: {
        database: { ...databaseOf(environment), password: green },
        nodes: [nodeWith({ name: "green-1", kong })],
      },
    },
    ports: {
      ...ports,
      resolveSecret: (ref) =>
        "env" in ref && ref.env === green.env ? Promise.resolve("green") : ports.resolveSecret(ref),
      runCommand: (call) => {
        asked.push({ ...call.env });
        return ports.runCommand(call);
      },
    },
  };
  expect(await askProbe({ kind: "cli_version", node: "green-1", version: "2.8.5" }, context)).toMatchObject({
    verdict: "ok",
  });
  await askProbe({ kind: "migrations", node: "green-1", oneOf: ["up_to_date"] }, context);
  await askProbe({ kind: "node_stopped", node: "green-1" }, context);
  expect(asked).toHaveLength(4);
  expect(asked.every(({ KONG_PG_PASSWORD: password }) => password === "green")).toBe(true);
});

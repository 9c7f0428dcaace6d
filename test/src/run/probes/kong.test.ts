import { databaseOf } from "#src/plan/databases-of.ts";
import { execa } from "execa";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "#practice/world/free-ports.ts";
import { compileCache } from "#practice/world/compile-cache.ts";
import { createNode, installKong, switchVersion } from "#practice/kong/installation.ts";
import { seedPracticeEntities } from "#practice/kong/seed.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import { measure } from "#src/discovery/measure.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Probe } from "#src/plan/probe.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import { askProbe, askProof } from "#src/run/probes/ask-probe.ts";
import type { ProbeContext } from "#src/run/step-context.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import { createEnvironment, createFolder, resolverFor } from "#test/src/run/stage.ts";
import { createDatabase } from "#test/support/database.ts";

// One simulated node goes from 2.8.5 to 3.4.2; every probe is asked on the way.
const stack = new AsyncDisposableStack();
let context: ProbeContext;
let url = "";
let root = "";
let directory = "";

beforeAll(async () => {
  const database = stack.use(await createDatabase());
  url = database.url;
  root = stack.use(await createFolder()).path;
  const { hostname, port, username, password } = new URL(url);
  const [proxy = 0, admin = 0, status = 0] = await freePorts(3);
  await installKong({ root, compileCache });
  const node = await createNode({
    root,
    name: "kong-1",
    version: "2.8.5",
    ports: { proxy, admin, status },
    pg: { host: hostname, port: Number(port), user: username, password, database: database.name },
  });
  directory = node.directory;
  const environment: Environment = createEnvironment(url, {
    nodes: [
      {
        name: "kong-1",
        kong: node.kong,
        conf: node.conf,
        prefix: node.prefix,
        admin: `http://127.0.0.1:${admin}`,
        proxy: `http://127.0.0.1:${proxy}`,
        env: {},
        secrets: {},
      },
    ],
  });
  const baseEnv = { PATH: "/usr/bin:/bin" };
  context = {
    environment,
    ports: livePorts({ resolveSecret: resolverFor(url), baseEnv }),
    redactor: createRedactor([password]),
    baseline: {},
  };
  stack.defer(async () => {
    await kong(["stop", "-p", node.prefix]);
  });
});

afterAll(() => stack.disposeAsync());

async function kong(words: readonly string[]): Promise<void> {
  await execa(`${directory}/bin/kong`, words, { env: { PATH: "/usr/bin:/bin" }, extendEnv: false, reject: false });
}

async function sql(statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

function ask(probe: Probe): Promise<ProbeResult> {
  return askProbe(probe, context);
}

async function verdictOf(probe: Probe): Promise<string> {
  const { verdict, summary } = await ask(probe);
  return `${verdict}: ${summary}`;
}

const kongDatabase = () => ({ name: databaseOf(context.environment).name, as: "kong" as const });
const migrationsAre = (...oneOf: Extract<Probe, { kind: "migrations" }>["oneOf"]): Probe => ({
  kind: "migrations",
  node: "kong-1",
  oneOf,
});

test("every probe tells the truth about an upgrade from 2.8.5 to 3.4.2", async () => {
  const conf = ["-c", `${directory}/kong.conf`, "-p", `${directory}/prefix`];
  // Before Kong was ever set up nothing is called fine.
  expect(await verdictOf(migrationsAre("up_to_date"))).toMatch(
    /^not_ok: Kong 2\.8\.5 on kong-1 finds an empty data store/u,
  );
  await kong(["migrations", "bootstrap", ...conf]);
  await seedPracticeEntities(url);

  expect(await verdictOf({ kind: "cli_version", node: "kong-1", version: "2.8.5" })).toBe(
    "ok: kong-1 has Kong 2.8.5 installed",
  );
  expect(await verdictOf({ kind: "cli_version", node: "kong-1", version: "3.4.2" })).toContain("not_ok");
  expect(await verdictOf({ kind: "node_stopped", node: "kong-1" })).toContain("ok: kong-1 is down");
  expect((await ask({ kind: "node_serving", node: "kong-1", version: "2.8.5" })).verdict).toBe("not_ok");
  await kong(["start", ...conf]);
  const serving = await askProof({ kind: "node_serving", node: "kong-1", version: "2.8.5" }, context);
  expect(serving).toMatchObject({ verdict: "ok", summary: "kong-1 serves 2.8.5, database reachable" });
  expect(await verdictOf({ kind: "node_serving", node: "kong-1", version: "3.4.2" })).toContain("not_ok");
  expect(await verdictOf({ kind: "node_stopped", node: "kong-1" })).toContain("not_ok: kong-1 runs");

  const measured = await measure(context.environment, context.ports);
  context = { ...context, baseline: measured };
  expect(await verdictOf({ kind: "configuration_unchanged" })).toContain("ok: the configuration is unchanged");
  expect((await ask({ kind: "counts_match_baseline", database: kongDatabase() })).verdict).toBe("ok");
  await sql("insert into tags (entity_id, entity_name, tags) values (gen_random_uuid(), 'services', '{x}')");
  const changed = await ask({ kind: "configuration_unchanged" });
  expect(changed).toMatchObject({ verdict: "not_ok", summary: expect.stringContaining("tags") });
  expect((await ask({ kind: "counts_match_baseline", database: kongDatabase() })).verdict).toBe("not_ok");
  expect((await ask({ kind: "counts_match_baseline", database: kongDatabase(), except: ["tags"] })).verdict).toBe("ok");

  expect((await ask(migrationsAre("up_to_date"))).verdict).toBe("ok");
  expect((await ask({ kind: "migration_lock_free" })).verdict).toBe("ok");
  const lockedAt = performance.now();
  await sql("insert into locks (key, owner, ttl) values ('migrations', 'other-node', now() + interval '40 s')");
  const held = /not_ok: .* held by other-node for (\d+) s more/u.exec(await verdictOf({ kind: "migration_lock_free" }));
  const left = Number(held?.[1]);
  expect(left).toBeLessThanOrEqual(40);
  // What the looks of a busy machine took is over.
  expect(left).toBeGreaterThanOrEqual(40 - Math.ceil((performance.now() - lockedAt) / 1_000));
  await sql("update locks set ttl = now() - interval '1 s'");
  expect((await ask({ kind: "migration_lock_free" })).verdict).toBe("ok");

  await kong(["quit", "-p", `${directory}/prefix`]);
  expect((await askProof({ kind: "node_stopped", node: "kong-1" }, context)).verdict).toBe("ok");
  await switchVersion(root, directory, "3.4.2");
  expect((await ask(migrationsAre("new"))).verdict).toBe("ok");
  await kong(["migrations", "up", ...conf]);
  expect((await ask(migrationsAre("pending"))).verdict).toBe("ok");
  expect((await ask(migrationsAre("up_to_date"))).verdict).toBe("not_ok");

  // The old package calls the newer schema up to date; the probe does not.
  await switchVersion(root, directory, "2.8.5");
  expect(await verdictOf(migrationsAre("up_to_date"))).toContain("not_ok: the schema is newer than Kong 2.8.5");
  await switchVersion(root, directory, "3.4.2");
  await kong(["migrations", "finish", ...conf]);
  expect((await ask(migrationsAre("up_to_date"))).verdict).toBe("ok");
});

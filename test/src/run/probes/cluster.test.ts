import { Client } from "pg";
import { expect, test } from "vitest";
import type { Probe } from "#src/plan/probe.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import { recorded } from "#test/src/kong/cli-output/recorded.ts";
import { contextOf, withoutDatabase } from "#test/src/run/probe-context.ts";
import { createCluster, json, pod } from "#test/src/run/programs.ts";
import type { Cluster, Printed } from "#test/src/run/programs.ts";
import { createEnvironment, createFolder, resolverFor } from "#test/src/run/stage.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import { createDatabase } from "#test/support/database.ts";

async function ask(probe: Probe, kubectl: Cluster["kubectl"]): Promise<ProbeResult> {
  await using folder = await createFolder();
  const kubernetes = await createCluster(folder.path, kubectl === undefined ? {} : { kubectl });
  return await askProbe(probe, withoutDatabase({ topology: "kubernetes", nodes: [], kubernetes }));
}

const kong3 = "kong/kong-gateway:3.4.3.5-ubuntu";
const kong2 = "registry:5000/kong/kong-gateway:2.8.4.14";
const workload = {
  spec: { selector: { matchLabels: { "app.kubernetes.io/name": "kong", "app.kubernetes.io/instance": "kong" } } },
};
const rolledOut = { stdout: 'deployment "kong-kong" successfully rolled out\n' };
const ofWorkload = "get pods -l app.kubernetes.io/instance=kong,app.kubernetes.io/name=kong -o json";

function rollout(status: Printed, pods: readonly unknown[]): Cluster["kubectl"] {
  return {
    "rollout status deployment/kong-kong --watch=false": status,
    "get deployment/kong-kong -o json": json(workload),
    [ofWorkload]: json({ items: pods }),
  };
}

const isRolledOut: Probe = { kind: "workload_rolled_out", release: "kong", version: "3.4.3.5" };

test("a workload is rolled out when kubectl says so and every pod runs the image", async () => {
  expect(await ask(isRolledOut, rollout(rolledOut, [pod("a", kong3), pod("b", kong3)]))).toMatchObject({
    verdict: "ok",
    summary: "deployment/kong-kong is rolled out, 2 pods run 3.4.3.5",
    details: [`a, proxy: ${kong3}, Running`, `b, proxy: ${kong3}, Running`],
  });
  for (const stdout of [
    "statefulset rolling update complete 3 pods at revision kong-7d...\n",
    "partitioned roll out complete: 3 new pods have been updated...\n",
    'daemon set "kong" successfully rolled out\n',
  ]) {
    expect((await ask(isRolledOut, rollout({ stdout }, [pod("a", kong3)]))).verdict).toBe("ok");
  }
});

test.each<[string, Printed, readonly unknown[], string]>([
  [
    "an unfinished rollout, which kubectl ends with status 0 too",
    {
      stdout: 'Waiting for deployment "kong-kong" rollout to finish: 1 out of 2 new replicas have been updated...\n',
    },
    [pod("a", kong3)],
    "not_ok: deployment/kong-kong is not rolled out yet: Waiting",
  ],
  [
    "a rollout that Kubernetes gave up",
    { stderr: 'error: deployment "kong-kong" exceeded its progress deadline\n', exitCode: 1 },
    [],
    "not_ok: deployment/kong-kong is not rolled out: error: deployment",
  ],
  ["a pod of the old version", rolledOut, [pod("a", kong3), pod("b", kong2)], "not_ok: deployment/kong-kong still"],
  ["an old pod that is ending", rolledOut, [pod("a", kong3), pod("b", kong2, { isEnding: true })], "not_ok: "],
  ["no pod at all", rolledOut, [], "not_ok: deployment/kong-kong is rolled out, but has no pod"],
  ["an image without a full version", rolledOut, [pod("a", "kong:latest")], "undetermined: the images of a"],
  ["an image by its digest", rolledOut, [pod("a", "kong@sha256:ab34")], "undetermined: the images of a"],
  [
    "a cluster that forbids looking",
    { stderr: "Error from server (Forbidden)\n", exitCode: 1 },
    [],
    "undetermined: the rollout of deployment/kong-kong cannot be read: Error from server",
  ],
])("a workload is not rolled out: %s", async (_, status, pods, expected) => {
  const { verdict, summary } = await ask(isRolledOut, rollout(status, pods));
  expect(`${verdict}: ${summary}`).toContain(expected);
});

test("pods that cannot be listed, and a release that is not configured, leave it undetermined", async () => {
  const { "get deployment/kong-kong -o json": _, ...rest } = rollout(rolledOut, []) ?? {};
  expect(await ask(isRolledOut, rest)).toMatchObject({ verdict: "undetermined" });
  expect(await ask({ ...isRolledOut, release: "other" }, {})).toMatchObject({
    verdict: "undetermined",
    summary: "no release other is configured",
  });
});

const noOther: Probe = { kind: "no_other_image", version: "3.4.3.5" };
const inNamespace = (...pods: readonly unknown[]) => ({ "get pods -o json": json({ items: pods }) });

test("no pod of the namespace runs another Kong; what has ended and what is no Kong does not count", async () => {
  const done = pod("kong-pre-upgrade-migrations", kong2, { phase: "Succeeded" });
  const deck = pod("sync", "kong/deck:v1.40.0", { env: { KONG_ADMIN_TOKEN: "x" } });
  expect(await ask(noOther, inNamespace(pod("a", kong3), done, deck))).toMatchObject({
    verdict: "ok",
    summary: "all 1 pods with Kong in gateway run 3.4.3.5",
  });
});

test.each<[string, unknown, string]>([
  ["an old pod of another release", pod("b", kong2), "not_ok: pods of gateway run another version: b"],
  [
    "an own image that is configured as Kong",
    pod("b", "registry.example/edge/gateway:2.8.4.14", { container: "gw", env: { KONG_PG_HOST: "db" } }),
    "not_ok: pods of gateway run another version: b",
  ],
  ["an image without a full version", pod("b", "kong:3.4"), "undetermined: the images of b do not tell"],
])("%s is found", async (_, other, expected) => {
  const { verdict, summary } = await ask(noOther, inNamespace(pod("a", kong3), other));
  expect(`${verdict}: ${summary}`).toContain(expected);
});

test("a namespace in which nothing is recognised as Kong proves nothing", async () => {
  expect((await ask(noOther, inNamespace())).verdict).toBe("undetermined");
  expect((await ask(noOther, {})).verdict).toBe("undetermined");
});

const list = "exec a -c proxy -- kong migrations list";
const listed = (name: string): Printed => {
  const { stdout, stderr, exitCode } = recorded(name);
  // kubectl adds its own line and ends with the status of the command.
  return { stdout, stderr: `${stderr}command terminated with exit code ${exitCode}\n`, exitCode: exitCode ?? 1 };
};
const asked = (answer: Printed, pods: readonly unknown[] = [pod("a", kong2)]): Cluster["kubectl"] => ({
  ...rollout(rolledOut, pods),
  [list]: answer,
});
const migrationsAre = (...oneOf: Extract<Probe, { kind: "migrations_in_cluster" }>["oneOf"]): Probe => ({
  kind: "migrations_in_cluster",
  release: "kong",
  oneOf,
});

test("the migrations of a release are asked inside one of its pods", async () => {
  expect(await ask(migrationsAre("up_to_date"), asked(listed("list-up-to-date-2.8.5")))).toMatchObject({
    verdict: "ok",
    summary: "migrations are up to date by Kong 2.8.4.14 in a",
  });
  expect((await ask(migrationsAre("pending"), asked(listed("list-up-to-date-2.8.5")))).verdict).toBe("not_ok");
});

test.each<[string, Printed, readonly unknown[], string]>([
  ["no pod runs", {}, [pod("a", kong2, { phase: "Pending" })], "no running pod"],
  ["pods run different images", {}, [pod("a", kong2), pod("b", kong3)], "different images"],
  [
    "the pods have no database, whose kong calls everything executed",
    listed("list-up-to-date-2.8.5"),
    [pod("a", kong2, { env: { KONG_DATABASE: "off" } })],
    "without a database",
  ],
  [
    "kong cannot connect",
    { stderr: "Error: [PostgreSQL error] connection refused\n", exitCode: 1 },
    [pod("a", kong2)],
    "connection refused",
  ],
])("migrations stay undetermined where %s", async (_, answer, pods, expected) => {
  const result = await ask(migrationsAre("up_to_date"), asked(answer, pods));
  expect(result).toMatchObject({ verdict: "undetermined", summary: expect.stringContaining(expected) });
});

test("a pod that does not know the newest migrations is contradicted by schema_meta", async () => {
  await using database = await createDatabase();
  await using folder = await createFolder();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    `create table schema_meta (key text, subsystem text, last_executed text, executed text[], pending text[]);
     insert into schema_meta values ('schema_meta', 'core', '020', '{000_base,020_330_to_340}', null)`,
  );
  await client.end();
  const kubernetes = await createCluster(folder.path, { kubectl: asked(listed("list-up-to-date-2.8.5")) ?? {} });
  const context = {
    ...contextOf(createEnvironment(database.url, { topology: "kubernetes", kubernetes })),
    ports: livePorts({ resolveSecret: resolverFor(database.url), baseEnv: { PATH: "/usr/bin:/bin" } }),
  };
  expect(await askProbe(migrationsAre("up_to_date"), context)).toMatchObject({
    verdict: "not_ok",
    summary: expect.stringContaining("the schema is newer than Kong 2.8.4.14 in a"),
  });
});

test("without a cluster nothing of it can be asked", async () => {
  const context = withoutDatabase({});
  for (const probe of [isRolledOut, noOther, migrationsAre("pending")]) {
    expect((await askProbe(probe, context)).verdict).toBe("undetermined");
  }
});

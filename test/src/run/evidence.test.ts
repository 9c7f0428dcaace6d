import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Environment } from "#src/plan/environment.ts";
import type { Step } from "#src/plan/step.ts";
import { collectEvidence } from "#src/run/evidence.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import { openRunningProcesses } from "#src/run/process/running-processes.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import { listOf, serveKong } from "#test/src/run/kong-server.ts";
import { contextOf, nodeWith, nowhere, withoutDatabase } from "#test/src/run/probe-context.ts";
import { createCluster, json, pod, writeProgram } from "#test/src/run/programs.ts";
import type { Cluster } from "#test/src/run/programs.ts";
import { createEnvironment, createFolder, createStep } from "#test/src/run/stage.ts";

async function collect(
  environment: Environment,
  step: Partial<Step>,
  dataDir: string,
): Promise<readonly ProbeResult[]> {
  const attempt = { upgradeId: "KU-2026-0001", stepId: "work", attempt: 1 } as const;
  return collectEvidence(
    { attempt, step: createStep(step) },
    {
      ...contextOf(environment),
      permits: {},
      redactor: createRedactor(["sesame"]),
      running: openRunningProcesses(`${dataDir}/running`),
      transports: openTransports({ PATH: "/usr/bin:/bin" }),
      leave: new AbortController().signal,
    },
  );
}

function commands(...argvs: readonly (readonly string[])[]): Pick<Step, "action"> {
  const [first, ...rest] = argvs.map((argv) => ({ target: "runner", argv, env: {}, secrets: {} }));
  if (first === undefined) throw new Error("a command is needed");
  return { action: { kind: "commands", commands: [first, ...rest] } };
}

const line = ({ kind, verdict, summary }: ProbeResult): string => `${kind} ${verdict}: ${summary}`;

const revision = (number: number, status: string) => ({
  revision: number,
  status,
  chart: "kong-2.38.0",
  description: "Upgrade complete",
});

/** What a cluster shows after a helm upgrade that was cut off. */
async function afterHelm(cluster: Cluster, words: readonly string[] = ["upgrade", "kong", "kong/kong"]) {
  await using folder = await createFolder();
  const kubernetes = await createCluster(folder.path, cluster);
  const { environment } = withoutDatabase({ topology: "kubernetes", nodes: [], kubernetes });
  return await collect(environment, commands([kubernetes.helm, ...words]), folder.path);
}

test("after helm: history of the release, jobs and images of the pods", async () => {
  const evidence = await afterHelm({
    helm: { "history kong --max 5 -o json": json([revision(6, "superseded"), revision(7, "pending-upgrade")]) },
    kubectl: {
      "get jobs -o json": json({
        items: [
          { metadata: { name: "kong-kong-pre-upgrade-migrations" }, status: { active: 1 } },
          { metadata: { name: "old" }, status: { succeeded: 1 } },
        ],
      }),
      "get pods -o json": json({ items: [pod("a", "kong:3.4.2"), pod("b", "kong:2.8.5", { isEnding: true })] }),
    },
  });
  expect(evidence.map(line)).toStrictEqual([
    expect.stringContaining("processes undetermined: no process of this step"),
    "helm_history not_ok: revision 7 of release kong is pending-upgrade: helm was interrupted or still works, and refuses another upgrade until then",
    "kubernetes_jobs not_ok: jobs still work in gateway: kong-kong-pre-upgrade-migrations",
    "kubernetes_pods not_ok: pods run 2 different images: kong:3.4.2, kong:2.8.5",
  ]);
  expect(evidence[1]?.details).toStrictEqual([
    "revision 6: superseded, kong-2.38.0, Upgrade complete",
    "revision 7: pending-upgrade, kong-2.38.0, Upgrade complete",
  ]);
  expect(evidence[3]?.details).toStrictEqual(["a: kong:3.4.2, running", "b: kong:2.8.5, ending"]);
});

test("after helm, when all is over", async () => {
  const evidence = await afterHelm({
    helm: { "history kong --max 5 -o json": json([revision(7, "deployed")]) },
    kubectl: {
      "get jobs -o json": json({ items: [] }),
      "get pods -o json": json({ items: [pod("a", "kong:3.4.2")] }),
    },
  });
  expect(evidence.slice(1).map(({ verdict }) => verdict)).toStrictEqual(["ok", "ok", "ok"]);
});

test("a cluster that forbids looking gives evidence that says so, and never fails the rest", async () => {
  const evidence = await afterHelm({});
  expect(evidence.map(({ kind, verdict }) => `${kind} ${verdict}`)).toStrictEqual([
    "processes undetermined",
    "helm_history undetermined",
    "kubernetes_jobs undetermined",
    "kubernetes_pods undetermined",
  ]);
  expect(evidence[1]?.summary).toContain("could not be looked at");
});

test("after kubectl: jobs and pods, and no history of a release", async () => {
  await using folder = await createFolder();
  const kubernetes = await createCluster(folder.path, { kubectl: { "get jobs -o json": json({ items: [] }) } });
  const { environment } = withoutDatabase({ topology: "kubernetes", nodes: [], kubernetes });
  const evidence = await collect(environment, commands([kubernetes.kubectl, "scale", "x"]), folder.path);
  expect(evidence.map(({ kind }) => kind)).toStrictEqual(["processes", "kubernetes_jobs", "kubernetes_pods"]);
});

test("after decK: what the Admin API that it was told to talk to holds", async () => {
  await using folder = await createFolder();
  await using server = await serveKong({
    "/routes": listOf([{}, {}]),
    "/services": listOf([{}]),
    "/plugins": listOf([]),
    "/consumers": listOf([]),
    "/upstreams": listOf([]),
  });
  const { environment } = withoutDatabase({
    deck: { program: "deck", version: "1.40.0" },
    nodes: [nodeWith({ admin: "http://127.0.0.1:1" })],
    green: { nodes: [nodeWith({ name: "green-1", admin: server.url })] },
  });
  const step = commands(["sudo", "-n", "deck", "gateway", "sync", "--kong-addr", server.url, "kong.yml"]);
  const evidence = await collect(environment, step, folder.path);
  expect(evidence.slice(1).map(line)).toStrictEqual([
    "admin_api_entities undetermined: green-1 holds routes: 2, services: 1, plugins: 0, consumers: 0, upstreams: 0; what it held before is not known here",
  ]);
});

test("after nodetool: the snapshots of the keyspace", async () => {
  await using folder = await createFolder();
  const nodetool = await writeProgram(folder.path, "nodetool", {
    listsnapshots: {
      stdout:
        "Snapshot Details:\nSnapshot name Keyspace name Column family\nku_1 kong routes 1 KiB\nku_1 system local 1 KiB\n",
    },
  });
  const { environment } = withoutDatabase({ cassandra: { keyspace: "kong", nodetool } });
  const evidence = await collect(environment, commands([nodetool, "snapshot", "-t", "ku_1", "kong"]), folder.path);
  expect(evidence[1]).toMatchObject({
    kind: "cassandra_snapshots",
    summary: "nodetool lists 1 snapshots of tables of keyspace kong",
    details: ["ku_1 kong routes 1 KiB"],
  });
});

async function afterRequest(
  request: {
    readonly method: "POST" | "PATCH" | "DELETE";
    readonly path: string;
    readonly body: Record<string, string>;
  },
  answers: Parameters<typeof serveKong>[0],
): Promise<ProbeResult | undefined> {
  await using folder = await createFolder();
  await using server = await serveKong(answers);
  const { environment } = withoutDatabase({ nodes: [nodeWith({ admin: server.url })] });
  const action = { kind: "request", node: "kong-1", secretFields: {}, expectStatus: [200], ...request } as const;
  const evidence = await collect(environment, { action }, folder.path);
  expect(server.asked).toStrictEqual([`GET ${request.path}`]);
  return evidence.find(({ kind }) => kind === "written_entity");
}

test("after a request: what was to be written is read, without what it carries", async () => {
  const posted = { method: "POST", path: "/licenses", body: {} } as const;
  const licences = listOf([
    { id: "l1", created_at: 1_795_216_700, payload: "sesame" },
    { id: "l2", created_at: 1_795_216_787, payload: "sesame" },
  ]);
  expect(await afterRequest(posted, { "/licenses": licences })).toMatchObject({
    verdict: "undetermined",
    summary: "GET /licenses of kong-1 lists 2 entries, the newest first",
    details: ["l2, created 2026-11-20T23:19:47.000Z", "l1, created 2026-11-20T23:18:20.000Z"],
  });
  expect(await afterRequest(posted, {})).toMatchObject({ verdict: "undetermined" });
});

test.each<[string, Parameters<typeof afterRequest>, string]>([
  [
    "a changed field that is there",
    [
      { method: "PATCH", path: "/plugins/p1", body: { name: "b" } },
      { "/plugins/p1": { status: 200, body: { name: "b" } } },
    ],
    "ok",
  ],
  [
    "a changed field that is not",
    [
      { method: "PATCH", path: "/plugins/p1", body: { name: "b" } },
      { "/plugins/p1": { status: 200, body: { name: "a" } } },
    ],
    "not_ok",
  ],
  ["a deleted entity that is gone", [{ method: "DELETE", path: "/plugins/p1", body: {} }, {}], "ok"],
  [
    "a deleted entity that is still there",
    [{ method: "DELETE", path: "/plugins/p1", body: {} }, { "/plugins/p1": { status: 200, body: { id: "p1" } } }],
    "not_ok",
  ],
])("after a request: %s", async (_, given, verdict) => {
  expect((await afterRequest(...given))?.verdict).toBe(verdict);
});

test("sessions and the migration lock are looked for in each database there is, and nowhere else", async () => {
  await using folder = await createFolder();
  const kinds = async (environment: Environment) =>
    (await collect(environment, { action: { kind: "check" } }, folder.path)).map(({ kind }) => kind);
  const blue = createEnvironment(nowhere);
  const { database } = blue;
  if (database === undefined) throw new Error("there is a database");
  expect(await kinds(withoutDatabase({}).environment)).toStrictEqual(["processes"]);
  expect(await kinds(blue)).toStrictEqual(["processes", "database_sessions", "migration_lock_free"]);
  expect(await kinds({ ...blue, green: { database, nodes: [] } })).toStrictEqual([
    "processes",
    "database_sessions",
    "database_sessions",
    "migration_lock_free",
    "migration_lock_free",
  ]);
});

test("after the machine was booted no process of the step is left, whoever has its number now", async () => {
  await using folder = await createFolder();
  await mkdir(join(folder.path, "running"));
  // The number of a group that lives: this process's own.
  const note = { groupId: process.pid, bootId: "of-the-boot-before", command: "kong migrations up", isGone: false };
  await writeFile(join(folder.path, "running", "KU-2026-0001.work.1.json"), JSON.stringify(note));
  const { environment } = withoutDatabase({ nodes: [] });
  const [processes] = await collect(environment, {}, folder.path);
  expect(processes).toMatchObject({
    verdict: "ok",
    summary: "the runner's machine was booted since, so no process of the step is left",
    details: ["kong migrations up"],
  });
});

test("what still works is told as that, so that nobody tries it again", async () => {
  await using folder = await createFolder();
  const child = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
  const groupId = child.pid ?? 0;
  try {
    const place = { upgradeId: "KU-2026-0001", stepId: "work", attempt: 1 } as const;
    const noted = { groupId, command: "sleep 60", isGone: false };
    await openRunningProcesses(`${folder.path}/running`).remember(place, noted);
    const { environment } = withoutDatabase({});
    const [processes] = await collect(environment, { timeoutMs: 50 }, folder.path);
    expect(processes).toMatchObject({ kind: "processes", verdict: "not_ok", isRunning: true });
  } finally {
    process.kill(-groupId, "SIGKILL");
  }
});

test("T36: a place that only the database names is not looked at by a program that nobody allowed", async () => {
  await using folder = await createFolder();
  const docker = `${folder.path}/docker`;
  await writeFile(docker, `#!/bin/sh\ntouch ${folder.path}/started\n`, { mode: 0o755 });
  const via = { kind: "docker", docker, container: "kong" } as const;
  const command = { target: "kong-1", argv: ["kong", "quit"], env: {}, secrets: {}, via };
  const { environment } = withoutDatabase({});
  const step: Partial<Step> = { action: { kind: "commands", commands: [command] } };
  const evidence = await collect(environment, step, folder.path);
  expect(evidence.find(({ kind }) => kind === "remote_command")).toMatchObject({
    verdict: "undetermined",
    summary: expect.stringContaining(`names no program “${docker}”`),
  });
  expect(existsSync(`${folder.path}/started`)).toBe(false);
});

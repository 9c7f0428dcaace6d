import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { TestDatabase } from "#test/support/database.ts";
import { readRecording, repeat, shapeOf } from "./recording.ts";
import { kongDatabase, migrate, startNode } from "./simulated-node.ts";
import type { SimulatedNode } from "./simulated-node.ts";

const nodes = new Map<string, SimulatedNode>();
const databases: TestDatabase[] = [];

beforeAll(async () => {
  // 3.4.2 runs on the database of 2.8.5 after up and finish, as when it was recorded.
  const upgraded = await kongDatabase("2.8.5", "recorded entities");
  await migrate("3.4.2", "up", upgraded.url);
  await migrate("3.4.2", "finish", upgraded.url);
  const of28 = await kongDatabase("2.8.5", "recorded entities");
  const of30 = await kongDatabase("3.0.2", "empty");
  const of39 = await kongDatabase("3.9.3", "empty");
  databases.push(upgraded, of28, of30, of39);
  nodes.set("2.8.5", await startNode("2.8.5", of28.url));
  nodes.set("3.0.2", await startNode("3.0.2", of30.url));
  nodes.set("3.4.2", await startNode("3.4.2", upgraded.url));
  nodes.set("3.9.3", await startNode("3.9.3", of39.url));
});

afterAll(async () => {
  for (const node of nodes.values()) await node[Symbol.asyncDispose]();
  for (const database of databases) await database[Symbol.asyncDispose]();
});

function nodeOf(version: string): SimulatedNode {
  const node = nodes.get(version);
  if (node === undefined) throw new Error(`no node of ${version}`);
  return node;
}

/** The answer with this machine's paths, ports and database put back to the recorded ones. */
function asRecorded(text: string, node: SimulatedNode, database: TestDatabase): unknown {
  const url = new URL(database.url);
  const asText = text
    .replaceAll(node.prefix, "/usr/local/kong")
    .replaceAll(String(node.ports.proxy), "18000")
    .replaceAll(String(node.ports.admin), "18001")
    .replaceAll(String(node.ports.status), "18007")
    .replaceAll(`"pg_port":${url.port}`, '"pg_port":5432')
    .replaceAll(`"${database.name}"`, '"kong"')
    .replaceAll(`"${url.username}"`, '"kong"');
  return JSON.parse(asText);
}

const root = z.object({
  configuration: z.record(z.string(), z.json()),
  plugins: z.object({ available_on_server: z.json(), enabled_in_cluster: z.array(z.string()) }),
});

/** The shape of the document, but for the parts that are compared by value. */
function outline(value: unknown): unknown {
  return shapeOf({ ...z.record(z.string(), z.unknown()).parse(value), plugins: 0, configuration: 0 });
}

describe.each(["2.8.5", "3.0.2", "3.4.2", "3.9.3"])("Kong %s", (version) => {
  test("GET / has the recorded keys, configuration and plugins", async () => {
    const recorded = await readRecording(`${version}-root`);
    const node = nodeOf(version);
    const database = databases[["3.4.2", "2.8.5", "3.0.2", "3.9.3"].indexOf(version)];
    if (database === undefined) throw new Error("no database");
    const answered = await repeat(recorded, node.admin);
    const body = asRecorded(answered.text, node, database);
    const [ours, theirs] = [root.parse(body), root.parse(recorded.body)];
    // The test server has one superuser whose name may also be part of other texts.
    expect({ ...ours.configuration, pg_user: "kong" }).toEqual({ ...theirs.configuration, pg_user: "kong" });
    expect(ours.plugins.available_on_server).toEqual(theirs.plugins.available_on_server);
    expect(outline(body)).toEqual(outline(recorded.body));
  });

  test("GET /status has the recorded keys and the recorded memory zones", async () => {
    const recorded = await readRecording(`${version}-status`);
    const answered = await repeat(recorded, nodeOf(version).admin);
    expect(answered.status).toBe(200);
    const body: unknown = JSON.parse(answered.text);
    expect(shapeOf(body)).toEqual(shapeOf(recorded.body));
    expect(body).toMatchObject({ database: { reachable: true } });
  });
});

test.each([
  ["2.8.5", "routes"],
  ["2.8.5", "plugins"],
  ["2.8.5", "not-found"],
  ["2.8.5", "routes-post-bad"],
  ["2.8.5", "schemas-plugins-validate-ok"],
  ["2.8.5", "schemas-plugins-validate-bad"],
  ["2.8.5", "clustering-data-planes"],
  ["3.4.2", "routes-after-upgrade"],
  ["3.4.2", "not-found"],
  ["3.4.2", "schemas-plugins-validate-ok"],
  ["3.4.2", "schemas-plugins-validate-bad"],
  ["3.4.2", "clustering-data-planes-traditional"],
  ["3.9.3", "not-found"],
  ["3.9.3", "schemas-plugins-validate-ok"],
  ["3.9.3", "schemas-plugins-validate-bad"],
  ["3.9.3", "clustering-data-planes-traditional"],
])("%s answers the recorded call %s with the recorded document", async (version, name) => {
  const recorded = await readRecording(`${version}-${name}`);
  const answered = await repeat(recorded, nodeOf(version).admin);
  expect(JSON.parse(answered.text)).toEqual(recorded.body);
  expect(answered.status).toBe(recorded.status);
  for (const header of ["Server", "Content-Type", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"]) {
    expect(answered.headers.get(header)).toBe(recorded.headers[header] ?? null);
  }
  expect(answered.headers.get("X-Kong-Admin-Latency")).toMatch(/^\d+$/);
});

test("3.4.2 shows the upgraded plugins with its own defaults filled in", async () => {
  const recorded = await readRecording("3.4.2-plugins-after-upgrade");
  const answered = await repeat(recorded, nodeOf("3.4.2").admin);
  const list = z.object({ data: z.array(z.record(z.string(), z.json())) });
  // updated_at came with the migration and so is the time of the upgrade.
  const timeless = (body: unknown) => list.parse(body).data.map((plugin) => Object.assign(plugin, { updated_at: 0 }));
  expect(timeless(JSON.parse(answered.text))).toEqual(timeless(recorded.body));
});

test("3.4.2 takes a regex path without ~ as a plain path, with 201 and no warning", async () => {
  const recorded = await readRecording("3.4.2-routes-regex-without-tilde");
  const node = nodeOf("3.4.2");
  const answered = await repeat(recorded, node.admin);
  const body = z.looseObject({ id: z.string(), paths: z.json() }).parse(JSON.parse(answered.text));
  await fetch(`${node.admin}/routes/${body.id}`, { method: "DELETE" });
  expect(answered.status).toBe(201);
  expect(shapeOf(body)).toEqual(shapeOf(recorded.body));
  expect(body.paths).toEqual([String.raw`/x/\d+$`]);
});

test("3.4.2 answers /timers in the recorded form, 2.8.5 does not know it", async () => {
  const recorded = await readRecording("3.4.2-timers");
  const form = z.object({
    stats: z.object({ flamegraph: z.json(), timers: z.record(z.string(), z.json()), sys: z.json() }),
    worker: z.json(),
  });
  const ours = form.parse(JSON.parse((await repeat(recorded, nodeOf("3.4.2").admin)).text));
  const theirs = form.parse(recorded.body);
  const timer = "router-rebuild";
  expect(shapeOf(ours.stats.timers[timer])).toEqual(shapeOf(theirs.stats.timers[timer]));
  expect(shapeOf([ours.stats.sys, ours.stats.flamegraph, ours.worker])).toEqual(
    shapeOf([theirs.stats.sys, theirs.stats.flamegraph, theirs.worker]),
  );
  expect((await repeat(recorded, nodeOf("2.8.5").admin)).status).toBe(404);
});

test.each([
  ["2.8.5", "status-listen-status"],
  ["3.4.2", "status-listen-status"],
  ["3.4.2", "status-listen-ready"],
  ["3.9.3", "status-listen-ready"],
  ["3.9.3", "status-listen-status"],
])("the status listener of %s answers %s as recorded", async (version, name) => {
  const recorded = await readRecording(`${version}-${name}`);
  const answered = await repeat(recorded, nodeOf(version).status);
  expect(answered.status).toBe(recorded.status);
  expect(shapeOf(JSON.parse(answered.text))).toEqual(shapeOf(recorded.body));
  expect(answered.headers.get("Access-Control-Allow-Credentials")).toBeNull();
});

test("2.8.5 and 3.0.2 have no /status/ready", async () => {
  for (const version of ["2.8.5", "3.0.2"]) {
    expect((await fetch(`${nodeOf(version).status}/status/ready`)).status).toBe(404);
  }
});

function drain(node: SimulatedNode): Promise<Response> {
  return fetch(`${node.status}/status`, {
    method: "POST",
    body: '{"status": "draining"}',
    headers: { "content-type": "application/json" },
  });
}

test("a drained 3.9.3 node is not ready, in the recorded words; 3.4.2 can not be drained", async () => {
  const database = databases[3];
  if (database === undefined) throw new Error("no database");
  await using node = await startNode("3.9.3", database.url);
  expect((await drain(node)).status).toBe(204);
  const recorded = await readRecording("3.9.3-status-listen-ready-draining");
  const answered = await repeat(recorded, node.status);
  expect({ status: answered.status, body: JSON.parse(answered.text) }).toEqual({
    status: recorded.status,
    body: recorded.body,
  });
  expect((await drain(nodeOf("3.4.2"))).status).toBe(404);
});

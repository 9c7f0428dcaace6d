import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { TestDatabase } from "#test/support/database.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { kongDatabase, runSql, startNode } from "./simulated-node.ts";
import type { SimulatedNode } from "./simulated-node.ts";

let database: TestDatabase;
let node: SimulatedNode;

beforeAll(async () => {
  database = await kongDatabase("3.4.2", "empty");
  node = await startNode("3.4.2", database.url);
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const document = z.record(z.string(), z.json());
const page = z.object({ data: z.array(document), next: z.string().nullable(), offset: z.string().optional() });

async function call(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: z.infer<typeof document> }> {
  const response = await fetch(node.admin + path, {
    method,
    ...(body === undefined
      ? {}
      : body instanceof URLSearchParams
        ? { body }
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  return { status: response.status, body: document.parse(text === "" ? {} : JSON.parse(text)) };
}

test("a written service and route are stored in Kong's tables and served by the proxy without a restart", async () => {
  const created = await call(
    "POST",
    "/services",
    new URLSearchParams({ name: "written", url: "http://127.0.0.1:9/base" }),
  );
  expect(created).toMatchObject({
    status: 201,
    body: { name: "written", host: "127.0.0.1", port: 9, path: "/base", protocol: "http", retries: 5, enabled: true },
  });
  const route = await call("POST", "/services/written/routes", { name: "written", paths: ["/written"] });
  expect(route).toMatchObject({
    status: 201,
    body: { service: { id: created.body["id"] }, protocols: ["http", "https"] },
  });
  const [row] = await runSql(
    database.url,
    "select r.paths, w.name as workspace from routes r join workspaces w on w.id = r.ws_id where r.name = 'written'",
  );
  expect(row).toEqual({ paths: ["/written"], workspace: "default" });
  // 502: the route is known, its upstream refuses connections.
  await waitUntil("the route in the proxy", async () => (await fetch(`${node.proxy}/written`)).status === 502);

  expect(await call("PATCH", "/services/written", { retries: 1 })).toMatchObject({
    status: 200,
    body: { retries: 1, port: 9 },
  });
  expect(await call("DELETE", "/services/written")).toMatchObject({
    status: 400,
    body: { code: 4, message: "an existing 'routes' entity references this 'services' entity" },
  });
  expect((await call("DELETE", "/routes/written")).status).toBe(204);
  expect((await call("DELETE", "/services/written")).status).toBe(204);
  expect((await call("GET", "/services/written")).status).toBe(404);
});

test("every violation of a document is named at once, in Kong's words", async () => {
  expect(await call("POST", "/services", { nome: "x", port: "80" })).toEqual({
    status: 400,
    body: {
      code: 2,
      name: "schema violation",
      message: "3 schema violations (nome: unknown field; port: expected an integer; host: required field missing)",
      fields: { nome: "unknown field", port: "expected an integer", host: "required field missing" },
    },
  });
  expect(await call("POST", "/plugins", { name: "nosuch" })).toMatchObject({
    status: 400,
    body: { fields: { name: "plugin 'nosuch' not enabled; add it to the 'plugins' configuration property" } },
  });
});

test("settings that 3.x dropped are refused by 3.4.2", async () => {
  for (const [name, field] of [
    ["ip-restriction", "whitelist"],
    ["acl", "blacklist"],
    ["pre-function", "functions"],
  ] as const) {
    expect(await call("POST", "/schemas/plugins/validate", { name, config: { [field]: ["x"] } })).toMatchObject({
      status: 400,
      body: { message: `schema violation (config.${field}: unknown field)` },
    });
  }
});

test("a name is taken once and a reference must exist", async () => {
  await call("PUT", "/consumers/taken", {});
  expect(await call("POST", "/consumers", { username: "taken" })).toMatchObject({ status: 409, body: { code: 5 } });
  const id = "00000000-0000-4000-8000-000000000000";
  expect(await call("POST", "/routes", { paths: ["/x"], service: { id } })).toMatchObject({
    status: 400,
    body: { code: 4, message: `the foreign key '{id="${id}"}' does not reference an existing 'services' entity.` },
  });
});

test("lists come in pages that lead to every entity once", async () => {
  for (let index = 0; index < 7; index += 1) {
    await call("POST", "/upstreams", { name: `paged-${index}`, tags: ["paged"] });
  }
  const names: unknown[] = [];
  let next: string | null = "/upstreams?size=3&tags=paged";
  let pages = 0;
  while (next !== null) {
    const { status, body } = await call("GET", next);
    expect(status).toBe(200);
    const found: z.infer<typeof page> = page.parse(body);
    names.push(...found.data.map((upstream) => upstream["name"]));
    next = found.next;
    pages += 1;
  }
  expect(pages).toBe(3);
  expect(new Set(names).size).toBe(7);
  expect((await call("GET", "/upstreams?size=0")).status).toBe(400);
  expect((await call("GET", "/upstreams?offset=nonsense")).status).toBe(400);
});

test("targets, credentials and plugins hang below their parents", async () => {
  await call("PUT", "/upstreams/parent", {});
  expect(await call("POST", "/upstreams/parent/targets", { target: "127.0.0.1:9000" })).toMatchObject({
    status: 201,
    body: { target: "127.0.0.1:9000", weight: 100 },
  });
  expect((await call("GET", "/upstreams/parent/targets")).body).toMatchObject({
    data: [{ target: "127.0.0.1:9000" }],
    next: null,
  });
  const consumer = await call("PUT", "/consumers/parent", { custom_id: "77" });
  expect(await call("POST", "/consumers/parent/key-auth", new URLSearchParams({ key: "12345" }))).toMatchObject({
    status: 201,
    body: { key: "12345", consumer: { id: consumer.body["id"] } },
  });
  expect(
    await call("POST", "/consumers/parent/plugins", { name: "rate-limiting", config: { minute: 5 } }),
  ).toMatchObject({
    status: 201,
    body: { consumer: { id: consumer.body["id"] }, config: { minute: 5, policy: "local", error_code: 429 } },
  });
});

test("a body that is no JSON object is refused", async () => {
  const response = await fetch(`${node.admin}/services`, {
    method: "POST",
    body: "{",
    headers: { "content-type": "application/json" },
  });
  expect({ status: response.status, body: await response.json() }).toEqual({
    status: 400,
    body: { message: "Cannot parse JSON body" },
  });
});

test("an empty list that a migration left as {} is shown as a list", async () => {
  const { body } = await call("POST", "/plugins", { name: "post-function", config: { access: ["return"] } });
  await runSql(database.url, `update plugins set config = '{"access": {}, "log": {}}' where name = 'post-function'`);
  expect(await call("GET", `/plugins/${z.string().parse(body["id"])}`)).toMatchObject({
    body: { config: { access: [], log: [] } },
  });
});

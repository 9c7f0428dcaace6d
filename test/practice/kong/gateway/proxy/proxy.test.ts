import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { Upstream } from "#practice/kong/traffic/upstream.ts";
import { startUpstream } from "#practice/kong/traffic/upstream.ts";
import type { TestDatabase } from "#test/support/database.ts";
import { kongDatabase, startNode } from "#test/practice/kong/gateway/simulated-node.ts";
import type { SimulatedNode } from "#test/practice/kong/gateway/simulated-node.ts";

let database: TestDatabase;
let node: SimulatedNode;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream({ port: 0 });
  database = await kongDatabase("2.8.5", "empty");
  node = await startNode("2.8.5", database.url);
  await post("/services", { name: "echo", host: "127.0.0.1", port: upstream.port, path: "/base" });
  await post("/services", { name: "refused", host: "127.0.0.1", port: 9 });
  await post("/services", { name: "unknown", host: "nowhere.invalid" });
  await post("/services", { name: "slow", host: "127.0.0.1", port: upstream.port, read_timeout: 50 });
  await post("/upstreams", { name: "pool" });
  await post("/upstreams/pool/targets", { target: "127.0.0.1:9" });
  await post("/upstreams/pool/targets", { target: `127.0.0.1:${upstream.port}` });
  await post("/upstreams", { name: "empty-pool" });
  await post("/services", { name: "pooled", host: "pool" });
  await post("/services", { name: "nobody", host: "empty-pool" });
  for (const [service, path] of [
    ["echo", "/echo"],
    ["echo", "/keyed"],
    ["echo", "/limited"],
    ["echo", "/ended"],
    ["echo", "/private"],
    ["echo", "/partners"],
    ["refused", "/refused"],
    ["unknown", "/unknown"],
    ["slow", "/slow"],
    ["pooled", "/pooled"],
    ["nobody", "/nobody"],
  ] as const) {
    await post(`/services/${service}/routes`, { name: path.slice(1), paths: [path] });
  }
  await post("/services/echo/routes", { name: "secure", paths: ["/secure"], protocols: ["https"] });
  await post("/routes/keyed/plugins", { name: "key-auth" });
  await post("/routes/partners/plugins", { name: "key-auth" });
  await post("/routes/partners/plugins", { name: "acl", config: { allow: ["partners"] } });
  await post("/routes/limited/plugins", { name: "rate-limiting", config: { hour: 2 } });
  await post("/routes/ended/plugins", { name: "request-termination", config: { status_code: 410, message: "gone" } });
  await post("/routes/private/plugins", { name: "ip-restriction", config: { allow: ["10.0.0.0/8"] } });
  await post("/consumers", { username: "ann", custom_id: "a-1" });
  await post("/consumers/ann/key-auth", { key: "ann-key" });
  await post("/consumers/ann/acls", { group: "partners" });
  await post("/consumers", { username: "bo" });
  await post("/consumers/bo/key-auth", { key: "bo-key" });
  await node.worker.refresh();
});

afterAll(async () => {
  await node[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await upstream.stop();
});

async function post(path: string, body: unknown): Promise<void> {
  const response = await fetch(node.admin + path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  if (response.status !== 201) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

const echoed = z.object({
  path: z.string(),
  query: z.string(),
  method: z.string(),
  headers: z.record(z.string(), z.string()),
});

test("a request reaches the upstream with path, query, body headers and Kong's own headers", async () => {
  const response = await fetch(`${node.proxy}/echo/deep/%7Ea?x=1`, {
    method: "POST",
    body: "hello",
    headers: { "x-mine": "yes" },
  });
  const seen = echoed.parse(await response.json());
  expect(seen).toMatchObject({ path: "/base/deep/~a", query: "?x=1", method: "POST" });
  expect(seen.headers).toMatchObject({
    "x-mine": "yes",
    "content-length": "5",
    host: `127.0.0.1:${upstream.port}`,
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-host": "127.0.0.1",
    "x-forwarded-path": "/echo/deep/%7Ea?x=1",
  });
  expect(response.headers.get("via")).toBe("kong/2.8.5");
  expect(response.headers.get("x-kong-upstream-latency")).toMatch(/^\d+$/);
});

test.each([
  ["/nothing", 404, "no Route matched with those values"],
  ["/refused", 502, "An invalid response was received from the upstream server"],
  ["/unknown", 503, "name resolution failed"],
  ["/nobody", 503, "failure to get a peer from the ring-balancer"],
  ["/slow?delay_ms=2000", 504, "The upstream server is timing out"],
  ["/ended", 410, "gone"],
  ["/private", 403, "Your IP address is not allowed"],
  ["/secure", 426, "Please use HTTPS protocol"],
  ["/keyed", 401, "No API key found in request"],
  ["/keyed?apikey=wrong", 401, "Invalid authentication credentials"],
  ["/partners?apikey=bo-key", 403, "You cannot consume this service"],
])("%s is answered %i by the gateway itself: %s", async (path, status, message) => {
  const response = await fetch(node.proxy + path);
  expect({ status: response.status, body: await response.json() }).toEqual({ status, body: { message } });
  expect(response.headers.get("server")).toBe("kong/2.8.5");
  expect(response.headers.has("via")).toBe(false);
});

test("a good key passes and tells the upstream who it is", async () => {
  for (const path of ["/keyed", "/partners"]) {
    const response = await fetch(node.proxy + path, { headers: { apikey: "ann-key" } });
    expect(response.status).toBe(200);
    expect(echoed.parse(await response.json()).headers).toMatchObject({
      "x-consumer-username": "ann",
      "x-consumer-custom-id": "a-1",
    });
  }
});

test("a dead target is passed over for the next one", async () => {
  for (let index = 0; index < 4; index += 1) expect((await fetch(`${node.proxy}/pooled`)).status).toBe(200);
});

test("rate limiting counts down in the headers and then refuses", async () => {
  const first = await fetch(`${node.proxy}/limited`);
  expect(first.headers.get("x-ratelimit-limit-hour")).toBe("2");
  expect(first.headers.get("x-ratelimit-remaining-hour")).toBe("1");
  expect((await fetch(`${node.proxy}/limited`)).headers.get("ratelimit-remaining")).toBe("0");
  const refused = await fetch(`${node.proxy}/limited`);
  expect(refused.status).toBe(429);
  expect(await refused.json()).toEqual({ message: "API rate limit exceeded" });
  expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
});

test("3.9.3 gives every answer a request id, as its configuration says", async () => {
  await using empty = await kongDatabase("3.9.3", "empty");
  await using later = await startNode("3.9.3", empty.url);
  const response = await fetch(`${later.proxy}/nothing`);
  const id = response.headers.get("x-kong-request-id");
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(await response.json()).toEqual({ message: "no Route matched with those values", request_id: id });
});

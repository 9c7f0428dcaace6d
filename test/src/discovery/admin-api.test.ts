import nock from "nock";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { openAdmin } from "#src/discovery/admin-client.ts";
import { readList, readNode } from "#src/discovery/admin-api.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import { sampleEnvironment } from "#test/support/samples.ts";

// Kong's HTTP edge: answers that a healthy simulator never gives.
const environment = sampleEnvironment();
const client = openAdmin(environment, livePorts({ resolveSecret: () => Promise.resolve(""), baseEnv: {} }));
const [node] = environment.nodes;
if (node?.admin === undefined) throw new Error("the sample has a node with an Admin API");
const admin = nock(node.admin);

const root = {
  version: "2.8.5",
  plugins: { available_on_server: { "key-auth": true }, enabled_in_cluster: ["key-auth"] },
  configuration: { database: "postgres", role: "traditional" },
};

beforeEach(() => nock.disableNetConnect());
// Files of tests share their process.
afterAll(() => nock.restore());
afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

test("a healthy node tells version, role, plugins and whether it reaches its database", async () => {
  admin.get("/").reply(200, root);
  admin.get("/status").reply(200, { database: { reachable: true } });
  expect(await readNode(node, client)).toMatchObject({
    admin: { version: "2.8.5", role: "traditional", databaseReachable: true },
  });
});

test.for([
  ["401", () => admin.get("/").reply(401, { message: "Invalid RBAC credentials" }), /401/u],
  [
    "500, as with its database gone",
    () => admin.get("/").reply(500, { message: "An unexpected error happened" }),
    /500/u,
  ],
  ["HTML of something in between", () => admin.get("/").reply(200, "<html>login</html>"), /./u],
  ["JSON that is cut off", () => admin.get("/").reply(200, '{"version": "2.8'), /./u],
  ["another document", () => admin.get("/").reply(200, { hello: "world" }), /./u],
  [
    "a redirect to somewhere else",
    () => admin.get("/").reply(302, "", { location: "http://elsewhere.example/" }),
    /302/u,
  ],
  ["a connection that breaks", () => admin.get("/").replyWithError("socket hang up"), /did not answer/u],
] as const)("an Admin API that answers with %s is a failed source, never an empty one", async ([, answer, message]) => {
  answer();
  await expect(readNode(node, client)).rejects.toThrow(message);
});

test("pages are followed by their offset, and a page that points to itself ends in an error", async () => {
  const page = (offset: string | undefined, id: string) => ({
    data: [{ id, paths: [], protocols: ["http"] }],
    next: offset === undefined ? null : `/routes?offset=${offset}`,
    ...(offset === undefined ? {} : { offset }),
  });
  admin.get("/routes").query({ size: 1_000 }).reply(200, page("a", "r1"));
  admin.get("/routes").query({ size: 1_000, offset: "a" }).reply(200, page(undefined, "r2"));
  expect((await readList(node, { path: "/routes", most: 10 }, client))?.items).toHaveLength(2);

  admin.get("/routes").query(true).times(3).reply(200, page("a", "r1"));
  await expect(readList(node, { path: "/routes", most: 10 }, client)).rejects.toThrow(/./u);
});

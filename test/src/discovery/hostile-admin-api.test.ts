import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { discover } from "#src/discovery/discover.ts";
import type { Discovery } from "#src/discovery/discover.ts";
import { limits } from "#src/discovery/limits.ts";
import { livePorts } from "#src/discovery/live-ports.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import { instantOf } from "#src/kernel/instant.ts";
import type { Environment } from "#src/plan/environment.ts";
import { sampleEnvironment } from "#test/src/plan/sample.ts";
import { startAdminServer } from "./admin-server.ts";

// Answers that neither Kong nor the simulator gives: what stands in between, or somebody who means harm.
const ports = livePorts({ resolveSecret: () => Promise.resolve(""), baseEnv: {} });

const root = {
  version: "2.8.5",
  plugins: { available_on_server: { acl: true } },
  configuration: { database: "postgres", role: "traditional" },
};

const pageSchema = z.object({ size: z.coerce.number().default(0), offset: z.coerce.number().default(0) });
type Page = z.infer<typeof pageSchema>;
type Answer = (page: Page) => unknown;

/** An Admin API whose lists are empty but for what is answered by path. */
async function adminApi(answers: Readonly<Record<string, Answer>>): Promise<Environment> {
  const all: Readonly<Record<string, Answer>> = {
    "/": () => root,
    "/status": () => ({ database: { reachable: true } }),
    "/workspaces": () => undefined,
    ...answers,
  };
  const server = await startAdminServer((asked) => {
    const [path = "", query] = asked.split("?");
    const answer = Object.hasOwn(all, path) ? all[path] : undefined;
    return answer === undefined
      ? { data: [] }
      : answer(pageSchema.parse(Object.fromEntries(new URLSearchParams(query))));
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const sample = sampleEnvironment();
  const [node] = sample.nodes;
  if (node === undefined) throw new Error("the sample has a node");
  return { ...sample, nodes: [{ ...node, admin: server.url }] };
}

/** A list of so many entries, page by page. */
function pages(most: number, entry: (index: number) => unknown): Answer {
  return ({ size, offset }) => {
    const count = Math.min(size, most - offset);
    const data = Array.from({ length: count }, (_, index) => entry(offset + index));
    return { data, ...(offset + count < most ? { offset: String(offset + count) } : {}) };
  };
}

async function survey(environment: Environment, own: Partial<DiscoveryPorts> = {}): Promise<Discovery> {
  return discover(environment, { ...ports, ...own }, "admin_api");
}

function failures({ facts }: Discovery): Readonly<Record<string, string>> {
  return Object.fromEntries(
    facts.sources.flatMap(({ name, outcome }) => (outcome.kind === "failed" ? [[name, outcome.problem]] : [])),
  );
}

const missing: Answer = () => undefined;

test("a list that every Kong has and that is not there is a failed source, not an empty list", async () => {
  const found = await survey(
    await adminApi({ "/routes": missing, "/services": missing, "/plugins": missing, "/upstreams": missing }),
  );
  expect(failures(found)).toMatchObject({
    "Admin API /routes": "GET /routes answered HTTP 404, and every Kong has it: is this an Admin API?",
    "Admin API /plugins": expect.stringContaining("404"),
    "Admin API /services": expect.stringContaining("404"),
    "Admin API /upstreams": expect.stringContaining("404"),
  });
  expect(found.inventory.inputs.entities.kind).toBe("failed");
});

test("a workspace that does not exist is told with its name", async () => {
  const environment = await adminApi({ "/pyaments/routes": missing });
  const found = await survey({ ...environment, adminApi: { workspaces: ["pyaments"] } });
  expect(failures(found)["Admin API /pyaments/routes"]).toContain("is there a workspace pyaments?");
});

test.each(["..", ".", ""])("a workspace named “%s” is not asked for in another place", async (name) => {
  const found = await survey(await adminApi({ "/workspaces": () => ({ data: [{ name: "default" }, { name }] }) }));
  expect(failures(found)["Admin API /workspaces"]).toContain(`a workspace is named “${name}”, which no path can say`);
  expect(found.inventory.inputs.entities.kind).not.toBe("read");
});

test("names of workspaces stay one part of the path", async () => {
  const name = "..%2f/a?b#ü";
  const { inventory } = await survey(
    await adminApi({
      "/workspaces": () => ({ data: [{ name }] }),
      [`/${encodeURIComponent(name)}/routes`]: () => ({ data: [{ id: "r1", paths: ["/a"] }] }),
    }),
  );
  expect(inventory.entities.filter(({ kind }) => kind === "route")).toMatchObject([{ id: "r1", workspace: name }]);
});

test("Enterprise without a list of workspaces is told: other workspaces would be missed", async () => {
  const found = await survey(await adminApi({ "/": () => ({ ...root, version: "3.4.3.5", edition: "enterprise" }) }));
  expect(failures(found)["Admin API /workspaces"]).toContain("Enterprise has it");
});

test("fields of another form in GET / keep nothing else from being read", async () => {
  const configuration = { ...root.configuration, router_flavor: null, vitals: {} };
  const found = await survey(await adminApi({ "/": () => ({ ...root, hostname: 7, configuration }) }));
  expect(failures(found)).toEqual({});
  expect(found.facts.nodes[0]?.admin?.version).toBe("2.8.5");
});

test("entries of another form are counted and told, and the others are read", async () => {
  const routes = [
    { id: "r1", name: "good", paths: ["/a"] },
    { id: "r2", name: 5, paths: "/b" },
    { id: null, name: "lua", paths: {} },
    null,
    7,
  ];
  const plugins = [{ id: "p1", name: "acl", config: "{}" }];
  const found = await survey(
    await adminApi({ "/routes": () => ({ data: routes }), "/plugins": () => ({ data: plugins }) }),
  );
  expect(failures(found)).toEqual({
    "Admin API /plugins: entries": "1 of 1 entries have another form than Kong's, the first: config of acl",
    "Admin API /routes: entries": "3 of 5 entries have another form than Kong's, the first: paths of r2",
  });
  const read = found.inventory.entities.filter(({ kind }) => kind === "route");
  expect(read.map(({ id, name, fields }) => [id, name, fields["paths"]])).toEqual([
    ["r1", "good", ["/a"]],
    ["r2", undefined, undefined],
    [undefined, "lua", {}],
  ]);
  expect(found.inventory.inputs.entities.kind).toBe("partly");
});

test("what a schema says of a document is one line", async () => {
  const found = await survey(await adminApi({ "/workspaces": () => ({ data: [{ name: 5 }] }) }));
  expect(failures(found)["Admin API /workspaces"]).toMatch(/^answered another document than Kong's: .* at 0\.name$/u);
});

test("keys that would change a prototype change nothing", async () => {
  const answer: unknown = JSON.parse(
    '{"data":[{"id":"p1","name":"__proto__","config":{"__proto__":{"polluted":1}}}],"__proto__":{"polluted":1}}',
  );
  const { inventory } = await survey(await adminApi({ "/plugins": () => answer }));
  expect(inventory.entities.filter(({ kind }) => kind === "plugin").map(({ name }) => name)).toEqual(["__proto__"]);
  expect("polluted" in {}).toBe(false);
});

test("a list without end is left after its pages, and the rest is told", async () => {
  let asked = 0;
  const endless: Answer = () => {
    asked += 1;
    return { data: [{ id: `r${asked}` }], offset: String(asked) };
  };
  const found = await survey(await adminApi({ "/routes": endless }));
  expect(asked).toBe(limits.pages);
  expect(failures(found)).toEqual({
    [`Admin API /routes beyond ${limits.pages}`]: `there are more than ${limits.pages}; the rest was not read`,
  });
});

test.each<[string, Answer, RegExp]>([
  ["are not there", missing, /1 of 2 upstreams answered HTTP 404, the first: GET \/upstreams\/u1\/targets/u],
  ["have another form", () => "<html>", /GET \/upstreams\/u1\/targets answered/u],
])("targets that %s are told, not taken for none", async (_, targets, problem) => {
  const upstreams = pages(2, (index) => ({ id: `u${index}`, name: `up-${index}` }));
  const found = await survey(await adminApi({ "/upstreams": upstreams, "/upstreams/u1/targets": targets }));
  expect(Object.values(failures(found)).join("\n")).toMatch(problem);
  expect(found.inventory.inputs.entities.kind).toBe("partly");
  expect(found.inventory.entities.filter(({ kind }) => kind === "upstream")).toHaveLength(2);
});

test("pages that are too long are asked for with fewer entries", async () => {
  const specification = "x".repeat(40_000);
  const plugins = pages(1_200, (index) => ({ id: String(index), name: "mocking", config: { specification } }));
  const found = await survey(await adminApi({ "/plugins": plugins }));
  expect(failures(found)).toEqual({});
  expect(found.inventory.entities.filter(({ kind }) => kind === "plugin")).toHaveLength(1_200);
});

test("an Admin API that stopped answering is not asked for ever", async () => {
  let unanswered = 0;
  const found = await survey(await adminApi({}), {
    fetchJson: (call) => {
      if (["/", "/status"].includes(new URL(call.url).pathname)) return ports.fetchJson(call);
      unanswered += 1;
      return Promise.reject(new Error("timeout after 10000 ms"));
    },
  });
  expect(unanswered).toBeLessThan(limits.unansweredCalls + limits.parallelLists);
  expect(Object.values(failures(found)).join("\n")).toMatch(/^not asked: \d+ calls before got no answer$/mu);
  expect(found.inventory.inputs.entities.kind).toBe("failed");
});

test("a look at an Admin API that answers slowly ends, and tells what it did not ask for", async () => {
  let clockMs = 0;
  const plugins = pages(1_000_000, (index) => ({ id: String(index), name: "acl", config: {} }));
  const found = await survey(await adminApi({ "/plugins": plugins }), {
    now: () => {
      clockMs += 10_000;
      return instantOf(clockMs);
    },
  });
  expect(failures(found)["Admin API /plugins"]).toBe("not asked: the look took longer than 10 minutes already");
});

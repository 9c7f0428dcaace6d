import { databaseOf } from "#src/plan/databases-of.ts";
import { describe, expect, test } from "vitest";
import { discover } from "#src/discovery/discover.ts";
import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import { factsSchema } from "#src/kong/facts.ts";
import type { Facts } from "#src/kong/facts.ts";
import { recorded } from "#test/src/kong/cli-output/recorded.ts";
import { startInstallation } from "./installation.ts";

function failures(facts: Facts): Readonly<Record<string, string>> {
  return Object.fromEntries(
    facts.sources.flatMap((source) =>
      source.outcome.kind === "failed" ? [[source.name, source.outcome.problem] as const] : [],
    ),
  );
}

test("a whole installation becomes facts, each source with its time", async () => {
  await using installation = await startInstallation();
  const { facts, inventory } = await discover(installation.environment, installation.ports);

  expect(failures(facts)).toStrictEqual({});
  expect(factsSchema.parse(facts)).toStrictEqual(facts);
  expect(facts.nodes[0]).toStrictEqual({
    name: "kong-1",
    cliVersion: "2.8.5",
    admin: {
      version: "2.8.5",
      database: "postgres",
      role: "traditional",
      databaseReachable: true,
      plugins: ["acl", "key-auth"],
    },
  });
  expect(facts.database).toMatchObject({
    serverVersion: expect.stringMatching(/^\d+/u),
    canCreateTables: true,
    migrations: { state: "up_to_date" },
    schemaMeta: [
      { subsystem: "acme", executed: ["000_base_acme"], pending: [] },
      { subsystem: "core", executed: ["000_base", "015_270_to_280"], pending: [] },
    ],
    counts: { routes: 3, services: 0 },
  });
  expect(facts.database?.lock).toBeUndefined();
  expect(inventory.entities.filter(({ kind }) => kind === "route")).toMatchObject([
    { id: "r1", name: "orders", origin: "live", fields: { paths: [String.raw`/orders/\d+`], path_handling: "v0" } },
    { id: "r2", fields: { paths: null, path_handling: "v1" } },
  ]);
  expect(inventory.entities.filter(({ kind }) => kind === "plugin")).toMatchObject([
    { id: "p1", parents: [{ kind: "service", name: "shop" }], fields: { enabled: true } },
    { id: "p2", parents: [], fields: { enabled: false } },
  ]);
  expect(facts.configuration).toMatchObject({ worker_consistency: "strict", log_level: "notice" });
});

test("no secret gets into the facts, and lists stay lists", async () => {
  await using installation = await startInstallation();
  const { facts, inventory } = await discover(installation.environment, installation.ports);
  expect(JSON.stringify({ facts, inventory })).not.toContain("sesame");
  const [first, second] = inventory.entities.filter(({ kind }) => kind === "plugin");
  expect(first?.fields["config"]).toStrictEqual({
    http_endpoint: "https://[redacted]@logs.example/in",
    headers: { Authorization: ["[redacted]"], "X-Team": ["a", "b"] },
  });
  expect(second?.fields["config"]).toStrictEqual({ secret: "[redacted]", cookie_name: "session" });
  expect(facts.configuration["pg_password"]).toBe("[redacted]");
});

test("a held migration lock is told with its owner, an expired one is not", async () => {
  await using installation = await startInstallation();
  await installation.sql("insert into locks values ('migrations', 'other', now() + interval '40 seconds')");
  const { facts: held } = await discover(installation.environment, installation.ports);
  expect(held.database?.lock).toMatchObject({ owner: "other" });
  expect(held.database?.lock?.secondsLeft).toBeGreaterThan(20);
  await installation.sql("update locks set ttl = now() - interval '1 second'");
  const { facts: expired } = await discover(installation.environment, installation.ports);
  expect(expired.database?.lock).toBeUndefined();
});

describe("a source that cannot be read is named with what stays undecided", () => {
  const broken: readonly (readonly [string, (ports: DiscoveryPorts) => Partial<DiscoveryPorts>, readonly string[]])[] =
    [
      [
        "the Admin API wants a token",
        () => ({ fetchJson: () => Promise.resolve({ status: 401, body: { message: "Unauthorized" } }) }),
        ["Admin API entities", "kong-1: Admin API", "kong-2: Admin API"],
      ],
      [
        "a proxy in between answers HTML",
        () => ({ fetchJson: () => Promise.resolve({ status: 200, body: undefined }) }),
        ["Admin API entities", "kong-1: Admin API", "kong-2: Admin API"],
      ],
      [
        "the Admin API answers something else",
        () => ({ fetchJson: () => Promise.resolve({ status: 200, body: { hello: "world" } }) }),
        ["Admin API entities", "kong-1: Admin API", "kong-2: Admin API"],
      ],
      [
        "only the list of routes fails",
        ({ fetchJson }) => ({
          fetchJson: (call) =>
            call.url.includes("/routes") ? Promise.reject(new Error("socket hang up")) : fetchJson(call),
        }),
        ["Admin API /routes"],
      ],
      [
        "PostgreSQL is down",
        () => ({ querySql: () => Promise.reject(new Error("connect ECONNREFUSED 127.0.0.1:5432")) }),
        ["PostgreSQL DATABASE"],
      ],
      [
        "there is no kong command",
        () => ({ runCommand: () => Promise.reject(new Error("spawn kong ENOENT")) }),
        ["kong migrations", "kong-1: kong version", "kong-2: kong version"],
      ],
      [
        "kong.conf cannot be opened",
        () => ({ readText: () => Promise.reject(new Error("EACCES: permission denied")) }),
        ["kong-1: kong.conf", "kong-2: kong.conf", "operating system"],
      ],
    ];

  test.each(broken)("when %s", async (_, breaking, names) => {
    await using installation = await startInstallation();
    const { environment, ports } = installation;
    const { facts } = await discover(environment, { ...ports, ...breaking(ports) });
    expect(Object.keys(failures(facts)).toSorted()).toStrictEqual(
      names.map((name) => name.replace("DATABASE", databaseOf(environment).name)),
    );
  });

  test("when a command hangs", async () => {
    await using installation = await startInstallation();
    const { environment, ports } = installation;
    const { facts } = await discover(environment, {
      ...ports,
      runCommand: () => Promise.resolve({ exitCode: undefined, stdout: "", stderr: "", timedOut: true }),
    });
    expect(failures(facts)["kong-1: kong version"]).toMatch(/gave no answer in \d+ ms/u);
  });
});

test.each([
  [403, "wants a token or refuses this address"],
  [500, "while its database is away"],
  [404, "HTTP 404"],
])("an Admin API that answers %i is explained", async (status, explanation) => {
  await using installation = await startInstallation();
  const { environment, ports } = installation;
  const { facts } = await discover(environment, {
    ...ports,
    fetchJson: () => Promise.resolve({ status, body: { message: "no" } }),
  });
  expect(failures(facts)["kong-1: Admin API"]).toContain(explanation);
});

test("an empty database gives facts too: no schema, and nothing to count", async () => {
  await using installation = await startInstallation();
  await installation.sql("drop table schema_meta, locks, routes, services, cluster_events");
  const { facts } = await discover(installation.environment, installation.ports);
  expect(facts.database).toMatchObject({ schemaMeta: [], counts: {} });
});

test("a node of 3.x is asked for its migrations by status", async () => {
  await using installation = await startInstallation();
  const { environment, ports } = installation;
  const asked: string[] = [];
  const { facts } = await discover(environment, {
    ...ports,
    runCommand: ({ argv }) => {
      asked.push(argv.slice(1, 3).join(" "));
      const output = argv.includes("version")
        ? { exitCode: 0, stdout: "3.4.2\n", stderr: "" }
        : recorded("status-new-3.4.2");
      return Promise.resolve({ ...output, timedOut: false });
    },
  });
  expect(asked).toContain("migrations status");
  expect(facts.database?.migrations?.state).toBe("new");
});

test("lists are cut at their bound, and that is said", async () => {
  await using installation = await startInstallation();
  const { environment, ports } = installation;
  let pages = 0;
  const heard: string[] = [];
  const { facts, inventory } = await discover(environment, {
    ...ports,
    onProgress: (text) => heard.push(text),
    fetchJson: (call) => {
      if (!call.url.includes("/routes")) return ports.fetchJson(call);
      pages += 1;
      const data = Array.from({ length: 1_000 }, (_, index) => ({ id: `${pages}-${index}`, paths: ["/a"] }));
      return Promise.resolve({ status: 200, body: { data, offset: `page-${pages}` } });
    },
  });
  expect(inventory.entities.filter(({ kind }) => kind === "route")).toHaveLength(200_000);
  expect(failures(facts)).toMatchObject({
    "Admin API /routes beyond 200000": expect.stringContaining("more than 200000"),
  });
  expect(inventory.inputs.entities).toMatchObject({ kind: "partly" });
  expect(heard).toContain("/routes: 2000 read");
});

test("a list that repeats its pages ends", async () => {
  await using installation = await startInstallation();
  const { environment, ports } = installation;
  const { facts } = await discover(environment, {
    ...ports,
    fetchJson: (call) =>
      call.url.includes("/routes")
        ? Promise.resolve({ status: 200, body: { data: [], offset: "again" } })
        : ports.fetchJson(call),
  });
  expect(failures(facts)["Admin API /routes"]).toContain("repeats the page again");
});

test("files of the environment that cannot be read are named beside the live sources", async () => {
  await using installation = await startInstallation();
  const sources = {
    declarative: ["/nowhere/kong.yml"],
    plugins: [],
    scripts: [],
    dashboards: [],
    helmValues: [],
    manifests: [],
  };
  const { facts } = await discover({ ...installation.environment, sources }, installation.ports);
  expect(failures(facts)).toMatchObject({
    "files: declarative files (decK or kong.yml)": expect.stringContaining("/nowhere/kong.yml: does not exist"),
  });
});

import { describe, expect, test } from "vitest";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { dblessEnvironment, dblessFacts, hybridEnvironment, hybridFacts, hybridNodes } from "./hybrid-sample.ts";
import { planned, refusalCodes } from "./planned.ts";
import type { Wish } from "./planned.ts";
import { sampleDatabase, sampleEnvironment, sampleFacts, sampleNode } from "./sample.ts";

const zones = dblessEnvironment();
const hybrid = hybridEnvironment();

function rolling(environment: Environment, facts: Facts = dblessFacts(environment, "3.4.2")): Wish {
  return { environment, facts, to: "3.5.0", strategy: "rolling" };
}

function dataPlanes(controlPlane: string, changes: Partial<Wish> = {}): Wish {
  const facts = hybridFacts(hybrid, { controlPlane, dataPlane: "3.4.2" });
  return { environment: hybrid, facts, to: "3.5.0", strategy: "rolling", ...changes };
}

function controlPlaneFirst(changes: Partial<Wish> = {}): Wish {
  const facts = hybridFacts(hybrid, { controlPlane: "3.4.2", dataPlane: "3.4.2" });
  return { environment: hybrid, facts, to: "3.5.0", strategy: "control-plane-first", ...changes };
}

function withoutStatus(node: Environment["nodes"][number]): Environment["nodes"][number] {
  const { status: _, ...silent } = node;
  return silent;
}

type Seen = NonNullable<NonNullable<Facts["installation"]>["dataPlanes"]>["value"][number];

/** What the control planes list, changed; the nodes tell 3.4.2. */
function withList(change: (rows: readonly Seen[]) => readonly Seen[]): Facts {
  const facts = hybridFacts(hybrid, { controlPlane: "3.4.2", dataPlane: "3.4.2" });
  const listed = facts.installation?.dataPlanes;
  if (listed === undefined) throw new Error("the sample lists no data planes");
  return { ...facts, installation: { dataPlanes: { ...listed, value: change(listed.value) } } };
}

const changeFirst =
  (change: Partial<Seen>) =>
  (rows: readonly Seen[]): readonly Seen[] =>
    rows.map((row, index) => (index === 0 ? Object.assign({}, row, change) : row));

const stranger: Seen = {
  hostname: "dp-x9",
  version: "2.8.5",
  syncStatus: "normal",
  lastSeen: "2026-11-21T02:59:50.000Z",
};

describe("rolling is refused", () => {
  const cases: readonly (readonly [string, Wish, readonly string[]])[] = [
    [
      "where all nodes use a database",
      { ...rolling(sampleEnvironment(), sampleFacts()), to: "3.4.2" },
      ["nothing_to_roll"],
    ],
    [
      "where one of the nodes uses a database",
      rolling(
        dblessEnvironment({}, [
          { name: "gw-1", role: "dbless" },
          { name: "kong-1", role: "traditional" },
        ]),
      ),
      ["topology_unsupported"],
    ],
    ["in Kubernetes", rolling(dblessEnvironment({ topology: "kubernetes" })), ["topology_unsupported"]],
    [
      "where a node has neither status API nor Admin API",
      rolling(dblessEnvironment({ nodes: zones.nodes.map((node) => withoutStatus(node)) })),
      ["status_api_missing", "status_api_missing", "status_api_missing", "status_api_missing"],
    ],
    [
      "where a node tells that it has a database after all",
      rolling(
        dblessEnvironment(),
        dblessFacts(zones, "3.4.2", {
          nodes: zones.nodes.map(({ name }) => ({
            name,
            cliVersion: "3.4.2",
            admin: {
              version: "3.4.2",
              database: "postgres",
              role: "traditional",
              databaseReachable: true,
              plugins: [],
            },
          })),
        }),
      ),
      ["database_in_use", "database_in_use", "database_in_use", "database_in_use"],
    ],
    [
      "where nobody says which file the nodes load",
      rolling(
        (() => {
          const { declarative: _, ...environment } = dblessEnvironment();
          return environment;
        })(),
      ),
      ["declarative_missing"],
    ],
    ["while control planes are older than the wanted version", dataPlanes("3.4.2"), ["control_plane_older"]],
    [
      "while the nodes run different versions",
      rolling(zones, {
        ...dblessFacts(zones, "3.4.2"),
        nodes: zones.nodes.map(({ name }, index) => ({ name, cliVersion: index === 0 ? "3.4.1" : "3.4.2" })),
      }),
      ["mixed_versions"],
    ],
  ];
  test.each(cases)("%s", (_, wish, codes) => {
    expect(refusalCodes(wish)).toStrictEqual(codes);
  });
});

test("data planes that an interrupted upgrade left behind are rolled alone, and those on the new version are left in peace", () => {
  const facts = hybridFacts(hybrid, { controlPlane: "3.5.0", dataPlane: "3.4.2" });
  const nodes = facts.nodes.map((node) => (node.name === "dp-a1" ? { ...node, cliVersion: "3.5.0" } : node));
  const listed = facts.installation?.dataPlanes;
  if (listed === undefined) throw new Error("the sample lists no data planes");
  const value = changeFirst({ version: "3.5.0" })(listed.value);
  const plan = planned(
    dataPlanes("3.5.0", { facts: { ...facts, nodes, installation: { dataPlanes: { ...listed, value } } } }),
  );
  expect(plan.from).toBe("3.4.2");
  expect(plan.steps.flatMap(({ id }) => (id.startsWith("stop-") ? [id] : []))).toEqual(["stop-dp-a2", "stop-dp-b1"]);
});

describe("control-plane-first is refused", () => {
  const cases: readonly (readonly [string, Wish, readonly string[]])[] = [
    [
      "where there are no control planes",
      { ...rolling(zones), strategy: "control-plane-first" },
      ["topology_unsupported"],
    ],
    [
      "in Kubernetes",
      controlPlaneFirst({ environment: hybridEnvironment({ topology: "kubernetes" }) }),
      ["topology_unsupported"],
    ],
    [
      "where the control planes are done already",
      { ...dataPlanes("3.5.0"), strategy: "control-plane-first" },
      ["control_planes_done"],
    ],
    [
      "where a node has no role",
      controlPlaneFirst({
        environment: hybridEnvironment({}, [...hybridNodes, { name: "kong-9", role: undefined }]),
      }),
      ["role_missing"],
    ],
    [
      "where a control plane tells that it is none",
      controlPlaneFirst({
        facts: {
          ...withList((rows) => rows),
          nodes: withList((rows) => rows).nodes.map((node) =>
            node.name === "cp-2" ? sampleNode("cp-2", "3.4.2") : node,
          ),
        },
      }),
      ["topology_unsupported"],
    ],
    [
      "where an earlier upgrade was not finished",
      controlPlaneFirst({
        facts: {
          ...withList((rows) => rows),
          database: sampleDatabase({
            migrations: { state: "pending", executed: {}, pending: { core: ["x"] }, new: {} },
          }),
        },
      }),
      ["earlier_upgrade_unfinished"],
    ],
    [
      "where nobody could read the data planes",
      controlPlaneFirst({
        facts: (() => {
          const { installation: _, ...facts } = withList((rows) => rows);
          return facts;
        })(),
      }),
      ["data_planes_unread"],
    ],
    [
      "where a data plane has been silent for long",
      controlPlaneFirst({ facts: withList(changeFirst({ lastSeen: "2026-11-21T02:30:00.000Z" })) }),
      ["data_plane_unknown"],
    ],
    [
      "where a data plane is out of sync",
      controlPlaneFirst({ facts: withList(changeFirst({ syncStatus: "plugin_set_incompatible" })) }),
      ["data_plane_unhealthy"],
    ],
    [
      "where a data plane is newer than its control plane",
      controlPlaneFirst({ facts: withList((rows) => [...rows, { ...stranger, version: "3.5.0" }]) }),
      ["data_plane_incompatible"],
    ],
    [
      "where a data plane runs another package than is installed",
      controlPlaneFirst({ facts: withList(changeFirst({ version: "3.4.1" })) }),
      ["package_differs"],
    ],
    [
      "where an unknown data plane would be cut off by another major",
      controlPlaneFirst({
        facts: {
          ...hybridFacts(hybrid, { controlPlane: "2.8.5", dataPlane: "2.8.5" }),
          installation: withList((rows) => [
            ...rows.map((row) => Object.assign({}, row, { version: "2.8.5" })),
            stranger,
          ]).installation,
        },
        to: "3.4.2",
      }),
      ["data_plane_left_behind"],
    ],
  ];
  test.each(cases)("%s", (_, wish, codes) => {
    expect(refusalCodes(wish)).toStrictEqual(codes);
  });
});

test("a data plane that reports another name is found by its hostname", () => {
  const environment = hybridEnvironment({
    nodes: hybrid.nodes.map((node) =>
      node.name === "dp-a1" ? Object.assign({}, node, { hostname: "ip-10-0-0-7" }) : node,
    ),
  });
  const facts = hybridFacts(environment, { controlPlane: "3.4.2", dataPlane: "3.4.2" });
  const plan = planned(controlPlaneFirst({ environment, facts }));
  const tested = plan.steps.find(({ id }) => id === "test-batch-1");
  expect(tested?.proof).toContainEqual({
    kind: "data_planes_synced",
    controlPlane: "cp-1",
    hostnames: ["ip-10-0-0-7"],
    version: "3.5.0",
    expect: "synced",
  });
});

test("data planes of no node are left alone within a major, and the plan names them", () => {
  const plan = planned(controlPlaneFirst({ facts: withList((rows) => [...rows, { ...stranger, version: "3.4.0" }]) }));
  expect(plan.notes.join("\n")).toContain("dp-x9 (3.4.0)");
});

test("recommended is the strategy of the topology", () => {
  expect(planned({ ...rolling(zones), strategy: "recommended" }).strategy).toBe("rolling");
  expect(planned(controlPlaneFirst({ strategy: "recommended" })).strategy).toBe("control-plane-first");
  expect(planned(dataPlanes("3.5.0", { strategy: "recommended" })).strategy).toBe("rolling");
});

test("data planes whose control planes are somebody else's are rolled by what they tell themselves", () => {
  const { database: _, ...environment } = hybridEnvironment(
    {},
    hybridNodes.filter(({ role }) => role === "data_plane"),
  );
  const { installation: __, ...facts } = hybridFacts(environment, { controlPlane: "3.5.0", dataPlane: "3.4.2" });
  const plan = planned({ environment, facts, to: "3.5.0", strategy: "recommended" });
  expect(plan.strategy).toBe("rolling");
  const kinds = plan.steps.flatMap(({ proof, precheck }) => [...proof, ...precheck].map(({ kind }) => kind));
  expect(kinds).toContain("node_ready");
  expect(kinds).not.toContain("data_planes_synced");
});

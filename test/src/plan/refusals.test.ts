import { describe, expect, test } from "vitest";
import { recommended } from "#src/plan/choose-strategy.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { makePlan } from "#src/plan/make-plan.ts";
import { sharedEnvironment } from "./environments/blue-green.ts";
import { cassandraEnvironment, cassandraFacts } from "./environments/cassandra-copy.ts";
import { dualEnvironment } from "./environments/dual-cluster.ts";
import { freshEnvironment } from "./environments/fresh-data-store.ts";
import { upgradeId } from "./environments/subject.ts";
import type { Given } from "./environments/subject.ts";
import { factsOf, usingPlugins } from "./environments/wishes.ts";
import { greenDatabase, greenNodes, sampleDatabase, sampleEnvironment } from "./sample.ts";

type Case = readonly [title: string, given: Partial<Given>, codes: readonly string[]];

function make(
  strategy: string,
  { environment = dualEnvironment(), facts, to = "3.4.2", order = "test-first" }: Partial<Given>,
) {
  return makePlan({
    upgradeId,
    environment,
    facts: facts ?? factsOf(environment, "2.8.5"),
    to,
    strategy,
    options: { order },
  });
}

function codesOf(strategy: string, given: Partial<Given>): readonly string[] {
  const made = make(strategy, given);
  return made.ok ? [] : made.problem.map(({ code }) => code);
}

function whyOf(given: Partial<Given>): readonly [strategy: string, why: string] {
  const made = make(recommended, given);
  if (!made.ok) throw new Error(made.problem.map(({ sentence }) => sentence).join("; "));
  return [made.value.strategy, made.value.notes[0] ?? ""];
}

describe("dual-cluster is refused", () => {
  const cases: readonly Case[] = [
    ["without a second cluster", { environment: sampleEnvironment() }, ["no_second_cluster"]],
    [
      "with a second cluster of no nodes",
      { environment: dualEnvironment({ green: { nodes: [], database: greenDatabase } }) },
      ["no_second_cluster"],
    ],
    [
      "without a database for the second cluster",
      { environment: dualEnvironment({ green: { nodes: greenNodes } }) },
      ["green_without_database"],
    ],
    [
      "when both clusters have one database, however its host is spelt",
      {
        environment: dualEnvironment({
          database: { ...greenDatabase, host: "DB-Green.internal" },
        }),
      },
      ["green_is_blue"],
    ],
    [
      "when a new node answers where an old one does",
      {
        environment: dualEnvironment({
          green: {
            database: greenDatabase,
            nodes: greenNodes.map((node, index) => (index === 0 ? { ...node, admin: "http://127.0.0.1:8001/" } : node)),
          },
        }),
      },
      ["green_node_is_old_node"],
    ],
    [
      "when a new node is called like an old one",
      {
        environment: dualEnvironment({
          green: {
            database: greenDatabase,
            nodes: greenNodes.map((node, index) => (index === 0 ? { ...node, name: "kong-1" } : node)),
          },
        }),
      },
      ["node_named_twice"],
    ],
    [
      "when the new database's name could be taken for something else",
      {
        environment: dualEnvironment({
          green: { nodes: greenNodes, database: { ...greenDatabase, name: "kong; drop" } },
        }),
      },
      ["unsafe_text"],
    ],
    ["for a hybrid installation", { environment: dualEnvironment({ topology: "hybrid" }) }, ["topology_unsupported"]],
    [
      "while an earlier upgrade is unfinished",
      {
        facts: factsOf(dualEnvironment(), "2.8.5", {
          database: sampleDatabase({
            migrations: { state: "pending", executed: {}, pending: { core: ["016_280_to_300"] }, new: {} },
          }),
        }),
      },
      ["earlier_upgrade_unfinished"],
    ],
    ["for a path that Kong does not support", { to: "2.8.4" }, ["downgrade"]],
  ];

  test.each(cases)("%s", (_, given, codes) => {
    expect(codesOf("dual-cluster", given)).toStrictEqual(codes);
  });
});

describe("blue-green is refused", () => {
  const environment = sharedEnvironment();
  const cases: readonly Case[] = [
    ["without a second cluster", { environment: sampleEnvironment() }, ["no_second_cluster"]],
    [
      "when the second cluster has a database of its own",
      { environment: dualEnvironment() },
      ["green_has_own_database"],
    ],
    [
      "from 2.8.1 to 3.x, whatever the older guide says",
      { environment, facts: factsOf(environment, "2.8.1") },
      ["old_nodes_lose_routes"],
    ],
    [
      "from Enterprise 2.8.1.4 to 3.x",
      {
        environment: sharedEnvironment({ edition: "enterprise" }),
        facts: factsOf(environment, "2.8.1.4"),
        to: "3.4.3.29",
      },
      ["old_nodes_lose_routes"],
    ],
    [
      "to 3.6.1 where plugins keep counters in Redis",
      { environment, facts: factsOf(environment, "3.5.0", usingPlugins("rate-limiting")), to: "3.6.1" },
      ["old_nodes_lose_redis"],
    ],
    ["for a path that Kong does not support", { environment, to: "2.8.4" }, ["downgrade"]],
  ];

  test.each(cases)("%s", (_, given, codes) => {
    expect(codesOf("blue-green", given)).toStrictEqual(codes);
  });

  test("with both documents and the rule that was taken", () => {
    const made = make("blue-green", { environment, facts: factsOf(environment, "2.8.1") });
    const help = made.ok ? "" : (made.problem[0]?.help ?? "");
    expect(help).toMatch(/3\.0 upgrade guide: 2\.1\.0.*Blue-green upgrade: 2\.8\.2.*stricter/u);
  });
});

test.each<Case>([
  ["from 2.8.2 to 3.x", { facts: factsOf(sharedEnvironment(), "2.8.2") }, []],
  ["from 2.8.0 to 2.8.5", { facts: factsOf(sharedEnvironment(), "2.8.0"), to: "2.8.5" }, []],
  ["to 3.6.1 without these plugins", { facts: factsOf(sharedEnvironment(), "3.5.0"), to: "3.6.1" }, []],
])("blue-green is planned %s", (_, given, codes) => {
  expect(codesOf("blue-green", { environment: sharedEnvironment(), ...given })).toStrictEqual(codes);
});

describe("fresh-data-store is refused", () => {
  const cases: readonly Case[] = [
    ["without a second cluster", { environment: sampleEnvironment() }, ["no_second_cluster"]],
    ["without a database for it", { environment: sharedEnvironment() }, ["green_without_database"]],
    [
      "when a declarative file could be taken for a flag",
      {
        environment: freshEnvironment({
          sources: { declarative: ["--all"], plugins: [], scripts: [], dashboards: [], manifests: [], helmValues: [] },
        }),
      },
      ["unsafe_text"],
    ],
    [
      "when decK's program could be taken for something else",
      { environment: freshEnvironment({ deck: { program: "deck; rm", version: "1.65.1" } }) },
      ["unsafe_text"],
    ],
  ];

  test.each(cases)("%s", (_, given, codes) => {
    expect(codesOf("fresh-data-store", given)).toStrictEqual(codes);
  });
});

describe("cassandra-copy is refused", () => {
  const keyspace = cassandraEnvironment();
  const postgres = cassandraEnvironment({ green: { nodes: greenNodes, database: greenDatabase } });
  const { green: _, ...alone } = keyspace;
  const on = (environment: Environment, from = "2.8.5") => ({ environment, facts: cassandraFacts(environment, from) });
  const cases: readonly Case[] = [
    [
      "where PostgreSQL holds the configuration",
      { environment: sampleEnvironment() },
      ["no_second_cluster", "not_cassandra"],
    ],
    ["without a second cluster", { ...on(alone), to: "3.0.2" }, ["no_second_cluster"]],
    ["to 3.4 on a new keyspace, which does not start there", on(keyspace), ["cassandra_gone"]],
    ["when version and data store would change together", { ...on(postgres), to: "3.0.2" }, ["store_and_version"]],
    ["to the running version on a new keyspace", { ...on(keyspace), to: "2.8.5" }, ["same_version"]],
    [
      "when the nodes are on PostgreSQL already",
      { environment: keyspace, facts: factsOf(keyspace, "2.8.5"), to: "3.0.2" },
      ["not_on_cassandra", "not_on_cassandra"],
    ],
    [
      "when the keyspace's name could be taken for something else",
      { ...on(cassandraEnvironment({ cassandra: { keyspace: "kong -x", nodetool: "nodetool" } })), to: "3.0.2" },
      ["unsafe_text"],
    ],
  ];

  test.each(cases)("%s", (_title, given, codes) => {
    expect(codesOf("cassandra-copy", given)).toStrictEqual(codes);
  });

  test("with the way off Cassandra where a version from 3.4 on is wanted", () => {
    const made = make("cassandra-copy", on(keyspace));
    expect(made).toMatchObject({ problem: [{ help: expect.stringContaining("plan to 2.8.5") }] });
  });

  test("with what is missing, when nothing else is asked for either", () => {
    expect(codesOf(recommended, { ...on(alone), to: "3.0.2" })).toStrictEqual(["no_second_cluster"]);
  });
});

describe("oss-to-enterprise is refused", () => {
  const environment = sampleEnvironment();
  const oss = (from: string, changes: Partial<Facts> = {}) => ({
    environment,
    facts: factsOf(environment, from, changes),
  });
  const cases: readonly Case[] = [
    ["when the version would change too", { ...oss("3.4.2"), to: "3.5.0.7" }, ["edition_and_version"]],
    ["when the version would go back", { ...oss("3.4.2"), to: "3.4.1.0" }, ["downgrade"]],
    ["to an OSS version", { ...oss("3.4.2"), to: "3.5.0" }, ["no_edition_change"]],
    [
      "where Kong Enterprise runs already",
      {
        environment: sampleEnvironment({ edition: "enterprise" }),
        facts: factsOf(environment, "3.4.3.5"),
        to: "3.4.3.29",
      },
      ["no_edition_change"],
    ],
    ["to a release that nobody knows", { ...oss("2.8.5"), to: "2.8.5.0" }, ["unknown_version"]],
    [
      "while an earlier upgrade is unfinished",
      {
        ...oss("3.4.2", {
          database: sampleDatabase({
            migrations: { state: "pending", executed: {}, pending: { core: ["016_280_to_300"] }, new: {} },
          }),
        }),
        to: "3.4.2.0",
      },
      ["earlier_upgrade_unfinished"],
    ],
  ];

  test.each(cases)("%s", (_, given, codes) => {
    expect(codesOf("oss-to-enterprise", given)).toStrictEqual(codes);
  });
});

describe("the recommendation", () => {
  test("is a second cluster where there is one with a database of its own", () => {
    expect(whyOf({})).toStrictEqual(["dual-cluster", expect.stringContaining("nothing has to stop")]);
  });

  test("is in-place where there is no second cluster", () => {
    expect(whyOf({ environment: sampleEnvironment() })).toStrictEqual([
      "in-place",
      expect.stringContaining("no second cluster"),
    ]);
  });

  test("is blue-green for a patch where both clusters share one database, and in-place for more", () => {
    const environment = sharedEnvironment();
    const [patch] = whyOf({ environment, facts: factsOf(environment, "3.4.1") });
    const [minor] = whyOf({ environment, facts: factsOf(environment, "3.4.2"), to: "3.5.0" });
    expect([patch, minor]).toStrictEqual(["blue-green", "in-place"]);
  });

  test("is the copy from Cassandra where Cassandra holds the configuration, at the running version too", () => {
    const environment = cassandraEnvironment({ green: { nodes: greenNodes, database: greenDatabase } });
    const facts = cassandraFacts(environment, "2.8.5");
    expect(whyOf({ environment, facts, to: "2.8.5" })[0]).toBe("cassandra-copy");
  });

  test("is the change of edition where an Enterprise version of the same numbers is asked for", () => {
    const environment = sampleEnvironment();
    const given = { environment, facts: factsOf(environment, "3.4.2"), to: "3.4.2.0" };
    expect(whyOf(given)[0]).toBe("oss-to-enterprise");
    expect(make("in-place", given)).toMatchObject({
      problem: [{ help: expect.stringContaining("oss-to-enterprise") }],
    });
  });

  test("is a second cluster for the change of edition too, where there is one with a database of its own", () => {
    const given = { facts: factsOf(sampleEnvironment(), "3.4.2"), to: "3.4.2.0" };
    expect(whyOf(given)[0]).toBe("dual-cluster");
    expect(make("oss-to-enterprise", given).ok).toBe(true);
  });

  test("is never an upgrade to the running version for others", () => {
    expect(codesOf(recommended, { to: "2.8.5" })).toStrictEqual(["same_version"]);
  });

  test("stands in the notes of a plan that was asked for by another name", () => {
    const made = make("in-place", {});
    expect(made).toMatchObject({ value: { notes: expect.arrayContaining([expect.stringContaining("dual-cluster")]) } });
  });

  test("names what speaks against the strategies for this installation, and not those for others", () => {
    const { database: _, ...facts } = factsOf(sampleEnvironment(), "2.8.5");
    expect(codesOf(recommended, { environment: sampleEnvironment(), facts })).toStrictEqual(["database_unread"]);
  });
});

import { describe, expect, test } from "vitest";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { clusterEnvironment, clusterFacts, release } from "./cluster-sample.ts";
import { planned, refusalCodes } from "./planned.ts";
import type { Wish } from "./planned.ts";
import { sampleEnvironment, sampleFacts } from "./sample.ts";

const single = clusterEnvironment();
const split = clusterEnvironment([release("admin", "admin"), release("proxy", "proxy")]);

function helm(environment: Environment, changes: Partial<Wish> = {}): Wish {
  const facts = clusterFacts(environment, { version: "3.4.2" });
  return { environment, facts, to: "3.5.0", strategy: "helm", ...changes };
}

function withInstallation(change: Partial<NonNullable<Facts["installation"]>>): Facts {
  const facts = clusterFacts(single, { version: "3.4.2" });
  return { ...facts, installation: { ...facts.installation, ...change } };
}

function withoutDatabase(): Environment {
  const { database: _, ...environment } = single;
  return environment;
}

function withoutFact(facts: Facts, fact: "version" | "database"): Facts {
  const { [fact]: _, ...installation } = facts.installation ?? {};
  return { ...facts, installation };
}

const cassandra = { value: "cassandra" as const, source: "kubectl", at: "2026-11-21T03:00:00.000Z" };

describe("helm is refused", () => {
  const cases: readonly (readonly [string, Wish, readonly string[]])[] = [
    [
      "outside Kubernetes",
      { environment: sampleEnvironment(), facts: sampleFacts(), to: "3.4.2", strategy: "helm" },
      ["topology_unsupported"],
    ],
    ["for several releases", helm(split), ["several_releases"]],
    ["for one release, where several were asked for", helm(single, { strategy: "helm-split" }), ["one_release"]],
    [
      "where nobody told the version",
      helm(single, { facts: withoutFact(clusterFacts(single, { version: "3.4.2" }), "version") }),
      ["version_unknown"],
    ],
    [
      "where nobody told whether there is a database",
      helm(withoutDatabase(), {
        facts: withoutFact(clusterFacts(withoutDatabase(), { version: "3.4.2" }), "database"),
      }),
      ["database_unknown"],
    ],
    [
      "with Cassandra",
      helm(withoutDatabase(), {
        facts: {
          ...clusterFacts(withoutDatabase(), { version: "3.4.2" }),
          installation: { ...withInstallation({}).installation, database: cassandra },
        },
      }),
      ["database_unsupported"],
    ],
    [
      "where the database could not be read",
      helm(single, {
        facts: (() => {
          const { database: _, ...facts } = clusterFacts(single, { version: "3.4.2" });
          return facts;
        })(),
      }),
      ["database_unread"],
    ],
    [
      "where migrations are pending",
      helm(single, {
        facts: {
          ...clusterFacts(single, { version: "3.4.2" }),
          database: {
            serverVersion: "15.18",
            sizeBytes: 1,
            counts: {},
            schemaMeta: [{ subsystem: "core", executed: ["000_base"], pending: ["020_350_to_360"] }],
          },
        },
      }),
      ["earlier_upgrade_unfinished"],
    ],
    [
      "where Helm was interrupted",
      helm(single, {
        facts: withInstallation({
          helmReleases: {
            source: "helm list",
            at: "2026-11-21T03:00:00.000Z",
            value: [{ name: "kong", revision: 8, chartVersion: "2.30.0", status: "pending-upgrade" }],
          },
        }),
      }),
      ["release_not_deployed"],
    ],
    [
      "where old pods would lose their regex routes before they are replaced",
      helm(single, { facts: clusterFacts(single, { version: "2.8.1" }), to: "3.4.2" }),
      ["old_pods_break"],
    ],
    [
      "for releases whose steps could not be told apart",
      helm(clusterEnvironment([release("kong.a", "admin"), release("kong-a", "proxy")]), { strategy: "helm-split" }),
      ["release_names_alike"],
    ],
    ["for strategies of nodes", helm(single, { strategy: "in-place" }), ["topology_unsupported"]],
  ];
  test.each(cases)("%s", (_, wish, codes) => {
    expect(refusalCodes(wish)).toStrictEqual(codes);
  });
});

test("recommended is the strategy that suits the number of releases", () => {
  expect(planned(helm(single, { strategy: "recommended" })).strategy).toBe("helm");
  expect(planned(helm(split, { strategy: "recommended" })).strategy).toBe("helm-split");
});

test("a chart that is there already is not upgraded apart", () => {
  const facts = withInstallation({
    helmReleases: {
      source: "helm list",
      at: "2026-11-21T03:00:00.000Z",
      value: [{ name: "kong", revision: 7, chartVersion: "2.38.0", status: "deployed" }],
    },
  });
  expect(planned(helm(single)).steps.map(({ id }) => id)).toContain("chart-kong");
  expect(planned(helm(single, { facts })).steps.map(({ id }) => id)).not.toContain("chart-kong");
});

import { expect, test } from "vitest";
import { clusterEnvironment, clusterFacts, release } from "./cluster-sample.ts";
import { planText } from "./plan-text.ts";
import { backFrom, planned } from "./planned.ts";
import type { Wish } from "./planned.ts";

const reachable = clusterEnvironment();
const toLts: Wish = {
  environment: reachable,
  facts: clusterFacts(reachable, { version: "2.8.5" }),
  to: "3.4.2",
  strategy: "helm",
};

function without<Key extends "database">(environment: ReturnType<typeof clusterEnvironment>, key: Key) {
  const { [key]: _, ...rest } = environment;
  return rest;
}

const subchart = without(
  clusterEnvironment([{ ...release("kong", "all"), workload: "daemonset/kong-kong" }], {
    edition: "enterprise",
    keyring: true,
    smokeTests: [],
    soak: { durationMs: 600_000, sampleEveryMs: 5_000, maxErrorRateIncrease: 0.01 },
    kubernetes: {
      kubectl: "kubectl",
      helm: "helm",
      context: "prod-eu",
      namespace: "kong",
      chart: "oci://registry.example/charts/kong",
      chartVersion: "2.38.0",
      releases: [{ ...release("kong", "all"), workload: "daemonset/kong-kong" }],
      ingressController: "kong-controller",
      ingressReplicas: 2,
    },
  }),
  "database",
);
const bySubchart: Wish = {
  environment: subchart,
  facts: clusterFacts(subchart, { version: "3.10.0.11" }),
  to: "3.11.0.14",
  strategy: "helm",
  order: "documented",
};

const dbless = without(clusterEnvironment(), "database");
const withoutDatabase: Wish = {
  environment: dbless,
  facts: clusterFacts(dbless, { version: "3.8.1", database: "off" }),
  to: "3.9.3",
  strategy: "helm",
};

const split = clusterEnvironment([release("admin", "admin"), release("proxy", "proxy"), release("portal", "proxy")]);
const threeReleases: Wish = {
  environment: split,
  facts: clusterFacts(split, { version: "2.8.5" }),
  to: "3.4.2",
  strategy: "helm-split",
};

const planes = clusterEnvironment([
  release("dp-a", "data_plane"),
  release("cp", "control_plane"),
  release("dp-b", "data_plane"),
]);
const hybrid: Wish = {
  environment: planes,
  facts: clusterFacts(planes, { version: "3.4.2" }),
  to: "3.5.0",
  strategy: "helm-split",
};

const toBroken: Wish = {
  environment: reachable,
  facts: clusterFacts(reachable, { version: "3.5.0" }),
  to: "3.6.1",
  strategy: "helm",
};

const toEnterprise: Wish = {
  environment: reachable,
  facts: clusterFacts(reachable, { version: "3.4.2" }),
  to: "3.4.2.0",
  strategy: "helm",
};

test.each([
  ["helm-lts", toLts],
  ["helm-edition", toEnterprise],
  ["helm-subchart", bySubchart],
  ["helm-dbless", withoutDatabase],
  ["helm-split-releases", threeReleases],
  ["helm-split-hybrid", hybrid],
])("the plan %s", async (name, wish) => {
  await expect(planText(planned(wish))).toMatchFileSnapshot(`golden/${name}.txt`);
});

test.each([
  ["helm", "prove-backup", "untouched", toLts],
  ["helm", "chart-kong", "chart", toLts],
  ["helm", "upgrade-kong", "migrating", toLts],
  ["helm", "upgrade-kong", "not-understood", toBroken],
  ["helm", "upgrade-kong", "edition", toEnterprise],
  ["helm", "helm-finish", "finishing", toLts],
  ["helm", "helm-finish", "subchart", bySubchart],
  ["helm", "upgrade-kong", "dbless", withoutDatabase],
  ["helm-split", "upgrade-proxy", "second-release", threeReleases],
  ["helm-split", "verify", "finished", threeReleases],
  ["helm-split", "upgrade-dp-b", "data-planes", hybrid],
])("the way back of %s when %s was begun: %s", async (strategy, stepId, name, wish) => {
  await expect(planText(backFrom(wish, stepId))).toMatchFileSnapshot(`golden/${strategy}-rollback-${name}.txt`);
});

test("what the survey did not tell is looked up by a person", async () => {
  const { installation, ...facts } = toLts.facts;
  if (installation === undefined) throw new Error("the sample has no installation");
  const { helmReleases: _, ...told } = installation;
  const wish = { ...toLts, facts: { ...facts, installation: told } };
  await expect(planText(backFrom(wish, "upgrade-kong"))).toMatchFileSnapshot("golden/helm-rollback-by-hand.txt");
});

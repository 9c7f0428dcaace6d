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

/** The same releases with the images that the survey saw. */
function withImages(wish: Wish, images: Readonly<Record<string, string>>): Wish {
  const { observedAt: at, installation } = wish.facts;
  const value = Object.entries(images).map(([node, image]) => ({ node, image }));
  return {
    ...wish,
    facts: { ...wish.facts, installation: { ...installation, hosts: { source: "kubectl", at, value } } },
  };
}

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

const flavours = withImages(threeReleases, {
  admin: "docker.io/library/kong:2.8.5-alpine",
  proxy: "kong:2.8.5-ubuntu@sha256:0123abc",
  portal: "registry.example:5000/team/our-kong:v2.8.5-acme7",
});

test.each([
  ["helm-lts", toLts],
  ["helm-edition", toEnterprise],
  ["helm-split-flavours", flavours],
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

test.each([
  ["kong:2.8.5-ubuntu", "2.8.5-ubuntu", "3.4.2-ubuntu"],
  ["kong:2.8.5-debian", "2.8.5-debian", "3.4.2-debian"],
  ["kong:2.8.5-alpine", "2.8.5-alpine", "3.4.2"],
  ["kong:2.8.5-centos", "2.8.5-centos", "3.4.2"],
  ["localhost:5000/kong:v2.8.5-rhel", "v2.8.5-rhel", "v3.4.2-rhel"],
  ["kong:2.8.5", "2.8.5", "3.4.2"],
  ["localhost:5000/kong", "2.8.5", "3.4.2"],
  ["kong:2.8", "2.8.5", "3.4.2"],
  ["kong:2.8.5-ubuntu; rm", "2.8.5", "3.4.2"],
])("the image %s goes on as %s with the new chart, and to %s", (image, before, after) => {
  const { steps } = planned(withImages(toLts, { kong: image }));
  const tags = steps.flatMap(({ id, action }) =>
    action.kind === "commands" && /^(?:chart|upgrade)-kong$|^helm-finish$/u.test(id)
      ? action.commands.flatMap(({ argv }) => argv.filter((word) => word.startsWith("image.tag=")))
      : [],
  );
  expect(tags).toEqual([before, after, after].map((tag) => `image.tag=${tag}`));
});

test("Alpine goes on where the target still has it", () => {
  const environment = reachable;
  const wish: Wish = {
    environment,
    facts: clusterFacts(environment, { version: "3.2.2" }),
    to: "3.3.1",
    strategy: "helm",
  };
  const plan = planned(withImages(wish, { kong: "kong:3.2.2-alpine" }));
  expect(JSON.stringify(plan.steps)).toContain("image.tag=3.3.1-alpine");
  expect(plan.findings.filter(({ id }) => id.startsWith("image-flavour"))).toEqual([]);
});

test("the chart kong/ingress gets its values below gateway, where it reads them", () => {
  const { kubernetes } = dbless;
  if (kubernetes === undefined) throw new Error("the sample has no cluster");
  const environment = { ...dbless, kubernetes: { ...kubernetes, chart: "kong/ingress", chartVersion: "0.14.1" } };
  const plan = planned({ ...withoutDatabase, environment });
  const settings = plan.steps.flatMap(({ action }) =>
    action.kind === "commands" ? action.commands.flatMap(({ argv }) => argv.filter((word) => word.includes("="))) : [],
  );
  expect(settings).toContain("gateway.image.tag=3.9.3");
  expect(settings.filter((setting) => /^(?:image|migrations)\./u.test(setting))).toEqual([]);
});

import { expect, test } from "vitest";
import { dblessEnvironment, dblessFacts, hybridEnvironment, hybridFacts } from "./hybrid-sample.ts";
import { planText } from "./plan-text.ts";
import { backFrom, planned } from "./planned.ts";
import type { Wish } from "./planned.ts";

const zones = dblessEnvironment();
const toLts: Wish = { environment: zones, facts: dblessFacts(zones, "2.8.5"), to: "3.4.2", strategy: "rolling" };

const byHand = dblessEnvironment({
  hooks: {},
  smokeTests: [],
  soak: { durationMs: 60_000, sampleEveryMs: 5_000, maxErrorRateIncrease: 0.01 },
  declarative: { file: "/srv/edge/kong.yml", converted: "/srv/edge/kong.yml" },
});
const nextMinor: Wish = { environment: byHand, facts: dblessFacts(byHand, "3.8.1"), to: "3.9.3", strategy: "rolling" };

const inContainers = dblessEnvironment({
  edition: "enterprise",
  packages: { recipe: "docker", image: "kong/kong-gateway", usesSudo: true },
  service: { recipe: "docker", unit: "{node}", usesSudo: true },
});
const enterprise: Wish = {
  environment: inContainers,
  facts: dblessFacts(inContainers, "3.10.0.11"),
  to: "3.11.0.14",
  strategy: "rolling",
};

const hybrid = hybridEnvironment();
const dataPlanesOnly: Wish = {
  environment: hybrid,
  facts: hybridFacts(hybrid, { controlPlane: "3.5.0", dataPlane: "3.4.2" }),
  to: "3.5.0",
  strategy: "rolling",
};

test.each([
  ["rolling-dbless", toLts],
  ["rolling-by-hand", nextMinor],
  ["rolling-containers", enterprise],
  ["rolling-data-planes", dataPlanesOnly],
])("the plan %s", async (name, wish) => {
  await expect(planText(planned(wish))).toMatchFileSnapshot(`golden/${name}.txt`);
});

test.each([
  ["backup-files", "untouched", toLts],
  ["install-batch-2", "second-batch-installing", toLts],
  ["decommission", "removed", toLts],
  ["drain-batch-2", "second-batch-draining", dataPlanesOnly],
])("the way back when %s was begun: %s", async (stepId, name, wish) => {
  await expect(planText(backFrom(wish, stepId))).toMatchFileSnapshot(`golden/rolling-rollback-${name}.txt`);
});

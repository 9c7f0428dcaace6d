import { expect, test } from "vitest";
import { hybridEnvironment, hybridFacts, hybridNodes } from "./hybrid-sample.ts";
import { planText } from "./plan-text.ts";
import { backFrom, planned } from "./planned.ts";
import type { Wish } from "./planned.ts";

const hooks = {
  install: { argv: ["/usr/local/bin/install-kong", "{node}", "{version}"], timeoutMs: 120_000 },
  configure: { argv: ["/usr/local/bin/configure-kong", "{node}", "{version}"], timeoutMs: 60_000 },
  drain: { argv: ["/usr/local/bin/balancer", "out", "{node}"], timeoutMs: 90_000 },
  admit: { argv: ["/usr/local/bin/balancer", "in", "{node}"], timeoutMs: 30_000 },
};
const hooked = hybridEnvironment({ hooks });
const toLts: Wish = {
  environment: hooked,
  facts: hybridFacts(hooked, { controlPlane: "2.8.5", dataPlane: "2.8.5" }),
  to: "3.4.2",
  strategy: "control-plane-first",
};

const plain = hybridEnvironment({ hooks: {}, smokeTests: [], keyring: true, edition: "enterprise" });
const nextMinor: Wish = {
  environment: plain,
  facts: hybridFacts(plain, { controlPlane: "3.10.0.11", dataPlane: "3.10.0.8" }),
  to: "3.11.0.14",
  strategy: "control-plane-first",
  order: "documented",
};

const autoscaled = hybridEnvironment(
  {},
  hybridNodes.filter(({ role }) => role === "control_plane"),
);
const dataPlanesElsewhere: Wish = {
  environment: autoscaled,
  facts: hybridFacts(hybridEnvironment(), { controlPlane: "3.4.2", dataPlane: "3.4.1" }),
  to: "3.5.0",
  strategy: "control-plane-first",
};

test.each([
  ["control-plane-first-hooks", toLts],
  ["control-plane-first-by-hand", nextMinor],
  ["control-plane-first-elsewhere", dataPlanesElsewhere],
])("the plan %s", async (name, wish) => {
  await expect(planText(planned(wish))).toMatchFileSnapshot(`golden/${name}.txt`);
});

test.each([
  ["prove-backup", "untouched", toLts],
  ["install", "installing", toLts],
  ["migrations-up", "migrating", toLts],
  ["migrations-finish", "finishing", nextMinor],
  ["start-dp-a2", "second-batch-starting", toLts],
  ["soak", "all-replaced", nextMinor],
  ["check-data-planes", "replaced-by-hand", dataPlanesElsewhere],
])("the way back when %s was begun: %s", async (stepId, name, wish) => {
  await expect(planText(backFrom(wish, stepId))).toMatchFileSnapshot(`golden/control-plane-first-rollback-${name}.txt`);
});

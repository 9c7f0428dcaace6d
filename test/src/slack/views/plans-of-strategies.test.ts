import fc from "fast-check";
import { expect, test } from "vitest";
import { validateMessage } from "#src/slack/block-kit/validate.ts";
import { planMessages } from "#src/slack/views/plan.ts";
import { singleReleases, splitReleases } from "#test/src/plan/environments/cluster.ts";
import { dblessEnvironments, hybridEnvironments } from "#test/src/plan/environments/hybrid-and-dbless.ts";
import { dblessEnvironment, dblessFacts } from "#test/src/plan/hybrid-sample.ts";
import { planned, upgradeId } from "#test/src/plan/planned.ts";

const wishes = fc.oneof(
  dblessEnvironments.map((given) => ({ given, strategy: "rolling" })),
  hybridEnvironments.map((given) => ({ given, strategy: "control-plane-first" })),
  singleReleases.map((given) => ({ given, strategy: "helm" })),
  splitReleases.map((given) => ({ given, strategy: "helm-split" })),
);

test("Slack takes the plan of every strategy", () => {
  fc.assert(
    fc.property(wishes, ({ given, strategy }) => {
      const messages = planMessages({
        plan: planned({ ...given, strategy }),
        upgradeId,
        answers: new Map(),
        notChecked: [],
        sources: [],
        questions: "listed",
      });
      expect(messages.flatMap((message) => validateMessage(message))).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test("a hundred nodes are a long plan that Slack still takes", () => {
  const nodes = Array.from({ length: 100 }, (_, index) => ({ name: `gw-${index}`, role: "dbless" as const }));
  const environment = dblessEnvironment({ rolling: { batchSize: 10, maxUnavailable: 10, pauseMs: 30_000 } }, nodes);
  const facts = dblessFacts(environment, "3.4.2");
  const plan = planned({ environment, facts, to: "3.5.0", strategy: "rolling" });
  const messages = planMessages({
    plan,
    upgradeId,
    answers: new Map(),
    notChecked: [],
    sources: [],
    questions: "listed",
  });
  expect(messages.flatMap((message) => validateMessage(message))).toEqual([]);
  // The nodes of a batch are stopped by one step.
  expect(plan.steps.flatMap(({ id, targets }) => (id.startsWith("stop-") ? targets : []))).toHaveLength(100);
  expect(plan.steps.filter(({ id }) => id.startsWith("install-batch-"))).toHaveLength(11);
});

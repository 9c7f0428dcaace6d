import { expect, test } from "vitest";
import type { Step } from "#src/plan/step.ts";
import { planText } from "#src/report/plan-text.ts";
import { proofText } from "#src/slack/views/step-text.ts";
import { createPlan, createStep } from "#test/src/run/stage.ts";
import { sampleEnvironment } from "#test/support/samples.ts";

const byHand: Step["action"] = { kind: "manual", instruction: "Remove it.", button: "It is removed" };
const look = { kind: "node_serving", node: "kong-1", version: "3.4.2" } as const;

test.each<[string, Partial<Step>, string, string]>([
  ["a command with a proof", { proof: [look] }, "kong-1 serves 3.4.2", "proof: node serving"],
  [
    "what a person does and a later step asks for",
    { action: byHand, proof: [look] },
    "a person confirms it; later steps ask: kong-1 serves 3.4.2",
    "proof: a person's word; later steps ask: node serving",
  ],
  ["what only a person can tell", { action: byHand }, "a person confirms it", "proof: a person's word"],
])("%s is not called proven by more than is asked", (_, changes, inSlack, onTerminal) => {
  const step = createStep(changes);
  expect(proofText(step)).toBe(inSlack);
  const lines = planText(createPlan(sampleEnvironment(), [step])).split("\n");
  expect(lines.map((line) => line.trim())).toContain(onTerminal);
});

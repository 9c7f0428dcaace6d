import { expect, test } from "vitest";
import type { Environment } from "#src/plan/environment.ts";
import type { Step } from "#src/plan/step.ts";
import { planned } from "./planned.ts";
import { greenDatabase, greenNodes, sampleEnvironment, sampleFacts } from "./sample.ts";

const limits = { minRequests: 100, latency: {}, isLatencyNeeded: false, maxRequestRateDrop: 0.8 };
const watching: Partial<Environment> = {
  metrics: { from: "command", argv: ["/usr/local/bin/figures"], timeoutMs: 1_000 },
  soak: { durationMs: 60_000, sampleEveryMs: 1_000, maxErrorRateIncrease: 0.01, limits, baselineMs: 30_000 },
};

function stepsOf(strategy: string, changes: Partial<Environment>): readonly Step[] {
  return planned({ environment: sampleEnvironment(changes), facts: sampleFacts(), to: "3.4.2", strategy }).steps;
}

const actionOf = (steps: readonly Step[], id: string) => steps.find((step) => step.id === id)?.action;

test("where a source of figures is named, the proxies are watched before and after, and no plan names the program", () => {
  const steps = stepsOf("in-place", watching);
  expect(actionOf(steps, "baseline")).toStrictEqual({
    kind: "baseline",
    traffic: { source: "command", watchMs: 30_000 },
  });
  expect(actionOf(steps, "soak")).toMatchObject({ kind: "soak", traffic: { source: "command", limits } });
  expect(JSON.stringify(steps)).not.toContain("/usr/local/bin/figures");
});

test("how many requests come is judged only where all of them go", () => {
  const steps = stepsOf("dual-cluster", { ...watching, green: { nodes: greenNodes, database: greenDatabase } });
  const partly = steps.filter(({ id }) => id.startsWith("soak-at-"));
  expect(partly.length).toBeGreaterThan(0);
  for (const { action } of partly) expect(action).not.toHaveProperty("traffic.limits.maxRequestRateDrop");
  expect(actionOf(steps, "soak")).toHaveProperty("traffic.limits.maxRequestRateDrop", 0.8);
});

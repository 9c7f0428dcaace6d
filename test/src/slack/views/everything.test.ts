import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { stepDigest } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import { everythingText } from "#src/slack/views/everything.ts";
import { started } from "#test/support/given.ts";

const { plan } = started().active.forward;

function textOf(step: Plan["steps"][number]): string {
  return everythingText({ plan, step, attempt: 2, digest: stepDigest(plan, step, 2) });
}

test("everything of a step ends with the line whose sha-256 its digest is", () => {
  for (const step of plan.steps) {
    const line = textOf(step).trimEnd().split("\n").at(-1) ?? "";
    expect(`sha256:${createHash("sha256").update(line).digest("hex")}`).toBe(stepDigest(plan, step, 2));
  }
});

test("everything of a step names in words what runs, where, its way back and its proof", () => {
  const step = plan.steps.find(({ id }) => id === "migrations-finish");
  if (step === undefined) throw new Error("no such step");
  const [words] = textOf(step).split("The digest is the sha-256");
  for (const part of [
    "kong migrations finish",
    '"--db-timeout"',
    "on kong-1:",
    "irreversible",
    step.wayBack,
    plan.digest,
  ])
    expect(words).toContain(part);
  expect(words).toContain("KONG_PG_PASSWORD");
  expect(words).toMatch(/Proven by:\n {2}- \{"kind":"migrations"/u);
});

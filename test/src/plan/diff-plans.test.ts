import fc from "fast-check";
import { expect, test } from "vitest";
import { diffPlans, isSamePlan } from "#src/plan/diff-plans.ts";
import type { NamedPlan } from "#src/plan/diff-plans.ts";
import { makePlan } from "#src/plan/make-plan.ts";
import { sealPlan } from "#src/plan/plan.ts";
import type { Plan, PlanOptions } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { planDiffLines, planDiffSummary, planDiffText } from "#src/report/plan-diff.ts";
import { factsWith, sampleEnvironment, sampleFinding, sampleQuestion } from "#test/support/samples.ts";
import type { Finding } from "#src/kong/finding.ts";

interface Wanted {
  readonly upgradeId?: string;
  readonly order?: PlanOptions["order"];
  readonly findings?: readonly Finding[];
  readonly soakMs?: number;
}

function plan({ upgradeId = "KU-2026-0001", order = "test-first", findings, soakMs = 1_000 }: Wanted = {}): NamedPlan {
  const made = makePlan({
    upgradeId,
    environment: sampleEnvironment({ soak: { durationMs: soakMs, sampleEveryMs: 100, maxErrorRateIncrease: 0.01 } }),
    facts: factsWith(findings ?? [sampleFinding()]),
    to: "3.4.2",
    strategy: "in-place",
    options: { order },
  });
  if (!made.ok) throw new Error(made.problem.map(({ sentence }) => sentence).join("; "));
  return { upgradeId, plan: made.value };
}

/** The plan with other steps, sealed again. */
function withSteps({ upgradeId, plan: sealed }: NamedPlan, steps: readonly Step[]): NamedPlan {
  const { digest: _, ...rest } = sealed;
  return { upgradeId, plan: sealPlan({ ...rest, steps }) };
}

function change(named: NamedPlan, id: string, over: Partial<Step>): NamedPlan {
  return withSteps(
    named,
    named.plan.steps.map((step) => (step.id === id ? Object.assign({ ...step }, over) : step)),
  );
}

test("a plan does not differ from itself", () => {
  const diff = diffPlans(plan(), plan());
  expect(isSamePlan(diff)).toBe(true);
  expect(planDiffSummary(diff)).toBe("the two plans are equal");
  expect(planDiffLines(diff)).toEqual([]);
});

test("plans of two upgrades that differ only in names with the upgrade's id are the same, with different digests", () => {
  const before = plan();
  const after = plan({ upgradeId: "KU-2026-0042" });
  const diff = diffPlans(before, after);
  expect(before.plan.digest).not.toBe(after.plan.digest);
  expect(isSamePlan(diff)).toBe(true);
  expect(planDiffSummary(diff)).toBe("nothing differs but names that carry the upgrade's id");
});

test("each field of a step that differs is named, with both values", () => {
  const before = plan();
  const up = before.plan.steps.find(({ id }) => id === "migrations-up");
  if (up?.action.kind !== "commands") throw new Error("no migrations-up");
  const commands = up.action.commands.map((command) =>
    Object.assign({ ...command }, { argv: [...command.argv, "--force"], env: { A: "1" } }),
  );
  const after = change(before, "migrations-up", {
    class: "irreversible",
    timeoutMs: 1_200_000,
    proof: [],
    targets: ["kong-9"],
    wayBack: "no way back",
    action: { kind: "commands", commands, exitStatus: "proof_decides" },
  });
  const [changed, ...others] = diffPlans(before, after).steps.changed;
  expect(others).toEqual([]);
  expect(changed?.fields.map(({ field }) => field)).toEqual([
    "class",
    "argv",
    "variables",
    "exit status",
    "targets",
    "proof",
    "time limit",
    "way back",
  ]);
  expect(changed?.fields.find(({ field }) => field === "class")).toEqual({
    field: "class",
    before: up.class,
    after: "irreversible",
  });
  expect(changed?.fields.find(({ field }) => field === "time limit")).toMatchObject({ before: "11m", after: "20m" });
  expect(changed?.fields.find(({ field }) => field === "argv")?.after).toContain("--force");
});

test("another kind of work is told by its kind", () => {
  const before = plan();
  const after = change(before, "smoke", { action: { kind: "manual", instruction: "Try it", button: "Done" } });
  const [changed] = diffPlans(before, after).steps.changed;
  expect(changed?.fields[0]).toMatchObject({ field: "kind of work", after: "manual" });
});

test("added and removed steps keep their numbers", () => {
  const before = plan();
  const [first, second, ...rest] = before.plan.steps;
  if (first === undefined || second === undefined) throw new Error("no steps");
  const added = { ...second, id: "one-more", title: "One more" };
  const diff = diffPlans(before, withSteps(before, [first, added, ...rest]));
  expect(diff.steps.added.map(({ number, step }) => [number, step.id])).toEqual([[2, "one-more"]]);
  expect(diff.steps.removed.map(({ number, step }) => [number, step.id])).toEqual([[2, second.id]]);
  expect(diff.steps.moved).toEqual([]);
});

test("the other order moves finish before the first start, and nothing else", () => {
  const diff = diffPlans(plan(), plan({ order: "documented" }));
  expect(diff.head).toEqual([{ field: "order", before: "test-first", after: "documented" }]);
  expect(diff.steps.moved.map(({ step }) => step.id)).toEqual(["migrations-finish", "fingerprint-after-finish"]);
  expect(diff.steps.added).toEqual([]);
});

test("findings that appeared, went or changed are told apart", () => {
  const gone = sampleFinding({ id: "gone" });
  const more = sampleFinding({ count: 7 });
  const fresh = sampleQuestion({ id: "fresh" });
  const diff = diffPlans(plan({ findings: [sampleFinding(), gone] }), plan({ findings: [more, fresh] }));
  expect(diff.findings.appeared.map(({ id }) => id)).toEqual(["fresh"]);
  expect(diff.findings.gone.map(({ id }) => id)).toEqual(["gone"]);
  expect(diff.findings.changed.map(({ fields }) => fields)).toEqual([[{ field: "count", before: "1", after: "7" }]]);
});

test("the text names both plans, counts, and gives each difference a line", () => {
  const text = planDiffText(
    diffPlans(plan({ findings: [sampleFinding()] }), plan({ upgradeId: "KU-2026-0002", findings: [], soakMs: 60_000 })),
  );
  const lines = text.split("\n");
  expect(lines[0]).toMatch(
    /^KU-2026-0001 \(plan [0-9a-f]{12}\) → KU-2026-0002 \(plan [0-9a-f]{12}\): 1 step removed, /u,
  );
  expect(lines).toContain("- breaks traffic, 30-route-regex-tilde: Regex paths need a leading ~");
  expect(lines).toContainEqual(expect.stringMatching(/^- step \d+, acknowledge-findings: /u));
  expect(lines).toContain("    durationMs: 1000 → 60000");
});

test("nothing invisible and no second line gets out of a value", () => {
  const before = plan();
  const after = change(before, "smoke", { title: "evil\u202E\u0007\n+ step 1, forged" });
  const lines = planDiffLines(diffPlans(before, after));
  expect(lines.filter((line) => line.startsWith("+ step 1"))).toEqual([]);
  expect(lines.join(" ")).not.toMatch(/[\p{Cf}\p{Cc}]/u);
});

test("whatever two plans are made of, applying the difference in steps leads from one to the other", () => {
  const all = plan().plan.steps;
  const some = fc.shuffledSubarray([...all], { minLength: 1 });
  fc.assert(
    fc.property(some, some, (left, right) => {
      const before = withSteps(plan(), left);
      const after = withSteps(plan(), right);
      const { steps } = diffPlans(before, after);
      const removed = new Set(steps.removed.map(({ step }) => step.id));
      const moved = new Set(steps.moved.map(({ step }) => step.id));
      const added = new Set(steps.added.map(({ step }) => step.id));
      const kept = ids(before.plan).filter((id) => !removed.has(id) && !moved.has(id));
      expect(kept).toEqual(ids(after.plan).filter((id) => !added.has(id) && !moved.has(id)));
      expect(steps.changed).toEqual([]);
    }),
  );
});

function ids({ steps }: Plan): readonly string[] {
  return steps.map(({ id }) => id);
}

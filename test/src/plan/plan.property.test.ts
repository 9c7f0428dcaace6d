import { databaseOf } from "#src/plan/environment.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { makePlan } from "#src/plan/make-plan.ts";
import { makeRollbackPlan } from "#src/plan/make-rollback-plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import { pointOfNoReturn } from "#src/plan/plan.ts";
import type { Progress } from "#src/plan/progress.ts";
import type { Step } from "#src/plan/step.ts";
import { describeWayBack } from "#src/plan/way-back.ts";
import { sampleEnvironment, sampleFacts, sampleNode } from "./sample.ts";

const upgradeId = "KU-2026-0007";

/** Environments of one to four nodes with and without hooks, keyring, smoke tests and passwords. */
const environments: fc.Arbitrary<Environment> = fc
  .record({
    nodeCount: fc.integer({ min: 1, max: 4 }),
    keyring: fc.boolean(),
    hasSmokeTests: fc.boolean(),
    hooks: fc.subarray(["install", "freeze", "unfreeze", "decommission"] as const),
    hasPassword: fc.boolean(),
  })
  .map((wish) => wishedEnvironment(wish));

interface Wish {
  readonly nodeCount: number;
  readonly keyring: boolean;
  readonly hasSmokeTests: boolean;
  readonly hooks: readonly ("install" | "freeze" | "unfreeze" | "decommission")[];
  readonly hasPassword: boolean;
}

function wishedEnvironment({ nodeCount, keyring, hasSmokeTests, hooks, hasPassword }: Wish): Environment {
  const sample = sampleEnvironment();
  const [node] = sample.nodes;
  if (node === undefined) throw new Error("the sample has no node");
  const { password, ...database } = databaseOf(sample);
  return {
    ...sample,
    keyring,
    nodes: Array.from({ length: nodeCount }, (_, index) => ({ ...node, name: `kong-${index + 1}` })),
    smokeTests: hasSmokeTests ? sample.smokeTests : [],
    database: hasPassword && password !== undefined ? { ...database, password } : database,
    hooks: Object.fromEntries(hooks.map((hook) => [hook, sample.hooks[hook]])),
  };
}

const plans = fc
  .record({
    environment: environments,
    order: fc.constantFrom("test-first" as const, "documented" as const),
    to: fc.constantFrom("3.0.2", "3.4.0", "3.4.2"),
  })
  .map(({ environment, order, to }) => {
    const facts = sampleFacts({ nodes: environment.nodes.map((node) => sampleNode(node.name, "2.8.5")) });
    const made = makePlan({ upgradeId, environment, facts, to, strategy: "in-place", options: { order } });
    if (!made.ok) throw new Error(made.problem.map((refusal) => refusal.sentence).join("; "));
    return { environment, facts, plan: made.value };
  });

/** A plan that stopped somewhere: everything before is done, the step itself may have been begun. */
const stopped = plans.chain((made) =>
  fc
    .record({ at: fc.nat({ max: made.plan.steps.length }), isBegun: fc.boolean() })
    .map(({ at, isBegun }) => stopAt(made, at, isBegun ? 1 : 0)),
);

interface Made {
  readonly environment: Environment;
  readonly facts: Facts;
  readonly plan: Plan;
}

function stopAt(made: Made, at: number, begun: number): Made & { readonly progress: Progress; readonly back: Plan } {
  const ids = made.plan.steps.map((step) => step.id);
  const progress: Progress = { done: ids.slice(0, at), begun: ids.slice(at, at + begun) };
  const back = makeRollbackPlan({ upgradeId, ...made, progress });
  if (!back.ok) throw new Error(back.problem.map((refusal) => refusal.sentence).join("; "));
  return { ...made, progress, back: back.value };
}

const indexOf = (plan: Plan, id: string): number => plan.steps.findIndex((step) => step.id === id);

function writesOf(step: Step): string {
  return step.action.kind === "commands"
    ? step.action.commands.map((command) => command.argv.join(" ")).join("\n")
    : "";
}

function isWellFormed(plan: Plan): boolean {
  const ids = plan.steps.map((step) => step.id);
  return (
    new Set(ids).size === ids.length &&
    plan.steps.every(
      (step) =>
        (step.proof.length > 0 || step.action.kind === "manual") &&
        step.wayBack !== "" &&
        step.source !== "" &&
        step.why !== "" &&
        step.timeoutMs > 0 &&
        /^[a-z0-9-]{1,60}$/u.test(step.id),
    )
  );
}

test("every step has a proof or a person, a way back, a reason, a source and a time limit", () => {
  fc.assert(
    fc.property(stopped, ({ plan, back }) => {
      expect(isWellFormed(plan)).toBe(true);
      expect(isWellFormed(back)).toBe(true);
    }),
  );
});

test("a backup that was proven to restore lies before the point of no return", () => {
  fc.assert(
    fc.property(plans, ({ plan }) => {
      const point = pointOfNoReturn(plan);
      expect(point?.id).toBe("migrations-finish");
      expect(indexOf(plan, "prove-backup")).toBeGreaterThan(indexOf(plan, "backup-database"));
      expect(indexOf(plan, "prove-backup")).toBeLessThan(indexOf(plan, "migrations-up"));
      expect(indexOf(plan, "migrations-up")).toBeLessThan(indexOf(plan, "migrations-finish"));
    }),
  );
});

test("whatever finishes migrations, restores a database or removes a package is irreversible and runs once", () => {
  fc.assert(
    fc.property(stopped, ({ plan, back }) => {
      for (const step of [...plan.steps, ...back.steps]) {
        const isDangerous =
          /migrations finish|pg_restore -h \S+ -p \d+ -U \S+ -d kong /u.test(writesOf(step)) ||
          step.id === "decommission";
        expect(step.class === "irreversible").toBe(isDangerous);
        expect(isDangerous && step.action.kind === "commands" && step.isIdempotent).toBe(false);
      }
    }),
  );
});

test("old and new nodes never run at the same time, and all are down while the database is migrated", () => {
  fc.assert(
    fc.property(plans, ({ plan, environment }) => {
      for (const node of environment.nodes) {
        expect(indexOf(plan, `stop-${node.name}`)).toBeLessThan(indexOf(plan, "install"));
        expect(indexOf(plan, `start-${node.name}`)).toBeGreaterThan(indexOf(plan, "migrations-up"));
        expect(plan.steps[indexOf(plan, "migrations-up")]?.precheck).toContainEqual({
          kind: "node_stopped",
          node: node.name,
        });
      }
    }),
  );
});

test("a freeze that was begun is lifted, on the way forward and on the way back", () => {
  fc.assert(
    fc.property(stopped, ({ plan, progress, back }) => {
      expect(indexOf(plan, "unfreeze")).toBeGreaterThan(indexOf(plan, "freeze"));
      const wasFrozen = [...progress.done, ...progress.begun].includes("freeze");
      expect(back.steps.some((step) => step.id === "back-unfreeze")).toBe(wasFrozen);
    }),
  );
});

test("the way back restores exactly when migrations were started, says so, and starts every node that was stopped", () => {
  fc.assert(
    fc.property(stopped, ({ plan, environment, progress, back }) => {
      const touched = new Set([...progress.done, ...progress.begun]);
      const isRestored = back.steps.some((step) => step.id === "back-restore-database");
      expect(isRestored).toBe(touched.has("migrations-up"));
      expect(describeWayBack(plan, progress).isRestoreNeeded).toBe(isRestored);
      for (const node of environment.nodes) {
        expect(back.steps.some((step) => step.id === `back-start-${node.name}`)).toBe(touched.has(`stop-${node.name}`));
      }
      expect(back).toMatchObject({ kind: "rollback", from: plan.to, to: plan.from });
    }),
  );
});

test("no step drops or overwrites the database that Kong used", () => {
  fc.assert(
    fc.property(stopped, ({ plan, back }) => {
      for (const step of [...plan.steps, ...back.steps]) {
        expect(writesOf(step)).not.toMatch(/dropdb.* kong$|--clean|migrations reset|bootstrap| -f$|--force/mu);
      }
    }),
  );
});

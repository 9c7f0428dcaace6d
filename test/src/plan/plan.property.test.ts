import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "#src/kernel/digest.ts";
import { recommended } from "#src/plan/choose-strategy.ts";
import { makePlan } from "#src/plan/make-plan.ts";
import { planSchema } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Progress } from "#src/plan/progress.ts";
import { strategies } from "#src/plan/strategies/registry.ts";
import { describeWayBack } from "#src/plan/way-back.ts";
import { subjects } from "./environments/all.ts";
import {
  migrating,
  ofBackup,
  ofClass,
  ofForce,
  ofFreeze,
  ofMigrationLock,
  ofNames,
  ofPersons,
  ofShape,
  ofUnknown,
  ofUndoing,
  ofWrites,
} from "./environments/complaints.ts";
import { wasTouched } from "./environments/step-facts.ts";
import { backOf, planOf, upgradeId } from "./environments/subject.ts";
import type { Given, Subject } from "./environments/subject.ts";

/** Making a plan takes about a millisecond, and there are a dozen properties of every strategy. */
const runs = { numRuns: 50 };
const nothing: readonly string[] = [];

interface Made {
  readonly given: Given;
  readonly plan: Plan;
}

interface Stopped extends Made {
  readonly progress: Progress;
  readonly back: Plan;
}

function plansOf({ strategy, givens }: Subject): fc.Arbitrary<Made> {
  return givens.map((given) => ({ given, plan: planOf(strategy, given) }));
}

/** Plans that stopped somewhere: everything before is done, the step itself may have been begun. */
function stoppedOf(subject: Subject): fc.Arbitrary<Stopped> {
  return plansOf(subject)
    .chain((made) =>
      fc.record({ made: fc.constant(made), at: fc.nat({ max: made.plan.steps.length }), isBegun: fc.boolean() }),
    )
    .map(({ made: { given, plan }, at, isBegun }) => {
      const ids = plan.steps.map((step) => step.id);
      const progress = { done: ids.slice(0, at), begun: isBegun ? ids.slice(at, at + 1) : [] };
      const back = backOf(given, plan, progress);
      if (!("steps" in back)) throw new Error(`no way back at ${ids[at] ?? "the end"}: ${back.join(", ")}`);
      return { given, plan, progress, back };
    });
}

/** Plans of which any steps at all were done or begun, as after a person counted some as done. */
function scatteredOf(subject: Subject): fc.Arbitrary<Made & { readonly progress: Progress }> {
  return plansOf(subject).chain(({ given, plan }) => {
    const ids = plan.steps.map((step) => step.id);
    return fc
      .record({ done: fc.subarray(ids), begun: fc.subarray(ids) })
      .map((progress) => ({ given, plan, progress }));
  });
}

/** What holds for the plan and for its way back, whatever the strategy; each complaint with the rule that is broken. */
function brokenRules({ given: { environment }, plan, progress, back }: Stopped): readonly string[] {
  const isFreezing = plan.steps.some(({ id }) => id === "freeze");
  const both = (complaintsOf: (one: Plan) => readonly string[]): readonly string[] =>
    [plan, back].flatMap(complaintsOf);
  const rules: Readonly<Record<string, readonly string[]>> = {
    "every step has an id of its own, a proof or a person, a way back, a reason, a source, targets and a time limit":
      both(ofShape),
    "whatever must not be done twice has something to look at when nobody knows how it ended": both((one) =>
      ofUnknown(one, environment),
    ),
    "what a person did is asked of the world by a later step": both(ofPersons),
    "no placeholder is left open and nobody is named who is not there": both((one) => ofNames(one, environment)),
    "a freeze that was begun is lifted at the end of the way forward": ofFreeze(plan, isFreezing),
    "a freeze that was begun is lifted at the end of the way back": ofFreeze(back, wasTouched(progress, "freeze")),
    "nothing is forced, reset, cleaned over or dropped that Kong used": both((one) => ofForce(one, environment)),
    "nothing migrates before a look at Kong's migration lock, on the same database": both((one) =>
      ofMigrationLock(one, environment),
    ),
    "configuration is written only to the new side, and where both share their data only after `finish`": both((one) =>
      ofWrites(one, environment),
    ),
  };
  return Object.entries(rules).flatMap(([rule, complaints]) => complaints.map((one) => `${rule}: ${one}`));
}

/** These fill an empty database, or change nodes that have none. */
const withoutMigrations: ReadonlySet<string> = new Set(["cassandra-copy", "fresh-data-store", "rolling"]);

test("every strategy that can be planned is under these tests", () => {
  expect(subjects.map(({ strategy }) => strategy).toSorted()).toStrictEqual(
    strategies.map(({ name }) => name).toSorted(),
  );
});

describe.each(subjects.map((subject) => [subject.strategy, subject] as const))("%s", (_, subject) => {
  // One plan for all of them: what a strategy makes of a situation is dear, and looking at it is not.
  test("whatever the situation, the plan and its way back from anywhere keep every rule of plans", () => {
    let seen = 0;
    fc.assert(
      fc.property(stoppedOf(subject), (stopped) => {
        seen += migrating(stopped.plan);
        expect(brokenRules(stopped)).toStrictEqual(nothing);
      }),
      runs,
    );
    expect(seen > 0).toBe(!withoutMigrations.has(subject.strategy));
  });

  test("equal facts give the same plan and digest, which fit the schema of the record", () => {
    fc.assert(
      fc.property(plansOf(subject), ({ given, plan }) => {
        expect(planOf(subject.strategy, given).digest).toBe(plan.digest);
        expect(canonicalJson(planSchema.parse(JSON.parse(JSON.stringify(plan))))).toBe(canonicalJson(plan));
      }),
      runs,
    );
  });

  test("a recommendation is made for what it can upgrade", () => {
    fc.assert(
      fc.property(subject.givens, ({ environment, facts, to, order }) => {
        const made = makePlan({ upgradeId, environment, facts, to, strategy: recommended, options: { order } });
        expect(made).toMatchObject({ ok: true });
      }),
      runs,
    );
  });
});

const named = subjects.filter(({ classAndWayBack }) => classAndWayBack === undefined);

describe.each(named.map((subject) => [subject.strategy, subject] as const))("%s, step by step", (_, subject) => {
  test("no old data can be lost: a backup was proven before the point of no return, or the plan says why none is needed", () => {
    fc.assert(
      fc.property(plansOf(subject), ({ plan }) => {
        expect(ofBackup(plan, subject)).toStrictEqual(nothing);
      }),
      runs,
    );
  });

  test("what only a restore or a rebuild undoes is irreversible, and runs once", () => {
    fc.assert(
      fc.property(stoppedOf(subject), ({ given, plan, back }) => {
        expect([plan, back].flatMap((one) => ofClass(one, given, subject))).toStrictEqual(nothing);
      }),
      runs,
    );
  });

  test("the way back restores exactly when the card says so, undoes nothing that was not done, and leaves no old node down", () => {
    fc.assert(
      fc.property(stoppedOf(subject), ({ given: { environment }, plan, progress, back }) => {
        const { isRestoreNeeded, sentence, price } = describeWayBack(plan, progress);
        expect(isRestoreNeeded).toBe(back.steps.some(({ id }) => id === "back-restore-database"));
        expect([sentence, price]).not.toContain("");
        expect(back).toMatchObject({ kind: "rollback", from: plan.to, to: plan.from });
        expect(ofUndoing(back, progress, environment)).toStrictEqual(nothing);
      }),
      runs,
    );
  });

  test("any set of steps that had an effect has a way back of the same kind, or lacks a backup to restore", () => {
    fc.assert(
      fc.property(scatteredOf(subject), ({ given, plan, progress }) => {
        const back = backOf(given, plan, progress);
        const complaints = "steps" in back ? ofUndoing(back, progress, given.environment) : back;
        expect(complaints.filter((complaint) => complaint !== "no_backup")).toStrictEqual(nothing);
        expect(describeWayBack(plan, progress).sentence).not.toBe("");
      }),
      runs,
    );
  });
});

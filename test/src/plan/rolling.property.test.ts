import fc from "fast-check";
import { expect, test } from "vitest";
import { rollingSettings } from "#src/plan/steps/batches.ts";
import type { Plan } from "#src/plan/plan.ts";
import { pointOfNoReturn } from "#src/plan/plan.ts";
import { stepSchema } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import { describeWayBack } from "#src/plan/way-back.ts";
import { dataPlaneEnvironments, dblessEnvironments, hybridEnvironments } from "./environments/hybrid-and-dbless.ts";
import type { Given } from "./environments/hybrid-and-dbless.ts";
import { planned } from "./planned.ts";
import { awayAfter, stopAt } from "./walk.ts";
import type { Stopped } from "./walk.ts";

interface Case extends Given {
  readonly plan: Plan;
}

const orders = fc.constantFrom("test-first" as const, "documented" as const);

const plans: fc.Arbitrary<Case> = fc
  .oneof(
    dblessEnvironments.map((given) => ({ given, strategy: "rolling" })),
    dataPlaneEnvironments.map((given) => ({ given, strategy: "rolling" })),
    hybridEnvironments.map((given) => ({ given, strategy: "control-plane-first" })),
  )
  .chain(({ given, strategy }) => orders.map((order) => caseOf(given, strategy, order)));

function caseOf(given: Given, strategy: string, order: "test-first" | "documented"): Case {
  return { ...given, plan: planned({ ...given, strategy, order }) };
}

const stopped: fc.Arbitrary<Case & Stopped> = plans.chain((made) =>
  fc
    .record({ at: fc.nat({ max: made.plan.steps.length }), begun: fc.nat({ max: 1 }) })
    .map((where) => Object.assign({}, made, stopAt(made, made.plan, where))),
);

const isRolled = ({ targets, id }: Step): boolean =>
  /^(?:back-)?(?:drain-batch-|stop-|install-batch-|start-)/u.test(id) &&
  targets.some((name) => !name.startsWith("cp-"));

/** As many as may be away: of a group of several never all, of a group of one that one. */
function mostAway({ environment }: Given, group: string | undefined): number {
  const { batchSize, maxUnavailable } = rollingSettings(environment);
  const size = environment.nodes.filter((node) => node.role !== "control_plane" && node.group === group).length;
  return Math.max(1, Math.min(batchSize, maxUnavailable, size - 1));
}

/** Every moment in which too many nodes are away, or nodes of two groups, in words. */
function tooManyAway(given: Given, steps: readonly Step[], before: ReadonlySet<string>): readonly string[] {
  const groups = [...new Set(given.environment.nodes.map(({ group }) => group))];
  return awayAfter(steps, before).flatMap((away, index) => {
    const when = `after ${steps[index]?.id ?? "nothing"}`;
    const counts = groups.map((group) => ({ group, away: awayOf(given, group, away) }));
    const isOneGroup = counts.filter((each) => each.away > 0).length <= 1;
    const crowds = counts.filter((each) => each.away > mostAway(given, each.group));
    return crowds.map((each) => `${when}: ${each.away} away`).concat(isOneGroup ? [] : [`${when}: two groups`]);
  });
}

function awayOf({ environment }: Given, group: string | undefined, away: ReadonlySet<string>): number {
  return environment.nodes.filter((node) => node.group === group && isWithoutDatabase(node) && away.has(node.name))
    .length;
}

function isWithoutDatabase({ role }: Given["environment"]["nodes"][number]): boolean {
  return role !== "control_plane";
}

test("never more nodes of a group are away than may be, never a whole group of several, and only one group at a time", () => {
  fc.assert(
    fc.property(stopped, ({ plan, progress, back, ...given }) => {
      expect(tooManyAway(given, plan.steps, new Set())).toEqual([]);
      const reached = plan.steps.filter(({ id }) => progress.done.includes(id) || progress.begun.includes(id));
      const now = awayAfter(plan.steps).at(reached.length - 1) ?? new Set();
      const before = reached.length === 0 ? [] : [...now].filter((name) => !name.startsWith("cp-"));
      expect(tooManyAway(given, back.steps, new Set(before))).toEqual([]);
    }),
  );
});

test("one node goes first, is tested and watched before any other node is touched", () => {
  fc.assert(
    fc.property(plans, ({ plan }) => {
      const [first, second] = plan.steps.flatMap((step, index) =>
        step.id.startsWith("drain-batch-") ? [{ step, index }] : [],
      );
      expect(first?.step.targets).toHaveLength(1);
      if (first === undefined || second === undefined) return;
      const between = plan.steps.slice(first.index, second.index);
      expect(between.filter((step) => isRolled(step)).every(({ targets }) => targets.length === 1)).toBe(true);
      expect(between.map(({ id }) => id)).toContain("test-batch-1");
    }),
  );
});

test("every node is stopped, installed and started exactly once, in this order", () => {
  fc.assert(
    fc.property(plans, ({ plan, environment }) => {
      for (const { name } of environment.nodes.filter((node) => isWithoutDatabase(node))) {
        const own = plan.steps.filter(
          ({ id, targets }) => /^(?:stop-|install-batch-|start-)/u.test(id) && targets.includes(name),
        );
        // A batch of several nodes is stopped and started as one, side by side.
        expect(
          own.map(({ id }) => id.replace(/(?<=^(?:stop|start)-).*/u, (of) => (of === name ? "batch-0" : of))),
        ).toEqual([
          expect.stringMatching(/^stop-batch-\d+$/u),
          expect.stringMatching(/^install-batch-\d+$/u),
          expect.stringMatching(/^start-batch-\d+$/u),
        ]);
      }
    }),
  );
});

/** The steps that take a batch away, as one list per batch: out of traffic where that is a step, then the stops. */
function takingAway(plan: Plan): readonly (readonly Step[])[] {
  const batches: Step[][] = [];
  for (const step of plan.steps.filter((each) => isRolled(each))) {
    const word = step.id.replace(/^back-/u, "");
    const isNew =
      word.startsWith("drain-batch-") ||
      (word.startsWith("stop-") && batches.at(-1)?.at(-1)?.id.includes("start-") !== false);
    if (isNew) batches.push([]);
    batches.at(-1)?.push(step);
  }
  return batches.map((steps) => steps.filter(({ id }) => /drain-batch-|stop-/u.test(id)));
}

/** What a runner asks before the first thing that it does itself; nobody asks what stands at a person's step. */
function askedFirst(steps: readonly Step[]): Step["precheck"] {
  return steps.find(({ action }) => action.kind !== "manual")?.precheck ?? [];
}

test("a runner asks whether the rest of the group is up before it takes one of its nodes away, and whether nobody wrote", () => {
  fc.assert(
    fc.property(stopped, ({ plan, back, environment }) => {
      for (const batch of takingAway(plan)) {
        const away = new Set(batch.flatMap(({ targets }) => targets));
        const group = environment.nodes.find(({ name }) => away.has(name))?.group;
        const others = environment.nodes.filter(
          (node) => node.group === group && isWithoutDatabase(node) && !away.has(node.name),
        );
        const probes = askedFirst(batch);
        const asked = probes.flatMap((probe) => (probe.kind === "node_ready" ? [probe.node] : []));
        expect(new Set(asked)).toEqual(new Set(others.map(({ name }) => name)));
        expect(probes.map(({ kind }) => kind)).toContain(
          environment.topology === "dbless" ? "command_output" : "configuration_unchanged",
        );
      }
      for (const batch of takingAway(back)) {
        const away = new Set(batch.flatMap(({ targets }) => targets));
        const asked = askedFirst(batch).flatMap((probe) => (probe.kind === "node_ready" ? [probe.node] : []));
        expect(asked.some((name) => away.has(name))).toBe(false);
      }
    }),
  );
});

test("control planes are upgraded before the first data plane, and go back after the last one", () => {
  fc.assert(
    fc.property(stopped, ({ plan, back }) => {
      const positions = (steps: readonly Step[], wanted: (step: Step) => boolean): readonly number[] =>
        steps.flatMap((step, index) => (wanted(step) ? [index] : []));
      const isControlPlane = ({ id }: Step): boolean =>
        /^(?:back-)?(?:start|stop)-cp-|^back-restore-database$|^migrations-/u.test(id);
      expect(Math.max(-1, ...positions(plan.steps, isControlPlane))).toBeLessThan(
        Math.min(...positions(plan.steps, isRolled), plan.steps.length),
      );
      expect(Math.max(-1, ...positions(back.steps, isRolled))).toBeLessThan(
        Math.min(...positions(back.steps, isControlPlane), back.steps.length),
      );
    }),
  );
});

test("the way back reaches every node that was reached, and no other", () => {
  fc.assert(
    fc.property(stopped, ({ plan, progress, back, environment }) => {
      const touched = new Set([...progress.done, ...progress.begun]);
      for (const { name } of environment.nodes) {
        const isReached = plan.steps.some(
          ({ id, targets }) => touched.has(id) && targets.includes(name) && /^(?:drain-batch-|stop-)/u.test(id),
        );
        const isStarted = back.steps.some(({ id, targets }) => id.startsWith("back-start-") && targets.includes(name));
        expect(isStarted).toBe(isReached);
      }
    }),
  );
});

test("a restore is planned exactly when migrations were begun, and the card says so", () => {
  fc.assert(
    fc.property(stopped, ({ plan, progress, back }) => {
      const isMigrated = [...progress.done, ...progress.begun].includes("migrations-up");
      expect(back.steps.some(({ id }) => id === "back-restore-database")).toBe(isMigrated);
      expect(describeWayBack(plan, progress).isRestoreNeeded).toBe(isMigrated);
    }),
  );
});

test("every step is proven or done by a person, says its way back, and only what cannot be undone is irreversible", () => {
  fc.assert(
    fc.property(stopped, ({ plan, back }) => {
      for (const { steps } of [plan, back]) {
        expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
        expect(stepSchema.array().safeParse(steps).error).toBeUndefined();
        for (const step of steps) {
          expect(step.proof.length > 0 || step.action.kind === "manual").toBe(true);
          expect([step.wayBack, step.why, step.source]).not.toContain("");
          expect(step.targets.length).toBeGreaterThan(0);
          expect(step.class === "irreversible").toBe(
            /^(?:migrations-finish|decommission|back-restore-database)$/u.test(step.id),
          );
        }
      }
      expect(["migrations-finish", "decommission"]).toContain(pointOfNoReturn(plan)?.id);
    }),
  );
});

test("a freeze that was begun is lifted on both ways", () => {
  fc.assert(
    fc.property(stopped, ({ plan, progress, back }) => {
      const ids = plan.steps.map(({ id }) => id);
      expect(ids.indexOf("unfreeze")).toBeGreaterThan(ids.indexOf("freeze"));
      const isFrozen = [...progress.done, ...progress.begun].includes("freeze");
      expect(back.steps.some(({ id }) => id === "back-unfreeze")).toBe(isFrozen);
    }),
  );
});

test("a data plane never gets the password of the database", () => {
  fc.assert(
    fc.property(stopped, ({ plan, back }) => {
      const commands = [...plan.steps, ...back.steps].flatMap(({ action }) =>
        action.kind === "commands" ? action.commands : [],
      );
      for (const { target, secrets } of commands.filter((command) => /^(?:dp|gw)-/u.test(command.target))) {
        expect({ target, secrets: Object.keys(secrets) }).toEqual({ target, secrets: [] });
      }
    }),
  );
});

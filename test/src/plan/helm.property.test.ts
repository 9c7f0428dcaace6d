import fc from "fast-check";
import { expect, test } from "vitest";
import { idOf } from "#src/plan/cluster.ts";
import type { Plan } from "#src/plan/plan.ts";
import { pointOfNoReturn } from "#src/plan/plan.ts";
import { stepSchema } from "#src/plan/step.ts";
import type { Step } from "#src/plan/step.ts";
import { describeWayBack } from "#src/plan/way-back.ts";
import { singleReleases, splitReleases } from "./environments/cluster.ts";
import type { Given } from "./environments/hybrid-and-dbless.ts";
import { planned } from "./planned.ts";
import { stopAt } from "./walk.ts";
import type { Stopped } from "./walk.ts";

interface Case extends Given {
  readonly plan: Plan;
}

const plans: fc.Arbitrary<Case> = fc
  .oneof(
    singleReleases.map((given) => ({ given, strategy: "helm" })),
    splitReleases.map((given) => ({ given, strategy: "helm-split" })),
  )
  .chain(({ given, strategy }) =>
    fc.constantFrom("test-first" as const, "documented" as const).map((order) => caseOf(given, strategy, order)),
  );

function caseOf(given: Given, strategy: string, order: "test-first" | "documented"): Case {
  return { ...given, plan: planned({ ...given, strategy, order }) };
}

const stopped: fc.Arbitrary<Case & Stopped> = plans.chain((made) =>
  fc
    .record({ at: fc.nat({ max: made.plan.steps.length }), begun: fc.nat({ max: 1 }) })
    .map((where) => Object.assign({}, made, stopAt(made, made.plan, where))),
);

const commandsOf = ({ action }: Step): readonly (readonly string[])[] =>
  action.kind === "commands" ? action.commands.map(({ argv }) => argv) : [];
const upgradesOf = (steps: readonly Step[]): readonly (readonly string[])[] =>
  steps.flatMap((step) => commandsOf(step)).filter((argv) => argv.includes("upgrade"));
const indexOf = (plan: Plan, id: string): number => plan.steps.findIndex((step) => step.id === id);
/** The role of the release whose steps end like this. */
const roleOf = ({ environment }: Given, id: string): string | undefined =>
  environment.kubernetes?.releases.find((release) => idOf(release) === id)?.role;
const hasDatabase = ({ facts }: Given): boolean => facts.installation?.database?.value === "postgres";

test("every helm and kubectl command names context and namespace, and no hook is ever skipped", () => {
  fc.assert(
    fc.property(stopped, ({ plan, back }) => {
      const looks = [...plan.steps, ...back.steps].flatMap(({ precheck, proof }) =>
        [...precheck, ...proof].flatMap((probe) => (probe.kind === "command_output" ? [probe.look.argv] : [])),
      );
      const all = [...[...plan.steps, ...back.steps].flatMap((step) => commandsOf(step)), ...looks];
      for (const argv of all.filter(([program]) => program === "helm" || program === "kubectl")) {
        const [program, ...words] = argv;
        expect(words.slice(0, 4)).toEqual([
          program === "helm" ? "--kube-context" : "--context",
          "prod-eu",
          "--namespace",
          "kong",
        ]);
        expect(words.join(" ")).not.toMatch(/--no-hooks|--force|uninstall |--reuse-values/u);
      }
    }),
  );
});

test("every helm upgrade says itself which migration job runs, and waits", () => {
  fc.assert(
    fc.property(plans, ({ plan }) => {
      for (const argv of upgradesOf(plan.steps)) {
        const line = argv.join(" ");
        expect(line).toMatch(
          /--set migrations\.preUpgrade=(?:true|false) --set migrations\.postUpgrade=(?:true|false)/u,
        );
        expect(line).toMatch(/ --version 2\.38\.0 .* --wait --timeout \d+s$/u);
      }
    }),
  );
});

test("exactly one release runs up, before any other gets the new image, and one finishes after all of them; none without a database", () => {
  fc.assert(
    fc.property(plans, ({ plan, ...given }) => {
      const runs = (setting: string): readonly number[] =>
        plan.steps.flatMap((step, index) => (upgradesOf([step]).some((argv) => argv.includes(setting)) ? [index] : []));
      const up = runs("migrations.preUpgrade=true");
      const finish = runs("migrations.postUpgrade=true");
      expect([up.length, finish.length]).toEqual(hasDatabase(given) ? [1, 1] : [0, 0]);
      const upgrades = plan.steps.flatMap(({ id }, index) => (id.startsWith("upgrade-") ? [index] : []));
      expect(Math.min(...upgrades)).toBe(up[0] ?? Math.min(...upgrades));
      const onDatabase = upgrades.filter(
        (index) => roleOf(given, plan.steps[index]?.id.slice("upgrade-".length) ?? "") !== "data_plane",
      );
      expect(finish.every((index) => index > Math.max(...onDatabase))).toBe(true);
    }),
  );
});

test("data planes come after finish going forward, and before everything else going back", () => {
  fc.assert(
    fc.property(stopped, ({ plan, back, ...given }) => {
      const isOf = (step: Step, prefix: string, isDataPlane: boolean): boolean =>
        step.id.startsWith(prefix) && (roleOf(given, step.id.slice(prefix.length)) === "data_plane") === isDataPlane;
      const first = plan.steps.findIndex((step) => isOf(step, "upgrade-", true));
      expect(first === -1 || first > indexOf(plan, "helm-finish")).toBe(true);
      const last = back.steps.findLastIndex((step) => isOf(step, "back-rollback-", true));
      const leading = back.steps.findIndex(
        (step) => isOf(step, "back-rollback-", false) || isOf(step, "back-stop-", false),
      );
      expect(leading === -1 || last < leading).toBe(true);
    }),
  );
});

test("a backup is taken and read before the first migration, and the only point of no return is finish", () => {
  fc.assert(
    fc.property(plans, ({ plan, ...given }) => {
      const irreversible = plan.steps.filter((step) => step.class === "irreversible").map(({ id }) => id);
      expect(irreversible).toEqual(hasDatabase(given) ? ["helm-finish"] : []);
      expect(pointOfNoReturn(plan)?.id).toBe(hasDatabase(given) ? "helm-finish" : undefined);
      if (!hasDatabase(given)) return;
      const proven = given.environment.database === undefined ? "check-dump" : "prove-backup";
      expect(indexOf(plan, "backup-database")).toBeGreaterThan(indexOf(plan, "freeze"));
      expect(indexOf(plan, proven)).toBeGreaterThan(indexOf(plan, "backup-database"));
      expect(indexOf(plan, proven)).toBeLessThan(plan.steps.findIndex(({ id }) => id.startsWith("upgrade-")));
    }),
  );
});

test("the way back restores exactly after finish, or after an up that old pods do not understand, and the card says so", () => {
  fc.assert(
    fc.property(stopped, ({ plan, progress, back, facts }) => {
      const touched = new Set([...progress.done, ...progress.begun]);
      const isMigrated = plan.steps.some(
        ({ id, phase }) => touched.has(id) && id.startsWith("upgrade-") && phase === "migrate",
      );
      const isNeeded = touched.has("helm-finish") || (isMigrated && facts.installation?.version?.value === "3.5.0");
      expect(back.steps.some(({ id }) => id === "back-restore-database")).toBe(isNeeded);
      expect(describeWayBack(plan, progress).isRestoreNeeded).toBe(isNeeded);
    }),
  );
});

test("every release that was changed goes back, to the revision that the survey saw", () => {
  fc.assert(
    fc.property(stopped, ({ plan, progress, back, environment, facts }) => {
      const touched = new Set([...progress.done, ...progress.begun]);
      for (const { name } of environment.kubernetes?.releases ?? []) {
        const id = idOf({ name });
        const isChanged = touched.has(`chart-${id}`) || touched.has(`upgrade-${id}`);
        const own = back.steps.filter((step) => step.id === `back-rollback-${id}`);
        expect(own.length >= (isChanged ? 1 : 0)).toBe(true);
        const revision = facts.installation?.helmReleases?.value.find((release) => release.name === name)?.revision;
        const words = own.flatMap((step) => commandsOf(step)).filter((argv) => argv.includes("rollback"));
        expect(words.map((argv) => argv[argv.indexOf(name) + 1])).toEqual(
          own.length > 0 && revision !== undefined ? [String(revision)] : [],
        );
      }
      expect(plan.kind).toBe("upgrade");
    }),
  );
});

test("the freeze ends on both ways: writers run again exactly when they were stopped", () => {
  fc.assert(
    fc.property(stopped, ({ plan, progress, back, ...given }) => {
      const touched = new Set([...progress.done, ...progress.begun]);
      const ids = new Set(back.steps.map(({ id }) => id));
      expect(ids.has("back-unfreeze")).toBe(touched.has("freeze"));
      expect(ids.has("back-start-controller")).toBe(touched.has("stop-controller"));
      const stops = given.environment.kubernetes?.ingressController !== undefined && hasDatabase(given);
      expect(indexOf(plan, "stop-controller") !== -1).toBe(stops);
      expect(indexOf(plan, "start-controller") > indexOf(plan, "stop-controller")).toBe(stops);
    }),
  );
});

test("every step is proven or done by a person, says its way back, and has an id of its own", () => {
  fc.assert(
    fc.property(stopped, ({ plan, back }) => {
      for (const { steps } of [plan, back]) {
        expect(new Set(steps.map(({ id }) => id)).size).toBe(steps.length);
        expect(stepSchema.array().safeParse(steps).error).toBeUndefined();
        for (const step of steps) {
          expect(step.proof.length > 0 || step.action.kind === "manual").toBe(true);
          expect([step.wayBack, step.why, step.source]).not.toContain("");
          expect(step.targets.length).toBeGreaterThan(0);
        }
      }
    }),
  );
});

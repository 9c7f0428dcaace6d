import fc from "fast-check";
import { expect, test } from "vitest";
import { inPlaceSubject } from "./environments/in-place.ts";
import { indexOf } from "./environments/step-facts.ts";
import { planOf } from "./environments/subject.ts";

const runs = { numRuns: 50 };

test("old and new nodes never run at the same time, and all are down while the database is migrated", () => {
  fc.assert(
    fc.property(inPlaceSubject.givens, (given) => {
      const plan = planOf("in-place", given);
      for (const { name } of given.environment.nodes) {
        expect(indexOf(plan, `stop-${name}`)).toBeLessThan(indexOf(plan, "install"));
        expect(indexOf(plan, `start-${name}`)).toBeGreaterThan(indexOf(plan, "migrations-up"));
        const up = plan.steps[indexOf(plan, "migrations-up")];
        expect(up?.precheck).toContainEqual({ kind: "node_stopped", node: name });
      }
    }),
    runs,
  );
});

test("the backup is proven before `up`, and `finish` is the point of no return", () => {
  fc.assert(
    fc.property(inPlaceSubject.givens, (given) => {
      const plan = planOf("in-place", given);
      const order = ["backup-database", "prove-backup", "migrations-up", "migrations-finish"];
      const places = order.map((id) => indexOf(plan, id));
      expect(places).toStrictEqual(places.toSorted((left, right) => left - right));
      expect(plan.steps.find((step) => step.class === "irreversible")?.id).toBe("migrations-finish");
    }),
    runs,
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { blueGreenSubject } from "./environments/blue-green.ts";
import { stepOf } from "./environments/complaints.ts";
import { indexOf } from "./environments/step-facts.ts";
import { planOf } from "./environments/subject.ts";

const runs = { numRuns: 50 };

test("the old version is tried on what `up` made before anything of the new one starts", () => {
  fc.assert(
    fc.property(blueGreenSubject.givens, (given) => {
      const plan = planOf("blue-green", given);
      const tried = indexOf(plan, "smoke-old");
      expect(indexOf(plan, "migrations-up")).toBeLessThan(tried);
      for (const { name } of given.environment.green?.nodes ?? []) {
        expect(indexOf(plan, `start-${name}`)).toBeGreaterThan(tried);
      }
    }),
    runs,
  );
});

test("the old nodes serve while `up` runs, and all of them are down before `finish`", () => {
  fc.assert(
    fc.property(blueGreenSubject.givens, (given) => {
      const plan = planOf("blue-green", given);
      const [up, finish] = ["migrations-up", "migrations-finish"].map((id) => stepOf(plan, id));
      for (const { name } of given.environment.nodes) {
        expect(up?.precheck).toContainEqual({ kind: "node_serving", node: name, version: plan.from });
        expect(finish?.precheck).toContainEqual({ kind: "node_stopped", node: name });
        expect(indexOf(plan, `stop-${name}`)).toBeGreaterThan(indexOf(plan, "soak"));
        expect(indexOf(plan, `stop-${name}`)).toBeLessThan(indexOf(plan, "check-old-gone"));
      }
      expect(indexOf(plan, "check-old-gone")).toBe(indexOf(plan, "migrations-finish") - 1);
      expect(plan.steps.find((step) => step.class === "irreversible")?.id).toBe("migrations-finish");
    }),
    runs,
  );
});

test("every look at the database means the one that both clusters share", () => {
  fc.assert(
    fc.property(blueGreenSubject.givens, (given) => {
      expect(JSON.stringify(planOf("blue-green", given).steps)).not.toContain('"side":"green"');
    }),
    runs,
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { databaseOf } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Plan } from "#src/plan/plan.ts";
import { stepOf } from "./environments/complaints.ts";
import { dualClusterSubject } from "./environments/dual-cluster.ts";
import { commandsOf, indexOf } from "./environments/step-facts.ts";
import { planOf } from "./environments/subject.ts";

const runs = { numRuns: 50 };

/** What reaches the old cluster's database or runs the old nodes' `kong` on data, by step. */
function touchesOldData(plan: Plan, environment: Environment): readonly string[] {
  const { host } = databaseOf(environment);
  const old = new Set(environment.nodes.map(({ name }) => name));
  return plan.steps.flatMap((step) =>
    commandsOf(step)
      .filter(
        ({ argv, target }) =>
          argv.includes(host) || (old.has(target) && (argv.includes("config") || argv.includes("migrations"))),
      )
      .map(
        ({ argv }) => `${step.id}: ${argv.find((word) => /^(?:pg_|db_|migrations)/u.test(word)) ?? "something else"}`,
      ),
  );
}

test("the database in use is only read: by a dump and an export", () => {
  fc.assert(
    fc.property(dualClusterSubject.givens, (given) => {
      expect(touchesOldData(planOf("dual-cluster", given), given.environment)).toStrictEqual([
        "backup-database: pg_dump",
        "backup-declarative: db_export",
      ]);
    }),
    runs,
  );
});

test("the copy is proven to be another database before it is filled and migrated", () => {
  fc.assert(
    fc.property(dualClusterSubject.givens, (given) => {
      const plan = planOf("dual-cluster", given);
      const node = given.environment.green?.nodes[0]?.name;
      const created = stepOf(plan, "green-create-database");
      expect(created.proof).toContainEqual({ kind: "migrations", node, oneOf: ["needs_bootstrap"] });
      const order = ["green-create-database", "green-restore-database", "green-migrations-up"];
      const places = order.map((id) => indexOf(plan, id));
      expect(places).toStrictEqual(places.toSorted((left, right) => left - right));
    }),
    runs,
  );
});

test("the old cluster serves until the new one has had all traffic and was watched with it", () => {
  fc.assert(
    fc.property(dualClusterSubject.givens, (given) => {
      const plan = planOf("dual-cluster", given);
      const shares = plan.steps.filter(({ id }) => id.startsWith("shift-")).map(({ id }) => Number(id.slice(6)));
      expect(shares.at(-1)).toBe(100);
      expect(shares).toStrictEqual(shares.toSorted((left, right) => left - right));
      for (const { name } of given.environment.nodes) {
        expect(indexOf(plan, `stop-${name}`)).toBeGreaterThan(indexOf(plan, "soak"));
        expect(indexOf(plan, `stop-${name}`)).toBeLessThan(indexOf(plan, "decommission"));
      }
      expect(indexOf(plan, "soak")).toBeGreaterThan(indexOf(plan, "shift-100"));
      expect(plan.steps.find((step) => step.class === "irreversible")?.id).toBe("decommission");
    }),
    runs,
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { assess } from "#src/kong/assess/assess.ts";
import { makeContext } from "#src/kong/assess/context.ts";
import { evaluate } from "#src/kong/assess/evaluate.ts";
import { visible } from "#src/kong/assess/shown-value.ts";
import type { Verdict } from "#src/kong/assess/verdict.ts";
import { catalogue } from "#src/kong/catalogue/catalogue.ts";
import type { Condition } from "#src/kong/catalogue/condition.ts";
import { evidenceText, findingSchema } from "#src/kong/finding.ts";
import { emptyInventory } from "#src/kong/inventory.ts";
import type { Inventory } from "#src/kong/inventory.ts";
import { hopOf } from "#test/src/kong/catalogue/example-hop.ts";
import { conditions, inventories, leavesOf, losses, without } from "./arbitrary.ts";
import { hop } from "./judged.ts";

test("every condition can be asked of every installation, and evidence stays within its bounds", () => {
  fc.assert(
    fc.property(conditions, inventories, losses, (when, inventory, lost) => {
      for (const given of [inventory, without(inventory, lost)]) {
        const { findings } = assess(given, hop(), [{ ...sample(), when }]);
        for (const finding of findings) {
          findingSchema.parse(finding);
          expect(finding.evidence.length).toBeLessThanOrEqual(20);
          expect(finding.count).toBeGreaterThanOrEqual(finding.evidence.length);
          expect(finding.evidence.map(evidenceText).map(visible)).toEqual(finding.evidence.map(evidenceText));
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("an input that is missing leaves a condition as it was or open, and never turns it round", () => {
  fc.assert(
    fc.property(conditions, inventories, losses, (condition, inventory, lost) => {
      const full = verdictOf(condition, inventory).kind;
      const reduced = verdictOf(condition, without(inventory, lost)).kind;
      expect([full, "open"]).toContain(reduced);
    }),
    { numRuns: 1_000 },
  );
});

test("a condition that nothing denies goes on holding when there are more entities", () => {
  fc.assert(
    fc.property(conditions.filter(isPositive), inventories, inventories, (condition, inventory, other) => {
      fc.pre(verdictOf(condition, inventory).kind === "holds");
      const more = { ...inventory, entities: [...inventory.entities, ...other.entities] };
      expect(verdictOf(condition, more).kind).toBe("holds");
    }),
    { numRuns: 500, maxSkipsPerRun: 1_000 },
  );
});

test("a hazard that hits is found, asked or listed, whatever was not read", () => {
  fc.assert(
    fc.property(fc.constantFrom(...catalogue), inventories, losses, (hazard, inventory, lost) => {
      const way = hopOf(hazard, {});
      fc.pre(assess(inventory, way, [hazard]).findings.some(({ kind }) => kind === "finding"));
      const { findings, notChecked } = assess(without(inventory, lost), way, [hazard]);
      expect([...findings.map(({ id }) => id), ...notChecked.flatMap(({ hazards }) => hazards)]).toContain(hazard.id);
    }),
    { numRuns: 500, maxSkipsPerRun: 1_000 },
  );
});

test("without any input, no hazard that could be there is silent", () => {
  const undecidedByTheVersions = catalogue.filter(({ when }) =>
    leavesOf(when).every(({ kind }) => kind !== "version" && kind !== "deployment"),
  );
  const silent = undecidedByTheVersions.filter((hazard) => {
    const { findings, notChecked } = assess(emptyInventory("2026-11-26"), hopOf(hazard, {}), [hazard]);
    return findings.length === 0 && notChecked.length === 0;
  });
  expect(undecidedByTheVersions.length).toBeGreaterThan(200);
  expect(silent.map(({ id }) => id)).toEqual([]);
});

function sample(): (typeof catalogue)[number] {
  const [hazard] = catalogue;
  if (hazard === undefined) throw new Error("the catalogue is empty");
  return { ...hazard, since: "any", edition: "both" };
}

function verdictOf(condition: Condition, inventory: Inventory): Verdict {
  return evaluate(condition, makeContext(inventory, hop()));
}

/** Whether nothing in it holds because something is not there. */
function isPositive(condition: Condition): boolean {
  if ("not" in condition) return false;
  if ("any" in condition) return condition.any.every(isPositive);
  if ("all" in condition) return condition.all.every(isPositive);
  return !("predicate" in condition && condition.predicate === "absent" && !("path" in condition));
}

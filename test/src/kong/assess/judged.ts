import { makeContext } from "#src/kong/assess/context.ts";
import { evaluate } from "#src/kong/assess/evaluate.ts";
import { evidenceOf } from "#src/kong/assess/evidence.ts";
import type { Hop } from "#src/kong/assess/hop.ts";
import type { Condition } from "#src/kong/catalogue/condition.ts";
import { evidenceText } from "#src/kong/finding.ts";
import type { Inventory } from "#src/kong/inventory.ts";
import { editionOf } from "#src/kong/releases.ts";
import { parseVersion } from "#src/kong/version.ts";
import type { Installation } from "#test/src/kong/catalogue/installation.ts";
import { inventoryOf } from "#test/src/kong/catalogue/installation.ts";

/** An upgrade from 2.8 to 3.4 unless something else is said. */
export function hop(from = "2.8.4.1", to = "3.4.3.5", strategy?: string): Hop {
  const start = parseVersion(from);
  const end = parseVersion(to);
  if (start === undefined || end === undefined) throw new Error(`${from} or ${to} is no version`);
  return { from: start, to: end, edition: editionOf(end), strategy };
}

/**
 * What a condition says of an installation: the texts of its evidence, `fails`, or `open` with the inputs and questions
 * that are left.
 */
export function judged(
  condition: Condition,
  installation: Installation,
  way: Hop = hop(),
): readonly string[] | "fails" | { readonly inputs: readonly string[]; readonly questions: readonly string[] } {
  return judgedOf(condition, inventoryOf(installation), way);
}

/** The same for an inventory that was made elsewhere. */
export function judgedOf(condition: Condition, inventory: Inventory, way: Hop = hop()): ReturnType<typeof judged> {
  const verdict = evaluate(condition, makeContext(inventory, way));
  if (verdict.kind === "fails") return "fails";
  if (verdict.kind === "open") return { inputs: verdict.inputs, questions: verdict.questions };
  return evidenceOf(verdict.hits).evidence.map(evidenceText);
}

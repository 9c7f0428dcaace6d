import type { Leaf, Test } from "#src/kong/catalogue/condition.ts";
import type { Input } from "#src/kong/inventory.ts";
import type { Context } from "./context.ts";
import { visitFields } from "./field-path.ts";
import { hitAt, hitsAt } from "./hit.ts";
import { pathOf } from "./leaf-test.ts";
import { testValue } from "./predicates.ts";
import { joined, resolve } from "./scope.ts";
import type { Scope } from "./scope.ts";
import { excerpt, maxShown } from "./shown-value.ts";
import { inputThatTells } from "./subject.ts";
import { maxText } from "./text-lines.ts";
import { fails, openBecause } from "./verdict.ts";
import type { Place, Verdict } from "./verdict.ts";

/** Judges a test on every field that the leaf's path means in an object. */
export function judgeFields(leaf: Leaf, test: Test, scope: Scope, context: Context): Verdict {
  const path = pathOf(leaf);
  if (path === undefined) return judgeWhole(test, scope, context);
  const start = resolve(scope, path);
  const places: Place[] = [];
  const open = new Set<Input>();
  const isComplete = visitFields(start.root, context.path(start.path), (field) => {
    const teller = inputThatTells(field.value);
    if (teller !== undefined) {
      open.add(teller);
      return;
    }
    const answer = testValue(field.value, test, context.around);
    if (answer === "unknown") open.add(scope.input);
    if (answer !== "yes") return;
    const name = leaf.kind === "conf" ? leaf.key : joined(start.prefix, field.path());
    places.push({ field: nameOfSetting(leaf, scope) ?? name, value: shownPart(field.value, test, context) });
  });
  if (places.length > 0) return hitsAt(scope.subject, places);
  if (!isComplete) open.add(scope.input);
  return open.size > 0 ? openBecause([...open]) : fails;
}

/** A key that was looked for by a pattern is shown by its own name. */
function nameOfSetting(leaf: Leaf, { subject }: Scope): string | undefined {
  return leaf.kind === "conf" ? subject.describe().name : undefined;
}

function judgeWhole(test: Test, scope: Scope, context: Context): Verdict {
  const { subject, input } = scope;
  if (subject.lines !== undefined && (test.predicate === "matches" || test.predicate === "not_matches")) {
    return judgeLines(test, scope, context);
  }
  const answer = testValue(subject.fields, test, context.around);
  if (answer === "unknown") return openBecause([input]);
  if (answer === "no") return fails;
  return typeof subject.fields === "string" && subject.lines === undefined
    ? hitAt(subject, { value: subject.fields })
    : { kind: "holds", hits: [{ subject, places: [] }] };
}

/** Looks for a pattern line by line, so that evidence has the line; what is too long to be read proves nothing by a miss. */
function judgeLines(test: Test & { readonly value: string }, scope: Scope, context: Context): Verdict {
  const { subject, input } = scope;
  const pattern = context.around.patterns.get(test.value);
  const places = new Map<number, Place>();
  for (const { line, text } of subject.lines ?? []) {
    const index = text.search(pattern);
    if (index !== -1 && !places.has(line)) places.set(line, { line, value: excerpt(text, index).trim() });
  }
  if (test.predicate === "matches" && places.size > 0) return hitsAt(subject, [...places.values()]);
  const isTooLong = typeof subject.fields === "string" && subject.fields.length > maxText;
  if (places.size === 0 && isTooLong) return openBecause([input]);
  if (test.predicate === "matches" || places.size > 0) return fails;
  return hitAt(subject, { note: `no line matches ${test.value}` });
}

/** Of a long text the part that a pattern found. */
function shownPart(value: unknown, test: Test, { around }: Context): unknown {
  if (typeof value !== "string" || value.length <= maxShown || test.predicate !== "matches") return value;
  return excerpt(value, Math.max(0, value.search(around.patterns.get(test.value))));
}

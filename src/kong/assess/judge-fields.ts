import type { Leaf, Test } from "#src/kong/catalogue/condition.ts";
import type { Input } from "#src/kong/inventory.ts";
import type { Context } from "./context.ts";
import { valueAt, visitFields } from "./field-path.ts";
import { hitAt, hitsAt } from "./hit.ts";
import { pathOf } from "./leaf-test.ts";
import { askValues, testValue } from "./predicates.ts";
import type { Answer } from "./predicates.ts";
import { pathIn, rootOf, startOf } from "./scope.ts";
import type { Judge, Scope } from "./scope.ts";
import { excerpt, maxShown } from "./shown-value.ts";
import { inputThatTells } from "./subject.ts";
import { maxText } from "./text-lines.ts";
import { fails, openBecause } from "./verdict.ts";
import type { Place, Verdict } from "./verdict.ts";

/** Judges a test on every field that the leaf's path means in an object; `list` is the one whose elements are shared. */
export function fieldsJudge(leaf: Leaf, test: Test, context: Context, list: string | undefined): Judge {
  const whole = pathOf(leaf);
  if (whole === undefined) return (scope) => judgeWhole(test, scope, context);
  const start = startOf(whole, list);
  const path = context.path(start.path);
  const { keys } = path;
  const placeOf = (scope: Scope, found: string, value: unknown): Place => {
    const field = fieldName(leaf, scope) ?? pathIn(scope, start, found);
    const { file, line } = scope.subject.placeOf?.(field) ?? {};
    return {
      field,
      value: shownPart(value, test, context),
      ...(line === undefined ? {} : { line }),
      ...(file === undefined ? {} : { file }),
    };
  };
  const answerOf = askValues(test, context.around);
  const ask = (value: unknown, input: Input): Exclude<Answer, "unknown"> | { readonly teller: Input } => {
    const teller = inputThatTells(value);
    if (teller !== undefined) return { teller };
    const answer = answerOf(value);
    return answer === "unknown" ? { teller: input } : answer;
  };
  if (keys !== undefined) {
    return (scope) => {
      const value = valueAt(rootOf(scope, start), keys);
      const answer = ask(value, scope.input);
      if (answer === "no") return fails;
      if (answer !== "yes") return openBecause([answer.teller]);
      return hitAt(scope.subject, placeOf(scope, path.text, value));
    };
  }
  return (scope) => {
    const places: Place[] = [];
    const open: Input[] = [];
    const isComplete = visitFields(rootOf(scope, start), path, (value, _, found) => {
      const answer = ask(value, scope.input);
      if (answer === "yes") places.push(placeOf(scope, found(), value));
      else if (answer !== "no") open.push(answer.teller);
    });
    if (places.length > 0) return hitsAt(scope.subject, places);
    if (!isComplete) open.push(scope.input);
    return open.length > 0 ? openBecause([...new Set(open)]) : fails;
  };
}

/** A setting is called by its key, a fact of the installation as the catalogue calls it. */
function fieldName(leaf: Leaf, { subject }: Scope): string | undefined {
  if (leaf.kind === "conf") return subject.describe().name;
  return leaf.kind === "deployment" ? leaf.path : undefined;
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
  const places = new Map<number, { readonly line: number; readonly value: string }>();
  for (const { line, text } of subject.lines ?? []) {
    if (pattern.test(text) && !places.has(line)) places.set(line, { line, value: text });
  }
  if (test.predicate === "matches" && places.size > 0) {
    return hitsAt(
      subject,
      [...places.values()].map(({ line, value }) => ({ line, value: excerpt(value, pattern).trim() })),
    );
  }
  const isTooLong = typeof subject.fields === "string" && subject.fields.length > maxText;
  if (places.size === 0 && isTooLong) return openBecause([input]);
  if (test.predicate === "matches" || places.size > 0) return fails;
  return hitAt(subject, { note: `no line matches ${test.value}` });
}

/** Of a long text the part that a pattern found. */
function shownPart(value: unknown, test: Test, { around }: Context): unknown {
  if (typeof value !== "string" || value.length <= maxShown || test.predicate !== "matches") return value;
  return excerpt(value, around.patterns.get(test.value));
}

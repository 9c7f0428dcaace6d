import type { Condition, Leaf } from "#src/kong/catalogue/condition.ts";
import type { Context } from "./context.ts";
import { listOf, visitFields } from "./field-path.ts";
import { judgeFields } from "./judge-fields.ts";
import { judgeObject } from "./judge-object.ts";
import { pathOf, testOf } from "./leaf-test.ts";
import { resolve } from "./scope.ts";
import type { Scope } from "./scope.ts";
import { unsetSubjects } from "./settings.ts";
import type { Subject, Subjects } from "./subject.ts";
import { subjectKey, subjectsOf } from "./subjects-of-leaf.ts";
import type { LookingLeaf } from "./subjects-of-leaf.ts";
import { allOf, anyOf, fails, holds, joinPlaces, listAll, not, openBecause } from "./verdict.ts";
import type { Hit, Verdict } from "./verdict.ts";

/**
 * Whether a condition holds for an installation, with what it hits; what was not read makes it open, never false. Inside
 * one `all`, conditions on the same kind and name are about the same object, and those with the same list path about the
 * same element.
 */
export function evaluate(condition: Condition, context: Context): Verdict {
  if ("any" in condition) return anyOf(condition.any.map((one) => evaluate(one, context)));
  if ("not" in condition) return not(evaluate(condition.not, context));
  if ("all" in condition) return evaluateAll(condition.all, context);
  return evaluateLeaf(condition, context);
}

function evaluateAll(conditions: readonly Condition[], context: Context): Verdict {
  const groups = groupBy(conditions, sharedSubject);
  return allOf(
    groups.map((group) => evaluateTogether(group, context)),
    listAll,
  );
}

function evaluateTogether(group: readonly Condition[], context: Context): Verdict {
  const [first] = group;
  if (first === undefined) return holds;
  const leaf = group.length > 1 ? leavesOf(first)[0] : undefined;
  if (leaf === undefined || !isLooking(leaf)) return evaluate(first, context);
  return eachSubject(subjectsOf(leaf, context), (scope) => judgeAll(group, scope, context));
}

function evaluateLeaf(leaf: Leaf, context: Context): Verdict {
  if (leaf.kind === "always") return holds;
  if (leaf.kind === "manual") return { kind: "open", inputs: [], questions: [leaf.question], hits: [] };
  if (leaf.kind === "conf" && leaf.predicate === "env_absent") return lacksVariable(leaf.key, context);
  if (leaf.kind === "conf" && leaf.predicate === "absent") return isUnset(leaf.key, context);
  const subjects = subjectsOf(leaf, context);
  if (isAboutNone(leaf)) return noneOf(subjects);
  return eachSubject(subjects, (scope) => judgeLeaf(leaf, scope, context));
}

/** Holds for the objects for which it holds; where some could not be judged, or not all were read, a miss is open. */
function eachSubject(subjects: Subjects, judgeOne: (scope: Scope) => Verdict): Verdict {
  const hits: Hit[] = [];
  const open = new Set(subjects.isComplete ? [] : [subjects.input]);
  for (const subject of subjects.all) {
    const verdict = judgeOne({ subject, input: subjects.input });
    if (verdict.kind === "open") for (const input of verdict.inputs) open.add(input);
    if (verdict.kind !== "holds") continue;
    if (verdict.hits.length === 0) hits.push({ subject, places: [] });
    for (const hit of verdict.hits) hits.push(hit);
  }
  if (hits.length > 0) return { kind: "holds", hits };
  return open.size > 0 ? openBecause([...open]) : fails;
}

function judge(condition: Condition, scope: Scope, context: Context): Verdict {
  if ("any" in condition) return anyOf(condition.any.map((one) => judge(one, scope, context)));
  if ("not" in condition) return not(judge(condition.not, scope, context));
  if ("all" in condition) return judgeAll(condition.all, scope, context);
  return judgeLeaf(condition, scope, context);
}

function judgeAll(conditions: readonly Condition[], scope: Scope, context: Context): Verdict {
  const groups = groupBy(conditions, (condition) => sharedList(condition, scope));
  return allOf(
    groups.map((group) => judgeTogether(group, scope, context)),
    joinPlaces,
  );
}

function judgeTogether(group: readonly Condition[], scope: Scope, context: Context): Verdict {
  const [first] = group;
  if (first === undefined) return holds;
  const list = group.length > 1 ? sharedList(first, scope) : undefined;
  if (list === undefined) return judge(first, scope, context);
  const start = resolve(scope, list);
  const verdicts: Verdict[] = [];
  const isComplete = visitFields(start.root, context.path(start.path), ({ value, path }) => {
    const element = { list, path: start.prefix + path(), value };
    verdicts.push(judgeAll(group, { ...scope, element }, context));
  });
  if (!isComplete) verdicts.push(openBecause([scope.input]));
  return anyOf(verdicts);
}

function judgeLeaf(leaf: Leaf, scope: Scope, context: Context): Verdict {
  const test = testOf(leaf);
  if (test === undefined) return { kind: "holds", hits: [{ subject: scope.subject, places: [] }] };
  return judgeObject(leaf, test, scope, context) ?? judgeFields(leaf, test, scope, context);
}

/** The object that all leaves of a condition are about; undefined where they are about several, or about none being there. */
function sharedSubject(condition: Condition): string | undefined {
  return common(
    leavesOf(condition).map((leaf) => (isLooking(leaf) && !isAboutNone(leaf) ? subjectKey(leaf) : undefined)),
  );
}

/** The list that all leaves of a condition go through; undefined where an element of it is chosen already. */
function sharedList(condition: Condition, { element }: Scope): string | undefined {
  const list = common(leavesOf(condition).map((leaf) => listBelow(leaf)));
  return list === element?.list ? undefined : list;
}

function listBelow(leaf: Leaf): string | undefined {
  const path = pathOf(leaf);
  const predicate = testOf(leaf)?.predicate;
  if (path === undefined || predicate === "has_duplicates" || predicate === "key_matches") return undefined;
  return listOf(path);
}

function leavesOf(condition: Condition): readonly Leaf[] {
  if ("any" in condition) return condition.any.flatMap(leavesOf);
  if ("all" in condition) return condition.all.flatMap(leavesOf);
  return "not" in condition ? leavesOf(condition.not) : [condition];
}

function isLooking(leaf: Leaf): leaf is LookingLeaf {
  return leaf.kind !== "always" && leaf.kind !== "manual";
}

/** Whether a leaf holds when there is nothing to look at. */
function isAboutNone(leaf: Leaf): boolean {
  const predicate = testOf(leaf)?.predicate;
  if (leaf.kind === "conf") return predicate === "absent" || predicate === "env_absent";
  return predicate === "absent" && pathOf(leaf) === undefined;
}

function noneOf({ all, input, isComplete }: Subjects): Verdict {
  if (all.length > 0) return fails;
  return isComplete ? holds : openBecause([input]);
}

function isUnset(key: string, context: Context): Verdict {
  const unset = unsetSubjects(key, context);
  return eachSubject(unset, ({ subject }) => ({ kind: "holds", hits: [{ subject, places: [{ field: key }] }] }));
}

function lacksVariable(name: string, { inventory }: Context): Verdict {
  if (inventory.environmentNames === undefined) return openBecause(["configuration"]);
  if (inventory.environmentNames.includes(name)) return fails;
  return { kind: "holds", hits: [{ subject: environment, places: [{ field: name }] }] };
}

const environment: Subject = {
  fields: undefined,
  isCircumstance: true,
  describe: () => ({ label: "environment", what: "environment" }),
};

/** Conditions with the same key together, in the order in which they come; those without one each for itself. */
function groupBy(
  conditions: readonly Condition[],
  keyOf: (condition: Condition) => string | undefined,
): readonly (readonly Condition[])[] {
  const groups: Condition[][] = [];
  const byKey = new Map<string, Condition[]>();
  for (const condition of conditions) {
    const key = keyOf(condition);
    const group = key === undefined ? undefined : byKey.get(key);
    if (group !== undefined) {
      group.push(condition);
      continue;
    }
    const made = [condition];
    groups.push(made);
    if (key !== undefined) byKey.set(key, made);
  }
  return groups;
}

function common(keys: readonly (string | undefined)[]): string | undefined {
  const [first] = keys;
  return keys.every((key) => key === first) ? first : undefined;
}

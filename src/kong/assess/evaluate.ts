import type { Condition, Leaf } from "#src/kong/catalogue/condition.ts";
import type { Context } from "./context.ts";
import { listOf, visitFields } from "./field-path.ts";
import { fieldsJudge } from "./judge-fields.ts";
import { narrowed } from "./narrow.ts";
import { objectJudge } from "./judge-object.ts";
import { pathOf, testOf } from "./leaf-test.ts";
import { pathIn, rootOf, startOf } from "./scope.ts";
import type { Judge } from "./scope.ts";
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
  if ("not" in condition) return not(evaluate(condition.not, context));
  if ("any" in condition) {
    return anyOf(groupBy(condition.any, sharedByAlternatives).map((any) => evaluateTogether(any, { any }, context)));
  }
  if (!("all" in condition)) return evaluateLeaf(condition, context);
  const verdicts = groupBy(condition.all, sharedSubject).map((all) => evaluateTogether(all, { all }, context));
  return allOf(verdicts, listAll);
}

/** Conditions on one kind and name look at each object once: in an `all` they have to be about the same one. */
function evaluateTogether(group: readonly Condition[], whole: Condition, context: Context): Verdict {
  const [first] = group;
  if (first === undefined) return fails;
  const leaf = group.length > 1 ? leavesOf(first)[0] : undefined;
  if (leaf === undefined || !isLooking(leaf)) return evaluate(first, context);
  const subjects = narrowed(whole, subjectsOf(leaf, context), context);
  return eachSubject(subjects, judgeOf(whole, context, undefined));
}

function evaluateLeaf(leaf: Leaf, context: Context): Verdict {
  if (leaf.kind === "always") return holds;
  if (leaf.kind === "manual") return asked(leaf, context);
  if (leaf.kind === "conf" && leaf.predicate === "env_absent") return lacksVariable(leaf.key, context);
  if (leaf.kind === "conf" && leaf.predicate === "absent") return isUnset(leaf.key, context);
  const subjects = subjectsOf(leaf, context);
  if (isAboutNone(leaf)) return noneOf(subjects);
  return eachSubject(narrowed(leaf, subjects, context), leafJudge(leaf, context, undefined));
}

function asked({ question, answeredBy }: Extract<Leaf, { readonly kind: "manual" }>, context: Context): Verdict {
  const isAnswered =
    answeredBy === "environment"
      ? context.inventory.environmentNames !== undefined
      : answeredBy !== undefined && context.isRead(answeredBy);
  if (isAnswered) return fails;
  return { kind: "open", inputs: [], questions: [question], hits: [] };
}

/** Holds for the objects for which it holds; where some could not be judged, or not all were read, a miss is open. */
function eachSubject(subjects: Subjects, judgeOne: Judge): Verdict {
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

/** A condition on one object; `list` is the one of which an element is chosen already. */
function judgeOf(condition: Condition, context: Context, list: string | undefined): Judge {
  if ("any" in condition) {
    const judges = condition.any.map((one) => judgeOf(one, context, list));
    return (scope) => {
      const verdicts: Verdict[] = [];
      for (const judge of judges) addUnlessFails(verdicts, judge(scope));
      return anyOf(verdicts);
    };
  }
  if ("not" in condition) {
    const judge = judgeOf(condition.not, context, list);
    return (scope) => not(judge(scope));
  }
  if (!("all" in condition)) return leafJudge(condition, context, list);
  const judges = groupBy(condition.all, (one) => sharedList(one, list)).map((group) =>
    judgeTogether(group, context, list),
  );
  const [first] = judges;
  if (first !== undefined && judges.length === 1) return first;
  return (scope) => {
    let verdicts: Verdict[] | undefined;
    for (const judge of judges) {
      const verdict = judge(scope);
      if (verdict.kind === "fails") return fails;
      if (verdicts === undefined) verdicts = [verdict];
      else verdicts.push(verdict);
    }
    return allOf(verdicts ?? [], joinPlaces);
  };
}

/** What fails says nothing among alternatives, and on most objects all of them do. */
function addUnlessFails(verdicts: Verdict[], verdict: Verdict): void {
  if (verdict.kind !== "fails") verdicts.push(verdict);
}

/** Conditions that share a list are judged on each of its elements. */
function judgeTogether(group: readonly Condition[], context: Context, outer: string | undefined): Judge {
  const [first] = group;
  if (first === undefined) return () => holds;
  const list = group.length > 1 ? sharedList(first, outer) : undefined;
  if (list === undefined) return judgeOf(first, context, outer);
  const start = startOf(list, outer);
  const path = context.path(start.path);
  const judge = judgeOf({ all: group }, context, list);
  return (scope) => {
    const { subject, input } = scope;
    const verdicts: Verdict[] = [];
    const isComplete = visitFields(rootOf(scope, start), path, (value, _, found) => {
      const element = { path: () => pathIn(scope, start, found()), value };
      addUnlessFails(verdicts, judge({ subject, input, element }));
    });
    if (!isComplete) verdicts.push(openBecause([scope.input]));
    return anyOf(verdicts);
  };
}

function leafJudge(leaf: Leaf, context: Context, list: string | undefined): Judge {
  const test = testOf(leaf);
  if (test === undefined) return ({ subject }) => ({ kind: "holds", hits: [{ subject, places: [] }] });
  return objectJudge(leaf, test, context, list) ?? fieldsJudge(leaf, test, context, list);
}

/** The object that all leaves of a condition are about; undefined where they are about several, or about none being there. */
function sharedSubject(condition: Condition): string | undefined {
  return common(
    leavesOf(condition).map((leaf) => (isLooking(leaf) && !isAboutNone(leaf) ? subjectKey(leaf) : undefined)),
  );
}

/** Alternatives look at each object once, too; not so one that says that no object is like that. */
function sharedByAlternatives(condition: Condition): string | undefined {
  return saysNot(condition) ? undefined : sharedSubject(condition);
}

function saysNot(condition: Condition): boolean {
  if ("any" in condition) return condition.any.some(saysNot);
  if ("all" in condition) return condition.all.some(saysNot);
  return "not" in condition;
}

/** The list that all leaves of a condition go through; undefined where an element of it is chosen already. */
function sharedList(condition: Condition, chosen: string | undefined): string | undefined {
  const list = common(leavesOf(condition).map(listBelow));
  return list === chosen ? undefined : list;
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
  const unset = context.subjects(`unset ${key}`, () => unsetSubjects(key, context));
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

import type { Condition, Leaf } from "#src/kong/catalogue/condition.ts";
import type { Context } from "./context.ts";
import { fieldAliases } from "./field-aliases.ts";
import { pathOf, testOf } from "./leaf-test.ts";
import { testValue } from "./predicates.ts";
import { regexFields } from "./regex-fields.ts";
import type { Subjects } from "./subject.ts";

type Names = (name: string) => boolean;

/**
 * The plugin instances that a condition on all plugins can hit at all: those that have the field it asks about. An
 * installation has tens of thousands of instances of a few plugins, and most fields belong to one of these.
 */
export function narrowed(condition: Condition, subjects: Subjects, context: Context): Subjects {
  const canHit = namesOf(condition, context);
  if (canHit === undefined) return subjects;
  return {
    ...subjects,
    all: context
      .pluginNames()
      .filter(canHit)
      .flatMap((name) => context.plugins(name)),
  };
}

/** Names of plugins outside of which the condition holds for no instance; undefined where nothing can be said. */
function namesOf(condition: Condition, context: Context): Names | undefined {
  if ("not" in condition) return undefined;
  if ("all" in condition) {
    const parts = condition.all.map((one) => namesOf(one, context)).filter((part) => part !== undefined);
    return parts.length === 0 ? undefined : (name) => parts.every((part) => part(name));
  }
  if (!("any" in condition)) return namesOfLeaf(condition, context);
  const parts = condition.any.map((one) => namesOf(one, context));
  const known = parts.filter((part) => part !== undefined);
  return known.length < parts.length ? undefined : (name) => known.some((part) => part(name));
}

function namesOfLeaf(leaf: Leaf, context: Context): Names | undefined {
  const test = testOf(leaf);
  if (test === undefined || leaf.kind !== "plugin" || leaf.name !== "*") return undefined;
  if (test.predicate === "alias_mismatch") return (name) => Object.hasOwn(fieldAliases, name);
  if (test.predicate === "looks_like_regex") return (name) => Object.hasOwn(regexFields, name);
  const [first, second] = context.path(pathOf(leaf) ?? "").keys ?? [];
  const key = first === "config" && second !== undefined ? `config.${second}` : first;
  // A field that is not there may be what is looked for.
  if (key === undefined || testValue(undefined, test, context.around) !== "no") return undefined;
  return (name) => context.pluginFields(name).has(key);
}

import type { Leaf } from "#src/kong/catalogue/condition.ts";
import type { Context } from "./context.ts";
import { fieldAliases } from "./field-aliases.ts";
import { pathOf, testOf } from "./leaf-test.ts";
import { testValue } from "./predicates.ts";
import { regexFields } from "./regex-fields.ts";
import type { Subjects } from "./subject.ts";

/**
 * The plugin instances that a condition on all plugins can hit at all: those that have the field it asks about. An
 * installation has tens of thousands of instances of a few plugins, and most fields belong to one of these.
 */
export function narrowed(leaf: Leaf, subjects: Subjects, context: Context): Subjects {
  if (leaf.kind !== "plugin" || leaf.name !== "*") return subjects;
  const canHit = namesThatCanHit(leaf, context);
  if (canHit === undefined) return subjects;
  return {
    ...subjects,
    all: context
      .pluginNames()
      .filter(canHit)
      .flatMap((name) => context.plugins(name)),
  };
}

function namesThatCanHit(leaf: Leaf, context: Context): ((name: string) => boolean) | undefined {
  const test = testOf(leaf);
  if (test === undefined) return undefined;
  if (test.predicate === "alias_mismatch") return (name) => Object.hasOwn(fieldAliases, name);
  if (test.predicate === "looks_like_regex") return (name) => Object.hasOwn(regexFields, name);
  const [first, second] = context.path(pathOf(leaf) ?? "").keys ?? [];
  const key = first === "config" && second !== undefined ? `config.${second}` : first;
  // A field that is not there may be what is looked for.
  if (key === undefined || testValue(undefined, test, context.around) !== "no") return undefined;
  return (name) => context.pluginFields(name).has(key);
}

import type { ConfigurationValue } from "#practice/kong/gateway/profile.ts";
import type { Violations } from "./violation.ts";

/** The kinds of values that schemas of entities and plugins name. */
export type ValueType = "string" | "number" | "integer" | "boolean" | "array" | "map" | "record" | "foreign" | "any";

/** What a value must be. */
export interface ValueRule {
  readonly type: ValueType;
  readonly values?: readonly string[] | undefined;
  readonly fields?: Readonly<Record<string, ValueRule>> | undefined;
}

type Problem = string | readonly (string | null)[] | Violations;

const expectations: Readonly<
  Record<ValueType, { readonly fits: (value: ConfigurationValue) => boolean; readonly text: string }>
> = {
  string: { fits: (value) => typeof value === "string", text: "expected a string" },
  number: { fits: (value) => typeof value === "number", text: "expected a number" },
  integer: { fits: (value) => Number.isInteger(value), text: "expected an integer" },
  boolean: { fits: (value) => typeof value === "boolean", text: "expected a boolean" },
  array: { fits: (value) => Array.isArray(value), text: "expected an array" },
  map: { fits: isDocument, text: "expected a map" },
  record: { fits: isDocument, text: "expected a record" },
  foreign: { fits: (value) => isDocument(value) && typeof value["id"] === "string", text: "expected a record" },
  any: { fits: () => true, text: "" },
};

/** Says in Kong's words what is wrong with a value; undefined when nothing is. `null` is always allowed: it means "not set". */
function checkValue(value: ConfigurationValue, rule: ValueRule): Problem | undefined {
  if (value === null) return undefined;
  const expectation = expectations[rule.type];
  if (!expectation.fits(value)) return expectation.text;
  if (typeof value === "string") return oneOf(value, rule.values);
  if (Array.isArray(value)) return checkEntries(value, rule.values);
  return rule.type === "record" && isDocument(value) ? checkFields(value, rule.fields ?? {}) : undefined;
}

/** Checks every given field of a document; unknown ones are a violation, missing ones are not. */
export function checkFields(
  document: Readonly<Record<string, ConfigurationValue>>,
  rules: Readonly<Record<string, ValueRule>>,
): Violations | undefined {
  const found = Object.entries(document).flatMap(([name, value]): [string, Problem][] => {
    const rule = rules[name];
    const problem = rule === undefined ? "unknown field" : checkValue(value, rule);
    return problem === undefined ? [] : [[name, problem]];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** Whether a JSON value is an object. */
export function isDocument(value: ConfigurationValue): value is Record<string, ConfigurationValue> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkEntries(
  entries: readonly ConfigurationValue[],
  values: readonly string[] | undefined,
): readonly (string | null)[] | undefined {
  const problems = entries.map((entry) => (typeof entry === "string" ? (oneOf(entry, values) ?? null) : null));
  return problems.some((problem) => problem !== null) ? problems : undefined;
}

function oneOf(value: string, values: readonly string[] | undefined): string | undefined {
  return values === undefined || values.includes(value) ? undefined : `expected one of: ${values.join(", ")}`;
}

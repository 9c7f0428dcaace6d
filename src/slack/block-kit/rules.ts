/** One rule of Block Kit that a value breaks: where (JSON pointer), what in Slack's words, and a code for programs. */
export type Problem = { readonly pointer: string; readonly message: string; readonly code: ProblemCode };

type ProblemCode =
  | "missing_field"
  | "wrong_type"
  | "unknown_type"
  | "unknown_field"
  | "too_long"
  | "too_short"
  | "too_many"
  | "too_few"
  | "not_allowed"
  | "duplicate"
  | "format";

/** Looks at a value and lists what is wrong with it; `at` is the value's JSON pointer. */
export type Rule = (value: unknown, at: string) => readonly Problem[];

/** The fields that an object may have; those marked by `required` must be there. */
export type Fields = { readonly [name: string]: Rule | Required };
type Required = { readonly required: Rule };

type Bounds = { readonly min?: number; readonly max: number };

/** Makes one problem; saves the callers the brackets. */
export function problem(pointer: string, code: ProblemCode, message: string): readonly Problem[] {
  return [{ pointer, message, code }];
}

/** Marks a field that must be there. */
export function required(rule: Rule): Required {
  return { required: rule };
}

/** A string of bounded length; empty only when `min` is 0. */
export function text(bounds: Bounds): Rule {
  return (value, at) => {
    if (typeof value !== "string") return problem(at, "wrong_type", "must be a string");
    if (value.length > bounds.max) return problem(at, "too_long", `must be less than ${bounds.max + 1} characters`);
    const min = bounds.min ?? 1;
    return value.length < min ? problem(at, "too_short", `must be more than ${min - 1} characters`) : [];
  };
}

/** A switch. */
export const bool: Rule = (value, at) =>
  typeof value === "boolean" ? [] : problem(at, "wrong_type", "must be a boolean");

/** A number within bounds; whole unless said otherwise. */
export function number(
  bounds: { readonly min?: number; readonly max?: number; readonly decimal?: boolean } = {},
): Rule {
  return (value, at) => {
    if (typeof value !== "number") return problem(at, "wrong_type", "must be a number");
    if (bounds.decimal !== true && !Number.isInteger(value)) return problem(at, "wrong_type", "must be an integer");
    if (bounds.min !== undefined && value < bounds.min)
      return problem(at, "not_allowed", `must be at least ${bounds.min}`);
    if (bounds.max !== undefined && value > bounds.max)
      return problem(at, "not_allowed", `must be at most ${bounds.max}`);
    return [];
  };
}

/** One of a few fixed strings or numbers. */
export function oneOf(allowed: readonly (string | number)[]): Rule {
  return (value, at) =>
    allowed.some((it) => it === value) ? [] : problem(at, "not_allowed", `must be one of: ${allowed.join(", ")}`);
}

/** An absolute http or https URL of bounded length. */
export function url(max: number): Rule {
  return (value, at) => {
    const problems = text({ max })(value, at);
    if (problems.length > 0) return problems;
    const isWeb = typeof value === "string" && /^(?:https?|mailto|slack):/iu.test(value) && URL.canParse(value);
    return isWeb ? [] : problem(at, "format", "must be a valid URL");
  };
}

/** A string of a form, such as a date. */
export function pattern(form: RegExp, description: string): Rule {
  return (value, at) => {
    if (typeof value !== "string") return problem(at, "wrong_type", "must be a string");
    return form.test(value) ? [] : problem(at, "format", `must be ${description}`);
  };
}

/** A list of bounded length whose members all keep one rule. */
export function list(member: Rule, bounds: { readonly min?: number; readonly max?: number } = {}): Rule {
  return (value, at) => {
    if (!Array.isArray(value)) return problem(at, "wrong_type", "must be an array");
    const { min = 0, max = Number.POSITIVE_INFINITY } = bounds;
    if (value.length > max) return problem(at, "too_many", `no more than ${max} items allowed`);
    if (value.length < min) return problem(at, "too_few", `no fewer than ${min} items allowed`);
    return value.flatMap((item: unknown, index) => member(item, `${at}/${index}`));
  };
}

/** An object with exactly these fields; `also` looks at the object as a whole. */
export function object(fields: Fields, ...also: readonly Rule[]): Rule {
  return (value, at) => {
    if (!isObject(value)) return problem(at, "wrong_type", "must provide an object");
    const known = Object.entries(fields).flatMap(([name, field]) => checkField(value, name, field, at));
    const unknown = Object.keys(value)
      .filter((name) => !(name in fields))
      .flatMap((name) => problem(at, "unknown_field", `invalid additional property: ${name}`));
    return [...known, ...unknown, ...also.flatMap((rule) => rule(value, at))];
  };
}

/** An object that is told apart by its `type`. */
export function byType(variants: () => { readonly [type: string]: Rule }): Rule {
  return (value, at) => {
    if (!isObject(value)) return problem(at, "wrong_type", "must provide an object");
    const type = value["type"];
    if (type === undefined) return problem(at, "missing_field", "missing required field: type");
    const all = variants();
    const rule = typeof type === "string" && Object.hasOwn(all, type) ? all[type] : undefined;
    return rule === undefined
      ? problem(`${at}/type`, "unknown_type", `unsupported type: ${JSON.stringify(type)}`)
      : rule(value, at);
  };
}

/** Tells a JSON object from arrays, null and scalars. */
export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkField(
  value: { readonly [key: string]: unknown },
  name: string,
  field: Rule | Required,
  at: string,
): readonly Problem[] {
  const member = value[name];
  const isAbsent = member === undefined;
  if (typeof field === "function") return isAbsent ? [] : field(member, `${at}/${name}`);
  return isAbsent
    ? problem(at, "missing_field", `missing required field: ${name}`)
    : field.required(member, `${at}/${name}`);
}

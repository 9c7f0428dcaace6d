import type { ErrorCode } from "yaml";
import type { z } from "zod";
import type { Found } from "./cross-check.ts";

/** The schema's own words are about types; people need to know what to write. */
export function describeIssue(issue: z.core.$ZodIssue, plain: unknown): readonly Found[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: `unknown key “${key}”` }));
  }
  const isMissing = valueAt(plain, issue.path) === undefined;
  return [{ path: issue.path, message: isMissing ? `is missing; ${wish(issue)}` : wish(issue) }];
}

/** What is wrong with the text itself. The library's sentences quote the text, which may be a secret, so they are not used. */
export function complaintOfYaml(code: ErrorCode): string {
  return `not YAML: ${yamlSentences[code] ?? "something is not where it may be; look at quotes, colons and indentation"}`;
}

const yamlSentences: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: "an alias (*name) without a name; put a text that begins with * in quotes",
  BAD_DQ_ESCAPE: "a backslash in double quotes begins an escape; use single quotes",
  BAD_INDENT: "the indentation does not fit, or a bracket is not closed",
  BAD_SCALAR_START: "a text that begins with @ or ` must be in quotes",
  DUPLICATE_KEY: "the same key is written twice",
  MISSING_CHAR: "a quote, bracket, comma, colon or space is missing",
  MULTIPLE_DOCS: "the file holds more than one document; remove the line ---",
  TAB_AS_INDENT: "tabs may not indent; use spaces",
  TAG_RESOLVE_FAILED: "a text that begins with ! must be in quotes; tags are not allowed",
};

const typeWords: Readonly<Record<string, string>> = {
  string: "a text (in quotes, where it looks like a number)",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "keys and values",
  record: "keys and values",
  array: "a list",
};

function wish(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `expected ${typeWords[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `write ${issue.values.map(String).join(" or ")}`;
    // The only either-or of the file is the place of a secret.
    case "invalid_union":
      return "write where the secret lies, { env: NAME } or { file: /path }, and never the secret itself";
    case "too_small":
      return `expected at least ${issue.minimum}${unitOf(issue.origin, issue.minimum)}`;
    case "too_big":
      return `expected at most ${issue.maximum}${unitOf(issue.origin, issue.maximum)}`;
    default:
      return issue.message;
  }
}

function unitOf(origin: string, amount: number | bigint): string {
  if (origin === "string") return amount === 1 ? " character" : " characters";
  if (origin !== "array") return "";
  return amount === 1 ? " entry" : " entries";
}

function valueAt(plain: unknown, path: readonly PropertyKey[]): unknown {
  let value = plain;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

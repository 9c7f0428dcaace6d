import { unreachable } from "#src/kernel/result.ts";
import type { Literal, Test } from "#src/kong/catalogue/condition.ts";
import { isBundled } from "#src/kong/bundled-plugins.ts";
import { releaseLine } from "#src/kong/releases.ts";
import { minorOf, parseVersion } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";
import { acceptsDataPlane } from "#src/kong/hybrid/accepts-data-plane.ts";
import { fillingsOf } from "./deck-variables.ts";
import type { Fillings } from "./deck-variables.ts";
import { compareNumbers, parseNumbers } from "./dotted-number.ts";
import { isRecord } from "./field-path.ts";
import type { Release } from "./hop.ts";
import type { Patterns } from "./patterns.ts";
import { isChangedByNormalising } from "#src/kong/route-path.ts";
import { rsaBits } from "./rsa-bits.ts";

/** `unknown`: the value is there, but nobody can tell from it. */
export type Answer = "yes" | "no" | "unknown";

/** What values are compared with besides the catalogue's own. */
export interface Surroundings {
  readonly from: Release;
  readonly to: Release;
  /** ISO day. */
  readonly today: string;
  readonly patterns: Patterns;
  readonly adminApiSegments: readonly string[] | undefined;
  readonly databaseKind: "postgres" | "cassandra" | undefined;
}

/** What a value answers; undefined stands for one that is not there. Tests of a whole object are not for one value. */
export function testValue(value: unknown, test: Test, around: Surroundings): Answer {
  const fillings = typeof value === "string" ? fillingsOf(value) : undefined;
  if (fillings !== undefined && !isAboutForm(test)) return testFillings(fillings, test, around);
  switch (test.predicate) {
    case "present":
    case "absent":
    case "is_set":
    case "not_set":
    case "empty":
    case "is_null":
    case "is_array":
    case "is_number":
    case "non_integer":
      return yesIf(hasForm(value, test.predicate));
    case "equals":
      return yesIf(isSame(value, test.value));
    case "not_equals":
      return yesIf(isScalar(value) && !isSame(value, test.value));
    case "contains":
      return yesIf(holdsLiteral(value, test.value));
    case "in":
      return yesIf(test.value.some((one) => isSame(value, one)));
    case "not_in":
      return yesIf(isScalar(value) && !test.value.some((one) => isSame(value, one)));
    case "matches":
    case "path_matches":
    case "not_matches":
      return askPattern(test, around)(value);
    case "lt":
    case "lte":
    case "gt":
    case "gte":
    case "version_lt":
    case "version_gte":
      return compare(value, test.predicate, test.value);
    case "length_gt":
      return yesIf(lengthOf(value) > test.value);
    case "not_normalised":
      return yesIf(typeof value === "string" && isChangedByNormalising(value));
    case "rsa_bits_lt":
      return isShortKey(value, test.value);
    case "before_plus_days":
      return isBefore(value, around.today, test.value);
    case "in_admin_api_segments":
      return around.adminApiSegments === undefined ? "unknown" : yesIf(isAmong(value, around.adminApiSegments));
    case "bundled_by_target":
      return yesIf(isNewlyBundled(value, around));
    case "incompatible_with_target":
      return isRefusedByTarget(value, around.to.version);
    case "minor_differs_from_target":
      return differsFromMinor(value, around.to.version);
    case "not_in_target_support_list":
      return isUnsupportedDatabase(value, around);
    case "has_duplicates":
    case "key_matches":
    case "looks_like_regex":
    case "alias_mismatch":
    case "differs_from":
    case "dao_table_is_hash":
    case "has_duplicate_keys":
    case "env_absent":
    case "order_changes_against":
    case "equals_bundled":
    case "major_differs_between_cp_and_dp":
      return "unknown";
    default:
      return unreachable(test);
  }
}

/** The same as `testValue` for a test that is asked of many values: a pattern is looked up once. */
export function askValues(test: Test, around: Surroundings): (value: unknown) => Answer {
  switch (test.predicate) {
    case "matches":
    case "path_matches":
    case "not_matches": {
      const ask = askPattern(test, around);
      return (value) =>
        typeof value === "string" && value.includes("${{") ? testValue(value, test, around) : ask(value);
    }
    default:
      return (value) => testValue(value, test, around);
  }
}

function askPattern(test: Test & { readonly value: string }, around: Surroundings): (value: unknown) => Answer {
  const find = around.patterns.finder(test.value);
  if (test.predicate !== "not_matches") return (value) => searched(value, find);
  return (value) => (isScalar(value) ? opposite(searched(value, find)) : "no");
}

/** Whether a value is there can be told of one that a variable stands for, too. */
function isAboutForm({ predicate }: Test): boolean {
  return predicate === "present" || predicate === "absent" || predicate === "is_set" || predicate === "not_set";
}

/** Patterns can be told where the rest of a text decides whatever the variable is; nothing else can. */
function testFillings({ plain, odd }: Fillings, test: Test, around: Surroundings): Answer {
  if (plain === "x" || (test.predicate !== "matches" && test.predicate !== "not_matches")) return "unknown";
  const answer = testValue(plain, test, around);
  return answer === testValue(odd, test, around) ? answer : "unknown";
}

function searched(value: unknown, find: (text: string) => Answer): Answer {
  if (typeof value === "string") return find(value);
  return isScalar(value) ? find(String(value)) : "no";
}

type Form =
  | "present"
  | "absent"
  | "is_set"
  | "not_set"
  | "empty"
  | "is_null"
  | "is_array"
  | "is_number"
  | "non_integer";

function hasForm(value: unknown, form: Form): boolean {
  switch (form) {
    case "present":
      return value !== undefined;
    case "absent":
      return value === undefined;
    case "is_set":
      return value !== undefined && value !== null;
    case "not_set":
      return value === undefined || value === null;
    case "empty":
      return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
    case "is_null":
      return value === null;
    case "is_array":
      return Array.isArray(value);
    case "is_number":
      return typeof value === "number";
    case "non_integer":
      return typeof value === "number" && !Number.isInteger(value);
    default:
      return unreachable(form);
  }
}

function yesIf(isSo: boolean): Answer {
  return isSo ? "yes" : "no";
}

function opposite(answer: Answer): Answer {
  if (answer === "unknown") return answer;
  return answer === "yes" ? "no" : "yes";
}

function isScalar(value: unknown): value is Literal {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** kong.conf takes on and true, off and false for the same (Kong/kong 3.4.2 kong/conf_loader/init.lua, `boolean`). */
const spellings: Readonly<Record<string, string>> = { on: "true", off: "false" };

/** Files write numbers and booleans with and without quotes, so the texts are compared. */
function isSame(value: unknown, literal: Literal): boolean {
  if (!isScalar(value)) return false;
  return value === literal || spelled(String(value)) === spelled(String(literal));
}

function spelled(text: string): string {
  return Object.hasOwn(spellings, text) ? (spellings[text] ?? text) : text;
}

function holdsLiteral(value: unknown, literal: Literal): boolean {
  if (Array.isArray(value)) return value.some((item) => isSame(item, literal));
  return typeof value === "string" && value.includes(String(literal));
}

type Comparison = "lt" | "lte" | "gt" | "gte" | "version_lt" | "version_gte";

/** Numbers as numbers; against a text both are versions, compared as far as the bound goes: 2.1.4 is not past 2.1. */
function compare(value: unknown, comparison: Comparison, bound: number | string): Answer {
  if (!isScalar(value) || value === "") return "no";
  const order = typeof bound === "number" ? Number(value) - bound : orderOfVersions(String(value), bound);
  if (order === undefined || Number.isNaN(order)) return typeof bound === "number" ? "no" : "unknown";
  switch (comparison) {
    case "lt":
    case "version_lt":
      return yesIf(order < 0);
    case "lte":
      return yesIf(order <= 0);
    case "gt":
      return yesIf(order > 0);
    case "gte":
    case "version_gte":
      return yesIf(order >= 0);
    default:
      return unreachable(comparison);
  }
}

function orderOfVersions(text: string, bound: string): number | undefined {
  const wanted = parseNumbers(bound);
  const found = parseNumbers(text);
  return found === undefined || wanted === undefined
    ? undefined
    : compareNumbers(found.slice(0, wanted.length), wanted);
}

/** Of a text its characters, of a list its elements; of named lists, as migrations are told, the elements of all. */
function lengthOf(value: unknown): number {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (!isRecord(value)) return 0;
  const parts = Object.values(value);
  return parts.every((part) => Array.isArray(part))
    ? parts.reduce<number>((sum, part) => sum + part.length, 0)
    : parts.length;
}

function isShortKey(value: unknown, bits: number): Answer {
  if (value === undefined || value === null) return "no";
  const found = typeof value === "string" ? rsaBits(value) : undefined;
  if (found === undefined) return "unknown";
  return yesIf(found !== "not_rsa" && found < bits);
}

const dayMs = 86_400_000;

/** Days are compared in UTC; a time of day is left out. */
function isBefore(value: unknown, today: string, days: number): Answer {
  const end = dayOf(value);
  const start = dayOf(today);
  if (end === undefined || start === undefined) return "unknown";
  return yesIf(end < start + days * dayMs);
}

function dayOf(value: unknown): number | undefined {
  const day = typeof value === "string" ? /^\d{4}-\d{2}-\d{2}/u.exec(value)?.[0] : undefined;
  const time = day === undefined ? Number.NaN : Date.parse(day);
  return Number.isNaN(time) ? undefined : time;
}

function isAmong(value: unknown, texts: readonly string[]): boolean {
  return typeof value === "string" && texts.includes(value);
}

function isNewlyBundled(name: unknown, { from, to }: Surroundings): boolean {
  if (typeof name !== "string" || !isBundled(name, to.version, to.edition)) return false;
  return !isBundled(name, from.version, from.edition);
}

function isRefusedByTarget(value: unknown, to: Version): Answer {
  const dataPlane = typeof value === "string" ? parseVersion(value) : undefined;
  return dataPlane === undefined ? "unknown" : yesIf(!acceptsDataPlane(to, dataPlane));
}

function differsFromMinor(value: unknown, to: Version): Answer {
  const version = typeof value === "string" ? parseVersion(value) : undefined;
  return version === undefined ? "unknown" : yesIf(minorOf(version) !== minorOf(to));
}

/** PostgreSQL against the oldest that the target's line works with; Cassandra is gone from 3.4 (Kong 3.4 changelog). */
function isUnsupportedDatabase(value: unknown, { to: { version, edition }, databaseKind }: Surroundings): Answer {
  if (databaseKind === "cassandra") return yesIf(version.major > 3 || (version.major === 3 && version.minor >= 4));
  const minimum = releaseLine(minorOf(version), edition)?.minPostgres;
  if (minimum === undefined || !isScalar(value)) return "unknown";
  return compare(value, "lt", minimum);
}

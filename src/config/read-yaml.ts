import { LineCounter, parseDocument } from "yaml";
import type { Document } from "yaml";
import type { z } from "zod";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { complaintOfYaml, describeIssue } from "./complaint-text.ts";
import type { Found } from "./cross-check.ts";

/** Configuration is small; a larger file is a mistake. */
const maxFileBytes = 1_000_000;
/** Aliases may save a few lines, not build an exponentially large document ("billion laughs"). */
const maxAliases = 50;
/** More than this nobody reads; one early mistake may cause many. */
const maxComplaints = 100;

/** One thing that is wrong in the file: where, and what was expected. Shows no values, which may be secrets, but names of groups and humans. */
export interface Complaint {
  readonly path: string;
  readonly line: number | undefined;
  readonly message: string;
}

/** Reads a YAML file by its schema and by what one key alone cannot tell: what it says, or all complaints at once with path and line. */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  check: (plain: unknown) => readonly Found[] = () => [],
): Result<z.output<Schema>, readonly Complaint[]> {
  if (Buffer.byteLength(text) > maxFileBytes)
    return no([{ path: "", line: undefined, message: `the file is larger than ${maxFileBytes} bytes` }]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const broken = [...document.errors, ...document.warnings].map((error) => ({
    path: "",
    line: lines.linePos(error.pos[0]).line,
    message: complaintOfYaml(error.code),
  }));
  if (broken.length > 0) return no(distinct(broken));
  const plain = toPlain(document);
  if (!plain.ok) return no([{ path: "", line: undefined, message: plain.problem }]);
  const parsed = schema.safeParse(plain.value);
  const found: readonly Found[] = [
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => describeIssue(issue, plain.value))),
    ...check(plain.value),
  ];
  if (parsed.success && found.length === 0) return ok(parsed.data);
  return no(
    distinct(
      found.map(({ path, message }) => ({
        path: path.map(String).join("."),
        line: lineOf(path, document, lines),
        message,
      })),
    ),
  );
}

/** The library throws for aliases that point nowhere or multiply without end, and names them; a name may be a secret. */
function toPlain(document: Document): Result<unknown, string> {
  try {
    const value: unknown = document.toJS({ maxAliasCount: maxAliases });
    return ok(value);
  } catch {
    return no(
      `not YAML: an alias (*name) has no anchor (&name) before it, or more than ${maxAliases} of them multiply; put a text that begins with * in quotes`,
    );
  }
}

/** In the order of the file, each once. */
function distinct(complaints: readonly Complaint[]): readonly Complaint[] {
  const unique = new Map(complaints.map((complaint) => [JSON.stringify(complaint), complaint]));
  const sorted = [...unique.values()].toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0));
  const rest = sorted.length - maxComplaints;
  return rest <= 0
    ? sorted
    : [...sorted.slice(0, maxComplaints), { path: "", line: undefined, message: `and ${rest} more mistakes` }];
}

/** The line of the nearest part of the path that exists in the file. */
function lineOf(path: readonly PropertyKey[], document: Document, lines: LineCounter): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const offset = rangeStart(node);
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return undefined;
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node) || !Array.isArray(node.range)) return undefined;
  const start: unknown = node.range[0];
  return typeof start === "number" ? start : undefined;
}

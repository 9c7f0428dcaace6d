import { readFile, stat } from "node:fs/promises";
import { visible } from "#src/kong/assess/shown-value.ts";
import type { Assessment } from "#src/kong/assessment.ts";
import type { Evidence, Finding } from "#src/kong/finding.ts";

/** An entity ends long before that; a value further down belongs to another one. */
const maxLinesBelow = 400;
/** A longer line is a whole document; there is no exact place in it, and it would be searched once for each piece. */
const maxLineLength = 10_000;
/** Larger files keep the lines of their entities: looking through them again costs more than it tells. */
const maxFileBytes = 32_000_000;

/**
 * Evidence from files points to the line where its entity begins. Here it gets the line of the offending field or value,
 * so that an editor or a code host opens exactly the place to change.
 */
export async function withExactLines(assessment: Assessment): Promise<Assessment> {
  const files = new Set(
    assessment.hops.flatMap(({ findings }) =>
      findings.flatMap(({ evidence }) => evidence.flatMap((piece) => fileOf(piece) ?? [])),
    ),
  );
  const texts = new Map(await Promise.all([...files].map(async (file) => [file, await readLines(file)] as const)));
  return {
    ...assessment,
    hops: assessment.hops.map((hop) =>
      Object.assign({ ...hop }, { findings: hop.findings.map((finding) => exactFinding(finding, texts)) }),
    ),
  };
}

function fileOf(piece: Finding["evidence"][number]): string | undefined {
  return typeof piece === "string" || piece.line === undefined ? undefined : piece.file;
}

async function readLines(file: string): Promise<readonly string[]> {
  try {
    const { size } = await stat(file);
    if (size > maxFileBytes) return [];
    const lines = (await readFile(file, "utf8")).split("\n");
    return lines.map((line) => (line.length > maxLineLength ? "" : line));
  } catch {
    // It was read a moment ago; without it the entity's own line has to do.
    return [];
  }
}

function exactFinding(finding: Finding, texts: ReadonlyMap<string, readonly string[]>): Finding {
  return {
    ...finding,
    evidence: finding.evidence.map((piece) => (typeof piece === "string" ? piece : exactPiece(piece, texts))),
  };
}

function exactPiece(piece: Evidence, texts: ReadonlyMap<string, readonly string[]>): Evidence {
  const { file, line, field, value } = piece;
  if (file === undefined || line === undefined || field === undefined) return piece;
  const lines = entityLines((texts.get(file) ?? []).slice(line - 1, line - 1 + maxLinesBelow));
  // Of several fields the first.
  const at = findField(lines, field.split(" and ")[0] ?? field);
  if (at === undefined) return piece;
  const exact = line + (findValue(lines, at, value) ?? at);
  const name = visible(file);
  return { ...piece, line: exact, text: piece.text.replaceAll(`${name}:${line}`, `${name}:${exact}`) };
}

/**
 * The first line and those below it that belong to the same entity: what is indented less is another one's, and so is what
 * stands as deep as its dash or bracket. A field that comes from elsewhere, by an alias or a shared configuration, is not
 * found there.
 */
function entityLines(lines: readonly string[]): readonly string[] {
  const [first = ""] = lines;
  const least = indentOf(first) + (/^\s*(?:-(?:\s|$)|[{[])/u.test(first) ? 1 : 0);
  const end = lines.findIndex((line, index) => index > 0 && /^\s*[^\s#]/u.test(line) && indentOf(line) < least);
  return end === -1 ? lines : lines.slice(0, end);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The line of the field's last name, below the lines of the names before it: `config` first, then `whitelist`. */
function findField(lines: readonly string[], field: string): number | undefined {
  let from = 0;
  for (const name of field.replaceAll(/\[[^\]]*\]/gu, "").split(".")) {
    const found = lines.findIndex((line, index) => index >= from && isKey(line, name));
    if (found === -1) return undefined;
    from = found;
  }
  return from;
}

/** In block YAML the key begins the line; in flow YAML and JSON it stands anywhere. */
function isKey(line: string, name: string): boolean {
  const at = line.indexOf(name);
  if (at === -1) return false;
  const before = line.slice(0, at).trimEnd();
  const after = line.slice(at + name.length);
  return /(?:^|[-{,?"']|\[)$/u.test(before) && /^["']?\s*:/u.test(after);
}

/** A list's items stand below its key; a value on the key's own line is found there. */
function findValue(lines: readonly string[], from: number, value: string | undefined): number | undefined {
  if (value === undefined || value.length < 2 || /^[[{"]/u.test(value)) return undefined;
  const near = lines.slice(from, from + 100);
  const written = [value, value.replaceAll("\\", "\\\\")];
  // `/a` is not what stands on the line of `/a/b`.
  const alone = near.findIndex((line) => written.some((text) => standsAlone(line, text)));
  const found = alone === -1 ? near.findIndex((line) => written.some((text) => line.includes(text))) : alone;
  return found === -1 ? undefined : from + found;
}

function standsAlone(line: string, text: string): boolean {
  for (let at = line.indexOf(text); at !== -1; at = line.indexOf(text, at + 1)) {
    const isBegun = at === 0 || /[\s"'[{,]/u.test(line.charAt(at - 1));
    const isEnded = at + text.length === line.length || /[\s"'\]},]/u.test(line.charAt(at + text.length));
    if (isBegun && isEnded) return true;
  }
  return false;
}

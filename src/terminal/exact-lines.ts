import { readFile, stat } from "node:fs/promises";
import { lineStarts } from "#src/discovery/files/yaml/line-index.ts";
import type { LineStarts } from "#src/discovery/files/yaml/line-index.ts";
import { visible } from "#src/kong/assess/shown-value.ts";
import type { Assessment } from "#src/kong/assessment.ts";
import type { Evidence, Finding } from "#src/kong/finding.ts";

/** An entity ends long before that; a value further down belongs to another one. */
const maxLinesBelow = 400;
const maxCharactersBelow = 100_000;
/** A value stands at most so many lines below its key. */
const maxLinesToValue = 100;
/** A longer line is a whole document; there is no exact place in it, and it would be searched once for each piece. */
const maxLineLength = 10_000;
/** Larger files keep the lines of their entities: looking through them again costs more than it tells. */
const maxFileBytes = 64_000_000;

/**
 * Evidence from files points to the line where its entity begins. Here it gets the line of the offending field or value,
 * so that an editor or a code host opens exactly the place to change. Files are read one after the other: all of them may
 * be more than memory should hold.
 */
export async function withExactLines(assessment: Assessment): Promise<Assessment> {
  const exact = new Map<Evidence, Evidence>();
  for (const [file, pieces] of placedPieces(assessment)) {
    const source = await readSource(file);
    if (source === undefined) continue;
    for (const piece of pieces) exact.set(piece, exactPiece(piece, source));
  }
  const exactFinding = (finding: Finding): Finding => ({
    ...finding,
    evidence: finding.evidence.map((piece) => (typeof piece === "string" ? piece : (exact.get(piece) ?? piece))),
  });
  return {
    ...assessment,
    hops: assessment.hops.map((hop) => Object.assign({ ...hop }, { findings: hop.findings.map(exactFinding) })),
  };
}

/** Evidence that names a field in a file, by file. */
function placedPieces({ hops }: Assessment): ReadonlyMap<string, readonly Evidence[]> {
  const byFile = new Map<string, Evidence[]>();
  for (const piece of hops.flatMap(({ findings }) => findings.flatMap(({ evidence }) => evidence))) {
    if (typeof piece === "string" || piece.file === undefined) continue;
    if (piece.line === undefined || piece.field === undefined) continue;
    // A value of Helm was located when it was read, among several files.
    if (piece.what === "Helm release") continue;
    const known = byFile.get(piece.file);
    if (known === undefined) byFile.set(piece.file, [piece]);
    else known.push(piece);
  }
  return byFile;
}

interface Source {
  readonly name: string;
  readonly text: string;
  readonly startOf: LineStarts;
}

async function readSource(file: string): Promise<Source | undefined> {
  try {
    const { size } = await stat(file);
    if (size > maxFileBytes) return undefined;
    const text = await readFile(file, "utf8");
    return { name: visible(file), text, startOf: lineStarts(text) };
  } catch {
    // It was read a moment ago; without it the entity's own line has to do.
    return undefined;
  }
}

function exactPiece(piece: Evidence, { name, text, startOf }: Source): Evidence {
  const { line, field, value } = piece;
  const start = line === undefined ? undefined : startOf(line);
  if (line === undefined || start === undefined || field === undefined) return piece;
  if (isWholeDocument(text, start)) return piece;
  const below = entityText(
    text.slice(start, Math.min(startOf(line + maxLinesBelow) ?? text.length, start + maxCharactersBelow)),
  );
  // Of several fields the first.
  const at = findField(below, field.split(" and ")[0] ?? field);
  if (at === undefined) return piece;
  const exact = line + lineBreaks(below, 0, findValue(below, at, value) ?? at);
  return { ...piece, line: exact, text: piece.text.replaceAll(`${name}:${line}`, `${name}:${exact}`) };
}

function isWholeDocument(text: string, start: number): boolean {
  return text.length > start + maxLineLength && !text.slice(start, start + maxLineLength).includes("\n");
}

/**
 * The first line and those below it that belong to the same entity: what is indented less is another one's, and so is what
 * stands as deep as its dash or bracket, or in the next document. A field that comes from elsewhere, by an alias or a
 * shared configuration, is not found there.
 */
function entityText(below: string): string {
  const opening = contentAt(below, 0);
  const least = opening + (/^(?:-(?:\s|$)|[{[])/u.test(below.slice(opening, opening + 2)) ? 1 : 0);
  for (let at = below.indexOf("\n"); at !== -1; at = below.indexOf("\n", at + 1)) {
    const content = contentAt(below, at + 1);
    const indent = content - at - 1;
    const isBlank = content === below.length || below[content] === "\n" || below[content] === "#";
    const isNextDocument = indent === 0 && below.startsWith("---", content);
    if (isNextDocument || (!isBlank && indent < least)) return below.slice(0, at);
  }
  return below;
}

const indentation = /[^\S\n]*/uy;

/** Where the first character of a line stands that is no blank, or the line's end. */
function contentAt(text: string, lineStart: number): number {
  indentation.lastIndex = lineStart;
  indentation.test(text);
  return indentation.lastIndex;
}

/**
 * Where the line of the field's last name begins, below the lines of the names before it: `config` first, then `whitelist`.
 * Fields of a route may be annotations of an Ingress.
 */
function findField(below: string, field: string): number | undefined {
  const names = field.replaceAll(/\[[^\]]*\]/gu, "").split(".");
  return findNames(below, names) ?? findNames(below, [`konghq.com/${field.replaceAll("_", "-")}`]);
}

function findNames(below: string, names: readonly string[]): number | undefined {
  let from = 0;
  for (const name of names) {
    const found = findKey(below, name, from);
    if (found === undefined) return undefined;
    from = found;
  }
  return from;
}

function findKey(below: string, name: string, from: number): number | undefined {
  if (name === "") return undefined;
  for (let at = below.indexOf(name, from); at !== -1; at = below.indexOf(name, at + 1)) {
    const line = lineAround(below, at);
    if (line.end - line.start <= maxLineLength && isKey(below, line, { start: at, end: at + name.length }))
      return line.start;
  }
  return undefined;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function lineAround(below: string, at: number): Span {
  const end = below.indexOf("\n", at);
  return { start: below.lastIndexOf("\n", at - 1) + 1, end: end === -1 ? below.length : end };
}

/** In block YAML the key begins the line; in flow YAML and JSON it stands anywhere. */
function isKey(below: string, line: Span, { start, end }: Span): boolean {
  const before = below.slice(line.start, start).trimEnd();
  return /(?:^|[-{,?"']|\[)$/u.test(before) && /^["']?\s*:/u.test(below.slice(end, line.end));
}

/** A list's items stand below its key; a value on the key's own line is found there. */
function findValue(below: string, from: number, value: string | undefined): number | undefined {
  if (value === undefined || value.length < 2 || /^[[{"]/u.test(value)) return undefined;
  const written = [...new Set([value, value.replaceAll("\\", "\\\\")])];
  // `/a` is not what stands on the line of `/a/b`.
  return (
    nearest(below, from, (start) => written.map((one) => findAlone(below, one, start))) ??
    nearest(below, from, (start) => written.map((one) => below.indexOf(one, start)))
  );
}

/** The first of the places behind `from`; undefined where there is none, or none near enough. */
function nearest(below: string, from: number, find: (start: number) => readonly number[]): number | undefined {
  const places = find(from).filter((at) => at !== -1);
  const at = Math.min(...places);
  if (places.length === 0 || lineBreaks(below, from, at) >= maxLinesToValue) return undefined;
  const { start, end } = lineAround(below, at);
  return end - start > maxLineLength ? undefined : at;
}

/** Where a text stands with nothing of its own around it; -1 where it does nowhere. */
function findAlone(below: string, text: string, from: number): number {
  for (let at = below.indexOf(text, from); at !== -1; at = below.indexOf(text, at + 1)) {
    const end = at + text.length;
    const isBegun = at === 0 || /[\s"'[{,]/u.test(below.charAt(at - 1));
    const isEnded = end === below.length || /[\s"'\]},]/u.test(below.charAt(end));
    if (isBegun && isEnded) return at;
  }
  return -1;
}

function lineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

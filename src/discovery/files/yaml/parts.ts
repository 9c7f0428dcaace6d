import { readBlockLines } from "./block-lines.ts";
import { bounds } from "#src/discovery/files/bounds.ts";
import { jsonPiecesOf } from "./json-pieces.ts";
import { readJsonPiece } from "./json-text.ts";
import type { KnownTexts } from "./known-texts.ts";
import { lineIndex } from "./line-index.ts";
import type { LineIndex } from "./line-index.ts";
import { parseYaml } from "./parse.ts";
import { documentsOf, piecesOf, singleItems } from "./pieces.ts";
import type { DocumentSpan, Piece } from "./pieces.ts";
import { withoutPlaceholders } from "./placeholders.ts";
import { documentMemory } from "./builder-state.ts";
import type { DocumentMemory, YamlValue } from "./builder-state.ts";

/** The line at which a mapping begins; undefined for what is none of this part's. */
export type LineOf = (value: unknown) => number | undefined;

/** What a text of YAML or JSON holds, in its order; large lists come item by item and are never in memory as a whole. */
export type YamlPart =
  | { readonly kind: "document"; readonly line: number }
  | { readonly kind: "key"; readonly key: string; readonly line: number }
  | {
      readonly kind: "item";
      readonly key: string;
      readonly value: unknown;
      readonly line: number;
      readonly lineOf: LineOf;
    }
  | {
      readonly kind: "value";
      readonly key: string;
      readonly value: unknown;
      readonly line: number;
      readonly lineOf: LineOf;
    }
  /** A document that is not a mapping. */
  | { readonly kind: "root"; readonly value: unknown; readonly line: number; readonly lineOf: LineOf }
  | { readonly kind: "trouble" | "remark"; readonly line: number; readonly text: string };

interface Source {
  readonly text: string;
  readonly lines: LineIndex;
  readonly document: DocumentSpan;
  readonly memory: DocumentMemory;
}

/** Reads a text of YAML or JSON, several documents too. What cannot be parsed is a trouble; the rest goes on. */
export function* yamlParts(written: string, texts: KnownTexts, firstLine = 1): Generator<YamlPart> {
  const { text, original } = withoutPlaceholders(written);
  const lines = lineIndex(text, firstLine);
  let count = 0;
  for (const document of documentsOf(text)) {
    count += 1;
    if (count > bounds.documents) {
      const line = lines(document.start);
      yield { kind: "trouble", line, text: `more than ${bounds.documents} documents; the rest was not read` };
      return;
    }
    yield* documentParts({ text, lines, document, memory: documentMemory(texts, original) });
  }
}

function* documentParts(source: Source): Generator<YamlPart> {
  const { text, document } = source;
  const json = document.isWhole ? undefined : jsonPiecesOf(text, document);
  const split = json ?? (document.isWhole ? undefined : piecesOf(text, document));
  const [first] = split?.pieces ?? [];
  if (split === undefined || (first === undefined && split.cut === undefined)) {
    yield* wholeParts(source, wholeDocument(document));
    return;
  }
  yield { kind: "document", line: source.lines(first?.keyStart ?? document.start) };
  yield* pieceParts(source, split.pieces, json === undefined ? blockForm : flowForm);
  if (split.cut !== undefined) yield { kind: "trouble", line: source.lines(split.cut.offset), text: split.cut.text };
}

/** How a piece becomes a text that parses alone. */
interface Form {
  readonly before: Readonly<Record<Piece["kind"], string>>;
  readonly after: Readonly<Record<Piece["kind"], string>>;
  readonly isBlock: boolean;
}

// The line break lets the parser see the indentation of the first line.
const blockForm: Form = { before: { entry: "", items: "\n" }, after: { entry: "", items: "" }, isBlock: true };
const flowForm: Form = { before: { entry: "{", items: "[" }, after: { entry: "}", items: "]" }, isBlock: false };

function* pieceParts(source: Source, pieces: readonly Piece[], form: Form): Generator<YamlPart> {
  const seen = new Map<string, number>();
  let mayRest = form.isBlock;
  let troubles = 0;
  for (const piece of pieces) {
    const line = source.lines(piece.keyStart);
    yield* keyParts(seen, piece, line);
    const outcome = parsePiece(source, piece, form);
    if (outcome.ok) {
      yield* valueParts(piece, line, outcome);
      continue;
    }
    const rest = mayRest ? parseRest(source, piece) : undefined;
    mayRest = false;
    if (rest?.ok === true) {
      yield* mappingParts(rest, piece.key);
      return;
    }
    if (outcome.isFinal) {
      yield { kind: "trouble", line: outcome.line, text: outcome.text };
      return;
    }
    const failing = form.isBlock ? singleItems(source.text, piece) : [piece];
    for (const part of failingParts(source, { failing, form, line, outcome })) {
      if (part.kind === "trouble") troubles += 1;
      yield part;
      if (troubles > bounds.problems) return;
    }
  }
}

interface Failing {
  readonly failing: readonly Piece[];
  readonly form: Form;
  readonly line: number;
  readonly outcome: Failed;
}

/** Of a piece of a list only the items that do not parse are left out. */
function* failingParts(source: Source, { failing, form, line, outcome }: Failing): Generator<YamlPart> {
  if (failing.length <= 1) {
    yield { kind: "trouble", line: outcome.line, text: outcome.text };
    return;
  }
  for (const item of failing) {
    const alone = parsePiece(source, item, form);
    if (alone.ok) yield* valueParts(item, line, alone);
    else yield { kind: "trouble", line: alone.line, text: alone.text };
  }
}

function* keyParts(seen: Map<string, number>, piece: Piece, line: number): Generator<YamlPart> {
  const before = seen.get(piece.key);
  if (before === line) return;
  seen.set(piece.key, line);
  yield { kind: "key", key: piece.key, line };
  if (before !== undefined)
    yield {
      kind: "remark",
      line,
      text: `key ${JSON.stringify(piece.key)} stands on line ${before} too; Kong reads only the last`,
    };
}

interface Done {
  readonly ok: true;
  readonly parsed: YamlValue;
  readonly lineAt: LineIndex;
}

interface Failed {
  readonly ok: false;
  readonly line: number;
  readonly text: string;
  /** What follows in the document cannot be read either. */
  readonly isFinal: boolean;
}

function parsePiece(source: Source, piece: Piece, form: Form): Done | Failed {
  const simple = form.isBlock
    ? readBlockLines(source.text, piece, source.memory)
    : readJsonPiece(source.text, piece, source.memory);
  if (simple !== undefined) return { ok: true, parsed: simple, lineAt: source.lines };
  const before = form.before[piece.kind];
  const body = source.text.slice(piece.start, piece.end);
  return parseText(source, {
    text: before === "" ? body : `${before}${body}${form.after[piece.kind]}`,
    lineAt: (offset) => source.lines(piece.start + offset - before.length),
    firstLine: source.lines(piece.start) - (before === "\n" ? 1 : 0),
  });
}

/** From the list or entry that did not parse to the end of the document: there a line only looked like a key. */
function parseRest(source: Source, piece: Piece): Done | Failed {
  const start = piece.kind === "items" ? piece.start : piece.keyStart;
  const before = piece.kind === "items" ? `${JSON.stringify(piece.key)}:\n` : "";
  return parseText(source, {
    text: before + source.text.slice(start, source.document.end),
    lineAt: (offset) => source.lines(start + offset - before.length),
    firstLine: source.lines(start) - (before === "" ? 0 : 1),
  });
}

function wholeDocument({ start, end }: DocumentSpan): Piece {
  return { kind: "entry", key: "", keyStart: start, start, end };
}

interface Piecemeal {
  readonly text: string;
  readonly lineAt: LineIndex;
  /** Of the text that is parsed, the line of its first character in the file. */
  readonly firstLine: number;
}

function parseText({ memory }: Source, { text, lineAt, firstLine }: Piecemeal): Done | Failed {
  const outcome = parseYaml(text, memory);
  if (!outcome.ok) {
    const { offset, text: why, isFinal = false } = outcome.problem;
    return { ok: false, line: lineAt(offset), text: why, isFinal };
  }
  const parsed = outcome.value;
  return { ok: true, parsed, lineAt: parsed.text === text ? lineAt : lineIndex(parsed.text, firstLine) };
}

function* valueParts(piece: Piece, line: number, { parsed, lineAt }: Done): Generator<YamlPart> {
  const { value: root, remarks } = parsed;
  for (const remark of remarks) yield { kind: "remark", line: lineAt(remark.offset), text: remark.text };
  const lineOf = lineOfStart({ parsed, lineAt });
  if (piece.kind === "items") {
    for (const value of Array.isArray(root) ? root : []) yield { kind: "item", key: piece.key, value, line, lineOf };
    return;
  }
  yield* entryParts(piece.key, valueAt(root, piece.key), { line, lineOf });
}

function* entryParts(
  key: string,
  value: unknown,
  { line, lineOf }: { readonly line: number; readonly lineOf: LineOf },
): Generator<YamlPart> {
  if (!Array.isArray(value)) yield { kind: "value", key, value, line, lineOf };
  else for (const item of value) yield { kind: "item", key, value: item, line, lineOf };
}

function* wholeParts(source: Source, document: Piece): Generator<YamlPart> {
  const outcome = parsePiece(source, document, blockForm);
  if (!outcome.ok) {
    yield { kind: "trouble", line: outcome.line, text: outcome.text };
    return;
  }
  const { value, starts } = outcome.parsed;
  if (isMapping(value)) {
    yield { kind: "document", line: outcome.lineAt(starts.get(value) ?? 0) };
    yield* mappingParts(outcome, undefined);
  } else if (value !== undefined) {
    yield { kind: "root", value, line: source.lines(document.start), lineOf: lineOfStart(outcome) };
  }
}

/** All keys of a mapping that was parsed at once; the key that was announced already is not named again. */
function* mappingParts(done: Done, announced: string | undefined): Generator<YamlPart> {
  const { value, outerKeys, remarks } = done.parsed;
  for (const remark of remarks) yield { kind: "remark", line: done.lineAt(remark.offset), text: remark.text };
  const lineOf = lineOfStart(done);
  const named = new Set(announced === undefined ? [] : [announced]);
  for (const { key, offset } of outerKeys) {
    const line = done.lineAt(offset);
    if (!named.has(key)) yield { kind: "key", key, line };
    named.add(key);
  }
  const lines = new Map(outerKeys.map(({ key, offset }) => [key, done.lineAt(offset)]));
  for (const [key, line] of lines) yield* entryParts(key, valueAt(value, key), { line, lineOf });
}

function lineOfStart({ parsed, lineAt }: Pick<Done, "parsed" | "lineAt">): LineOf {
  return (value) => {
    if (typeof value !== "object" || value === null) return undefined;
    const start = parsed.starts.get(value);
    return start === undefined ? undefined : lineAt(start);
  };
}

/** A mapping as the parser makes it. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, key: string): unknown {
  return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

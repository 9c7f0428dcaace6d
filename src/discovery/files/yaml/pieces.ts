import { bounds } from "#src/discovery/files/bounds.ts";
import type { Remark } from "./builder-state.ts";

/**
 * A part of a text that can be parsed alone: a top-level key with all that belongs to it, or some items of the list that
 * is a top-level key's value.
 */
export interface Piece {
  readonly kind: "entry" | "items";
  readonly key: string;
  /** Offset of the key's own line. */
  readonly keyStart: number;
  readonly start: number;
  readonly end: number;
  /** Of an entry whose value is a block list: offset of the line of its first item. */
  readonly firstItem?: number;
}

/** The pieces of a document; `cut` tells where and why the rest of it is left out. */
export interface Split {
  readonly pieces: readonly Piece[];
  readonly cut?: Remark;
}

export const tooManyKeys = `more than ${bounds.outerKeys} keys in the outermost mapping; the rest was not read`;

/** From offset to offset of the whole text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A document of a YAML stream; `isWhole` where it cannot be split, because content stands on its marker line. */
export interface DocumentSpan extends Span {
  readonly isWhole: boolean;
}

const marker = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)[^\n]*/gmu;

/** The documents of a text, without those that hold only directives, comments and blank lines. */
export function* documentsOf(text: string): Generator<DocumentSpan> {
  let document = { start: 0, isWhole: false };
  for (const { index, 0: line } of text.matchAll(marker)) {
    // `^` also follows separators (U+2028) that end no line in YAML.
    if (index > 0 && text[index - 1] !== "\n") continue;
    if (document.isWhole || hasContent(text, { start: document.start, end: index })) yield { ...document, end: index };
    const isWhole = line.startsWith("---") && !/^---[ \t]*(?:#.*)?\r?$/u.test(line);
    document = { start: isWhole ? index : index + line.length, isWhole };
  }
  const end = text.length;
  if (document.isWhole || hasContent(text, { start: document.start, end })) yield { ...document, end };
}

const content = /\n[ \t]*[^\s#%][^\n]*|\n[ \t]+%/u;

function hasContent(text: string, { start, end }: Span): boolean {
  return (
    content.test(`\n${text.slice(start, Math.min(end, start + 2_000))}`) ||
    (end - start > 2_000 && content.test(`\n${text.slice(start, end)}`))
  );
}

const topLevelKey = /(?:[A-Za-z_][\w./-]*|"[^"\\\n]*"|'[^'\n]*')[ \t]*:(?=[ \t\r\n]|$)/uy;
const emptyRest = /[ \t]*(?:#[^\n]*)?\r?(?:\n|$)/uy;
const space = 0x20;
const dash = 0x2d;

/**
 * Splits a block mapping at its top-level keys, and lists below them at their items. Undefined where a line that begins
 * in the first column is neither: then only the whole document can be parsed. A line inside a quoted text or a flow
 * collection can look like a key; the piece before it then does not parse, which the caller notices.
 */
export function piecesOf(text: string, span: Span): Split | undefined {
  const keys = topLevelKeys(text, span);
  if (keys === undefined) return undefined;
  const last = keys[bounds.outerKeys];
  const pieces = keys
    .slice(0, bounds.outerKeys)
    .flatMap((key, index) => piecesOfEntry(text, key, keys[index + 1]?.start ?? span.end));
  return { pieces, ...(last === undefined ? {} : { cut: { offset: last.start, text: tooManyKeys } }) };
}

interface KeyLine {
  readonly name: string;
  readonly start: number;
  /** After the colon. */
  readonly afterColon: number;
}

function topLevelKeys(text: string, { start, end }: Span): readonly KeyLine[] | undefined {
  const keys: KeyLine[] = [];
  const firstColumn = /\n[^\s#]/gu;
  const first = text.charCodeAt(start);
  // The first line has no line break before it.
  let position =
    start < end && first > space && text[start] !== "#" ? start : nextFirstColumn(firstColumn, text, start);
  while (position < end && keys.length <= bounds.outerKeys) {
    if (!isItemStart(text, position)) {
      topLevelKey.lastIndex = position;
      const match = topLevelKey.exec(text);
      if (match === null) return undefined;
      const written = match[0].slice(0, -1).trimEnd();
      keys.push({
        name: /^["']/u.test(written) ? written.slice(1, -1) : written,
        start: position,
        afterColon: topLevelKey.lastIndex,
      });
    } else if (keys.length === 0) return undefined;
    position = nextFirstColumn(firstColumn, text, position);
  }
  return keys;
}

function nextFirstColumn(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex - 1 : text.length;
}

function isItemStart(text: string, position: number): boolean {
  if (text.charCodeAt(position) !== dash) return false;
  const next = text.charCodeAt(position + 1);
  return next === space || next === 0x0a || next === 0x0d || Number.isNaN(next);
}

function piecesOfEntry(text: string, key: KeyLine, end: number): readonly Piece[] {
  const whole: Piece = { kind: "entry", key: key.name, keyStart: key.start, start: key.start, end };
  emptyRest.lastIndex = key.afterColon;
  if (!emptyRest.test(text)) return [whole];
  const item = firstContent(text, emptyRest.lastIndex, end);
  if (item === undefined || !isItemStart(text, item)) return [whole];
  const list: Piece = { ...whole, firstItem: lineStart(text, item) };
  return end - key.start < bounds.pieceCharacters ? [list] : itemPieces(text, list, bounds.pieceCharacters);
}

/** Offset of the first character that is neither blank nor part of a comment. */
function firstContent(text: string, from: number, end: number): number | undefined {
  const line = /[ \t]*(?:#[^\n]*)?\r?\n/uy;
  line.lastIndex = from;
  let position = from;
  while (position < end && line.test(text)) position = line.lastIndex;
  while (position < end && text.charCodeAt(position) === space) position += 1;
  return position < end ? position : undefined;
}

function lineStart(text: string, position: number): number {
  return text.lastIndexOf("\n", position - 1) + 1;
}

/** The items of a block list in pieces of at least that many characters; with 0 each alone. */
function itemPieces(text: string, list: Piece, least: number): readonly Piece[] {
  const pieces: Piece[] = [];
  const { key, keyStart, end } = list;
  let start = list.firstItem ?? list.start;
  const firstDash = firstContent(text, start, end) ?? start;
  const needle = `\n${" ".repeat(firstDash - lineStart(text, firstDash))}-`;
  while (start < end) {
    let next = text.indexOf(needle, start + least);
    while (next !== -1 && next < end && !isItemStart(text, next + needle.length - 1))
      next = text.indexOf(needle, next + 1);
    const stop = next === -1 || next >= end ? end : next + 1;
    pieces.push({ kind: "items", key, keyStart, start, end: stop });
    start = stop;
  }
  return pieces;
}

/** A piece item by item, to leave out only the one that cannot be parsed; the piece alone where it is no block list. */
export function singleItems(text: string, piece: Piece): readonly Piece[] {
  return piece.kind === "entry" && piece.firstItem === undefined ? [piece] : itemPieces(text, piece, 0);
}

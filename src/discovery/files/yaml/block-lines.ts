import {
  addKey,
  addKnownKey,
  addRepeat,
  addValue,
  close,
  lastRepeat,
  likelyKey,
  openList,
  openMapping,
} from "./value-builder.ts";
import type { Repeat } from "./known-texts.ts";
import { valueBuilder } from "./builder-state.ts";
import type { DocumentMemory, ValueBuilder } from "./builder-state.ts";
import type { Span } from "./pieces.ts";

/**
 * Builds the value of block YAML in which every value stands on one line, as `deck dump` and `kong config db_export`
 * write it: much faster than the full parser, with the same result. Undefined where a line is anything else (flow
 * collections, block texts, anchors, trailing comments, values over several lines, mistakes): the full parser decides.
 * Offsets are those of the text.
 */
export function readBlockLines(text: string, { start, end }: Span, memory: DocumentMemory): ValueBuilder | undefined {
  if (unusual.test(text.slice(start, end))) return undefined;
  const lines: Lines = { text, builder: valueBuilder(memory), open: [], isPending: false };
  let position = start;
  while (position < end) {
    const next = text.indexOf("\n", position);
    const lineEnd = next === -1 || next > end ? end : next;
    if (!readLine(lines, position, lineEnd)) return undefined;
    position = lineEnd + 1;
  }
  if (lines.open.length === 0) return undefined;
  while (lines.open.length > 0) closeTop(lines, end);
  return lines.builder;
}

/** Tabs, control characters and everything beyond ASCII have rules of their own. */
const unusual = /[^\n\r\u0020-\u007E]/u;

/** Deeper nesting than that is not usual. */
const mostOpen = 30;

interface OpenBlock {
  readonly column: number;
  readonly isList: boolean;
}

interface Lines {
  readonly text: string;
  readonly builder: ValueBuilder;
  readonly open: OpenBlock[];
  /** The innermost mapping has a key without a value yet. */
  isPending: boolean;
}

const codes = { space: 0x20, carriageReturn: 0x0d, hash: 0x23, dash: 0x2d, colon: 0x3a } as const;

function readLine(lines: Lines, start: number, lineEnd: number): boolean {
  const { text } = lines;
  let position = skipSpaces(text, start, lineEnd);
  let end = lineEnd;
  while (
    end > position &&
    (text.charCodeAt(end - 1) === codes.space || text.charCodeAt(end - 1) === codes.carriageReturn)
  )
    end -= 1;
  if (position === end || text.charCodeAt(position) === codes.hash) return true;
  let isItem = false;
  closeDeeper(lines, position - start, position);
  while (
    text.charCodeAt(position) === codes.dash &&
    text.charCodeAt(position + 1) === codes.space &&
    position + 1 < end
  ) {
    if (!beginItem(lines, position - start, isItem)) return false;
    isItem = true;
    position = skipSpaces(text, position + 1, end);
  }
  return readContent(lines, { start: position, end, column: position - start, isItem });
}

function skipSpaces(text: string, from: number, end: number): number {
  let position = from;
  while (position < end && text.charCodeAt(position) === codes.space) position += 1;
  return position;
}

function closeDeeper(lines: Lines, column: number, offset: number): void {
  for (let top = lines.open.at(-1); top !== undefined && top.column > column; top = lines.open.at(-1))
    closeTop(lines, offset);
}

function closeTop(lines: Lines, offset: number): void {
  fillPending(lines, offset);
  lines.open.pop();
  close(lines.builder, offset);
}

/** A key with nothing behind it has the value null. */
function fillPending(lines: Lines, offset: number): void {
  if (!lines.isPending) return;
  lines.isPending = false;
  addValue(lines.builder, offset, "", "plain");
}

function beginItem(lines: Lines, column: number, isItem: boolean): boolean {
  const top = lines.open.at(-1);
  if (!isItem && top?.isList === true && top.column === column) return true;
  // The list begins: as the document, as a key's value (as deep as the key is enough), or as the item just begun.
  const mayBegin = top === undefined ? lines.builder.value === undefined : lines.isPending || isItem;
  if (!mayBegin || lines.open.length >= mostOpen) return false;
  lines.isPending = false;
  lines.open.push({ column, isList: true });
  openList(lines.builder, undefined);
  return true;
}

/** What a line holds behind its dashes. */
interface Content extends Span {
  readonly column: number;
  /** There is a dash before it. */
  readonly isItem: boolean;
}

function readContent(lines: Lines, content: Content): boolean {
  const { start, end } = content;
  const { text, builder } = lines;
  const likely = likelyKey(builder);
  const isLikely =
    likely !== undefined && text.startsWith(likely.name, start) && isKeyEnd(text, start + likely.name.length, end);
  const colon = isLikely ? start + likely.name.length : keyEnd(text, start, end);
  if (colon === undefined) return content.isItem && readScalar(lines, start, end);
  if (!beginKey(lines, content)) return false;
  if (isLikely) addKnownKey(builder, start, likely);
  else addKey(builder, start, text.slice(start, colon), "plain");
  const value = skipSpaces(text, colon + 1, end);
  if (value < end) return readScalar(lines, value, end);
  lines.isPending = true;
  return true;
}

/** Sees that a mapping of that column is open. */
function beginKey(lines: Lines, { start, column, isItem }: Content): boolean {
  let top = lines.open.at(-1);
  if (!isItem && top?.isList === true && top.column === column) {
    // A list that is as deep as its key ends at the next key.
    closeTop(lines, start);
    top = lines.open.at(-1);
  }
  if (!isItem && top?.isList === false && top.column === column) {
    fillPending(lines, start);
    return true;
  }
  const mayBegin = isItem || (top === undefined ? lines.builder.value === undefined : lines.isPending);
  if (!mayBegin || lines.open.length >= mostOpen) return false;
  lines.isPending = false;
  lines.open.push({ column, isList: false });
  openMapping(lines.builder, start, undefined);
  return true;
}

/** The offset of the colon behind a simple key; undefined where the line is none. */
function keyEnd(text: string, start: number, end: number): number | undefined {
  let position = start;
  while (position < end && isKeyCode(text.charCodeAt(position))) position += 1;
  return position > start && isKeyEnd(text, position, end) ? position : undefined;
}

function isKeyEnd(text: string, position: number, end: number): boolean {
  if (position >= end || text.charCodeAt(position) !== codes.colon) return false;
  return position + 1 === end || text.charCodeAt(position + 1) === codes.space;
}

/** Letters, digits and `_ - . /`. */
function isKeyCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || (code >= 0x2d && code <= 0x39)
  );
}

function readScalar({ text, builder }: Lines, start: number, end: number): boolean {
  const repeat = lastRepeat(builder);
  if (repeat === undefined || repeat.written.length !== end - start || !text.startsWith(repeat.written, start))
    return readNewScalar({ text, builder, repeat }, start, end);
  addRepeat(builder, start, repeat);
  return true;
}

interface Due extends Pick<Lines, "text" | "builder"> {
  readonly repeat: Repeat | undefined;
}

function readNewScalar({ text, builder, repeat }: Due, start: number, end: number): boolean {
  const first = text.charCodeAt(start);
  if (first === 0x22 || first === 0x27) {
    const written = text.slice(start, end);
    const raw = unquoted(written);
    if (raw === undefined) return false;
    note(repeat, written, addValue(builder, start, raw, "quoted"));
    return true;
  }
  if (indicators.has(first)) return readEmpty(builder, text.slice(start, end), start);
  if (!isPlain(text, start, end)) return false;
  const written = text.slice(start, end);
  note(repeat, written, addValue(builder, start, written, "plain"));
  return true;
}

/** Whether it is one text without quotes: no key, no comment behind it, no item of a list. */
function isPlain(text: string, start: number, end: number): boolean {
  for (let position = start; position < end; position += 1) {
    const code = text.charCodeAt(position);
    if (code === codes.colon && (position + 1 === end || text.charCodeAt(position + 1) === codes.space)) return false;
    if (code === codes.hash && text.charCodeAt(position - 1) === codes.space) return false;
  }
  return text.charCodeAt(start) !== codes.dash || (end > start + 1 && text.charCodeAt(start + 1) !== codes.space);
}

function note(repeat: Repeat | undefined, written: string, value: unknown): void {
  if (repeat === undefined) return;
  repeat.written = written;
  repeat.value = value;
}

/** What a plain scalar cannot begin with, or only with luck. */
const indicators: ReadonlySet<number> = new Set(Array.from("[]{}&*!|>%@`#,?:", (character) => character.charCodeAt(0)));

function readEmpty(builder: ValueBuilder, text: string, offset: number): boolean {
  if (text === "[]") openList(builder, undefined);
  else if (text === "{}") openMapping(builder, offset, undefined);
  else return false;
  close(builder, offset);
  return true;
}

/** Undefined where the text ends in another line, or something follows it. */
function unquoted(quoted: string): string | undefined {
  const inside = quoted.slice(1, -1);
  if (quoted.length < 2 || !quoted.endsWith(quoted[0] ?? "")) return undefined;
  if (quoted.startsWith("'")) {
    const isOne = !inside.includes("'") || !inside.replaceAll("''", "").includes("'");
    return isOne ? inside.replaceAll("''", "'") : undefined;
  }
  if (inside.includes("\\")) return fromJson(quoted);
  return inside.includes('"') ? undefined : inside;
}

/** The escapes of JSON mean the same in YAML. */
function fromJson(quoted: string): string | undefined {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

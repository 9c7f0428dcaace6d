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
import { valueBuilder } from "./builder-state.ts";
import type { DocumentMemory, ValueBuilder } from "./builder-state.ts";
import type { Piece } from "./pieces.ts";

/**
 * Builds the value of a piece of strict JSON: an entry of an object, or items of a list. Undefined where it is anything
 * else, flow YAML for example: the full parser decides. Offsets are those of the text.
 */
export function readJsonPiece(
  text: string,
  { kind, start, end }: Piece,
  memory: DocumentMemory,
): ValueBuilder | undefined {
  const builder = valueBuilder(memory);
  const isItems = kind === "items";
  if (isItems) openList(builder, undefined);
  else openMapping(builder, start, undefined);
  const json: Json = { text, end, builder, position: start, closers: [isItems], due: isItems ? "value" : "key" };
  for (;;) {
    skipBlank(json);
    if (json.position >= end) break;
    if (!step(json, text.charCodeAt(json.position))) return undefined;
  }
  // What is cut between two items may end with a comma.
  const isComplete = json.closers.length === 1 && (json.due === "comma_or_end" || (isItems && json.due === "value"));
  if (!isComplete) return undefined;
  close(builder, end);
  return builder;
}

interface Json {
  readonly text: string;
  readonly end: number;
  readonly builder: ValueBuilder;
  position: number;
  /** Of the lists (true) and objects (false) that are open. */
  readonly closers: boolean[];
  due: "value" | "value_or_end" | "key" | "key_or_end" | "comma_or_end";
}

const codes = {
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openList: 0x5b,
  backslash: 0x5c,
  closeList: 0x5d,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const;

/** Deeper nesting is left to the full parser, which refuses it. */
const mostOpen = 90;

function step(json: Json, code: number): boolean {
  switch (json.due) {
    case "comma_or_end":
      if (code !== codes.comma) return closeInner(json, code);
      json.position += 1;
      json.due = json.closers.at(-1) === true ? "value" : "key";
      return true;
    case "key_or_end":
      return code === codes.closeObject ? closeInner(json, code) : key(json);
    case "key":
      return key(json);
    case "value_or_end":
      return code === codes.closeList ? closeInner(json, code) : value(json, code);
    case "value":
      return value(json, code);
  }
}

/** The list or object around the piece is not closed inside it. */
function closeInner(json: Json, code: number): boolean {
  const isList = json.closers.at(-1) === true;
  if (json.closers.length === 1 || code !== (isList ? codes.closeList : codes.closeObject)) return false;
  json.closers.pop();
  close(json.builder, json.position);
  json.position += 1;
  json.due = "comma_or_end";
  return true;
}

function key(json: Json): boolean {
  const { builder, position: start } = json;
  const likely = likelyKey(builder);
  const isLikely = likely !== undefined && isQuoted(json, likely.name);
  const raw = isLikely ? likely.name : readString(json);
  if (raw === undefined) return false;
  if (isLikely) json.position = start + likely.name.length + 2;
  skipBlank(json);
  if (json.text.charCodeAt(json.position) !== codes.colon) return false;
  json.position += 1;
  if (isLikely) addKnownKey(builder, start, likely);
  else addKey(builder, start, raw, "quoted");
  json.due = "value";
  return true;
}

function isQuoted({ text, position, end }: Json, name: string): boolean {
  const last = position + name.length + 1;
  const isBetweenQuotes = text.charCodeAt(position) === codes.quote && text.charCodeAt(last) === codes.quote;
  return last < end && isBetweenQuotes && text.startsWith(name, position + 1);
}

function value(json: Json, code: number): boolean {
  if (code === codes.openObject || code === codes.openList) return begin(json, code === codes.openList);
  const { text, builder, position: start } = json;
  const repeat = lastRepeat(builder);
  if (repeat !== undefined && isWrittenAgain(json, repeat.written)) {
    json.position = start + repeat.written.length;
    addRepeat(builder, start, repeat);
  } else {
    const read = code === codes.quote ? readString(json) : readWord(json);
    if (read === undefined) return false;
    const kept = addValue(builder, start, read, code === codes.quote ? "quoted" : "plain");
    if (repeat !== undefined) {
      repeat.written = text.slice(start, json.position);
      repeat.value = kept;
    }
  }
  json.due = "comma_or_end";
  return true;
}

/** A text ends with its quote; a word such as 10 may only be the beginning of 100. */
function isWrittenAgain({ text, position, end }: Json, written: string): boolean {
  if (written === "" || !text.startsWith(written, position)) return false;
  const behind = position + written.length;
  return text.charCodeAt(position) === codes.quote || behind >= end || !isWordCode(text.charCodeAt(behind));
}

function readWord(json: Json): string | undefined {
  const { text, end, position: start } = json;
  while (json.position < end && isWordCode(text.charCodeAt(json.position))) json.position += 1;
  const raw = text.slice(start, json.position);
  return word.test(raw) ? raw : undefined;
}

const word = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/u;

/** Everything but blanks, commas and closing brackets. */
function isWordCode(code: number): boolean {
  return code > 0x20 && code !== codes.comma && code !== codes.closeList && code !== codes.closeObject;
}

function begin(json: Json, isList: boolean): boolean {
  if (json.closers.length >= mostOpen) return false;
  if (isList) openList(json.builder, undefined);
  else openMapping(json.builder, json.position, undefined);
  json.closers.push(isList);
  json.position += 1;
  json.due = isList ? "value_or_end" : "key_or_end";
  return true;
}

/** Control characters end a string of JSON before its quote. */
const firstPrintable = 0x20;

function readString(json: Json): string | undefined {
  const { text, position: start } = json;
  if (text.charCodeAt(start) !== codes.quote) return undefined;
  let hasEscape = false;
  for (let position = start + 1; position < json.end; position += 1) {
    const code = text.charCodeAt(position);
    if (code < firstPrintable) return undefined;
    if (code === codes.quote) {
      json.position = position + 1;
      return hasEscape ? unescaped(text.slice(start, position + 1)) : text.slice(start + 1, position);
    }
    if (code === codes.backslash) {
      hasEscape = true;
      position += 1;
    }
  }
  return undefined;
}

function unescaped(quoted: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(quoted);
    return typeof parsed === "string" ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function skipBlank(json: Json): void {
  const { text } = json;
  let code = text.charCodeAt(json.position);
  while (json.position < json.end && (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09)) {
    json.position += 1;
    code = text.charCodeAt(json.position);
  }
}

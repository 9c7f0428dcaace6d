import { parseEvents, YAMLException } from "js-yaml";
import type { Event } from "js-yaml";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { bounds } from "#src/discovery/files/bounds.ts";
import type { DocumentMemory, Remark, ValueBuilder, YamlValue } from "./builder-state.ts";
import { buildFromEvents } from "./events.ts";
import { indentFlow } from "./indent-flow.ts";

/** A value with the text that its offsets point into: it may have got spaces (see `indentFlow`), never lines. */
export interface Parsed extends YamlValue {
  readonly text: string;
}

/** Parses a text of YAML in bounded time and memory. */
export function parseYaml(text: string, memory: DocumentMemory): Result<Parsed, Remark> {
  if (isTooMuch(text)) {
    return no({
      offset: 0,
      text: `more than about ${bounds.valuesPerParse} values that can only be read at once; split the file, or write its lists with one item per line`,
    });
  }
  const read = eventsIn(text);
  if (!read.ok) return read;
  return built(read.value.text, buildFromEvents(read.value.events, read.value.text, memory));
}

/** What the parser meets in a text, which may have got spaces (see `indentFlow`), never lines. */
export function eventsIn(text: string): Result<{ readonly events: readonly Event[]; readonly text: string }, Remark> {
  const events = yamlEvents(text);
  if (events.ok) return ok({ events: events.value, text });
  const indented = indentFlow(text);
  if (indented === text) return events;
  const again = yamlEvents(indented);
  return again.ok ? ok({ events: again.value, text: indented }) : events;
}

function built(text: string, { value, starts, outerKeys, remarks, trouble }: ValueBuilder): Result<Parsed, Remark> {
  return trouble === undefined ? ok({ text, value, starts, outerKeys, remarks }) : no(trouble);
}

/** What the parser meets, in its order; a problem tells where and why it stopped. */
export function yamlEvents(text: string): Result<readonly Event[], Remark> {
  try {
    return ok(parseEvents(text, { maxDepth: bounds.nesting }));
  } catch (error) {
    // The library's own text would quote the file.
    if (error instanceof YAMLException) {
      // What is missing at the end is missed on the last line with content.
      const offset = Math.min(error.mark?.position ?? 0, Math.max(text.trimEnd().length - 1, 0));
      return no({ offset, text: sayReason(error.reason) });
    }
    return no({ offset: 0, text: "could not be parsed as YAML" });
  }
}

const codes = { lineBreak: 0x0a, comma: 0x2c, colon: 0x3a, openList: 0x5b, openMapping: 0x7b } as const;

/** A short text cannot hold that many; of a long one the characters that separate values are counted. */
function isTooMuch(text: string): boolean {
  if (text.length < bounds.valuesPerParse) return false;
  let separators = 0;
  for (let position = 0; position < text.length; position += 1) {
    const code = text.charCodeAt(position);
    if (code === codes.lineBreak || code === codes.colon) separators += 1;
    else if (code === codes.comma || code === codes.openList || code === codes.openMapping) separators += 2;
    if (separators > bounds.valuesPerParse) return true;
  }
  return false;
}

const reasons: readonly (readonly [string, string])[] = [
  ["nesting exceeded", `more than ${bounds.nesting} levels of nesting`],
  ["tab characters", "a tab in the indentation; YAML allows only spaces there"],
  ["deficient indentation", "a line that is not indented enough"],
  [
    "bad indentation",
    "an indentation that fits nothing above it, or a text that needs quotes (with : # or a leading @ ` %)",
  ],
  ["within a flow collection", "the text ends inside [ ] or { }; is the file truncated?"],
  ["quoted scalar", "a quoted text without its closing quote; is the file truncated?"],
  ["missed comma", "a comma is missing between items in [ ] or { }"],
  ["non-printable", "a character that cannot be printed; is it a binary file?"],
  ["null byte", "a NUL byte; is it a binary file?"],
  ["expected valid JSON character", "a control character in a quoted text; is it a binary file?"],
  ["multiline key", "a key over several lines, or a line without `:` where a key was expected"],
  ["escape sequence", "an unknown escape after a backslash; use single quotes for regular expressions"],
  ["hexadecimal", "a broken \\x or \\u escape"],
  ["whitespace character is expected after", "a space is missing after `:`"],
  ["expected ':'", "a line without `:` where a key was expected"],
  ["end of the stream or a document separator", "text that belongs to nothing above it"],
  ["directive", "a broken % line at the beginning"],
];

function sayReason(reason: string): string {
  const known = reasons.find(([part]) => reason.includes(part));
  return `not valid YAML: ${known?.[1] ?? "the text cannot be understood here"}`;
}

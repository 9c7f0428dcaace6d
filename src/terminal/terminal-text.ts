import { table } from "#commands/table.ts";
import { visibleText } from "#src/report/visible-text.ts";
import { withoutMarkup } from "#src/slack/views/without-markup.ts";

/** What a terminal has room for, whoever made it narrower or wider. */
const columns = 80;
/** Drawn two columns wide: pictures and East Asian signs (Unicode Standard Annex 11). */
const wide =
  /\p{Emoji_Presentation}|\uFE0F|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]/u;
const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * An answer in Slack's markup as plain text for a terminal: at most 80 columns (but for words that are longer), nothing
 * that could move the cursor, and words that work here without the slash of the chat.
 */
export function terminalText(markup: string): string {
  return wrapped(
    withoutMarkup(markup)
      .split("\n")
      .map((line) => visibleText(withoutSlash(line)))
      .join("\n"),
  );
}

/** Lines of at most 80 columns, but for words that are longer. */
export function wrapped(text: string): string {
  return text.split("\n").flatMap(wrap).join("\n");
}

const words: ReadonlySet<string> = new Set(table.filter(({ atTerminal }) => atTerminal).map(({ word }) => word));

function withoutSlash(line: string): string {
  return line.replaceAll(/\/kong-upgrade ([a-z-]+)/gu, (whole, word: string) =>
    words.has(word) ? `kong-upgrade ${word}` : whole,
  );
}

/** Breaks at blanks; what follows is indented two more than the beginning. */
function wrap(line: string): readonly string[] {
  if (widthOf(line) <= columns) return [line];
  const indent = /^\s*/u.exec(line)?.[0] ?? "";
  const rows: string[] = [];
  let row = "";
  // Each word with the blanks before it: columns that were lined up stay so where the line is not broken.
  for (const word of line.match(/\s*\S+/gu) ?? []) {
    if (row !== "" && widthOf(row) + widthOf(word) > columns) {
      rows.push(row);
      row = `${indent}  ${word.trimStart()}`;
    } else row += word;
  }
  return [...rows, row];
}

function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1;
  return width;
}

import type { SourceText } from "#src/kong/inventory.ts";
import { luaCode } from "#src/kong/lua-code.ts";
import { visible } from "./shown-value.ts";
import type { Subject, TextLine } from "./subject.ts";

/** Beyond it a text is not source but data; what is looked at still takes a fraction of a second. */
export const maxText = 1_000_000;

/** A line longer than this is looked at in windows, so that a pattern that runs to the end of the line stays cheap. */
const windowLength = 4_000;
/** Longer than anything that the catalogue's patterns look for. */
const overlap = 400;

/** A template, a dashboard or a source as conditions see it. */
export function textSubject(source: SourceText): Subject {
  return subjectOf(source, linesOf(source));
}

/**
 * A script as conditions see it: its lines, and calls that go over several lines as one line more, so that a method and an
 * address that stand apart are found together.
 */
export function scriptSubject(source: SourceText): Subject {
  const lines = linesOf(source);
  return subjectOf(source, [...lines, ...callsIn(lines)]);
}

function subjectOf({ file, text, within }: SourceText, lines: readonly TextLine[]): Subject {
  const name = visible(file);
  const label = within === undefined ? name : visible(`${within.holder}, ${within.file}`);
  return { fields: text, lines, describe: () => ({ label, what: name, file: within?.file ?? file }) };
}

/**
 * The lines of a text that are no comments; what a backslash continues is one line, and a long line comes in windows that
 * overlap.
 */
export function linesOf({ file, text, within }: SourceText): readonly TextLine[] {
  const comment = commentIn(file);
  const first = within?.line ?? 1;
  const lines: TextLine[] = [];
  const looked = text.slice(0, maxText);
  let begun = "";
  let begunAt = 0;
  for (const [index, line] of (isLua(file) ? luaCode(looked) : looked).split(/\r?\n/u).entries()) {
    if (comment?.test(line) === true) continue;
    if (begun === "") begunAt = within?.lines === "one" ? first : first + index;
    const whole = begun === "" ? line : begun + line.trimStart();
    if (line.endsWith("\\") && whole.length < windowLength) {
      begun = `${whole.slice(0, -1).trimEnd()} `;
      continue;
    }
    begun = "";
    addWindows(lines, whole, begunAt);
  }
  if (begun !== "") addWindows(lines, begun, begunAt);
  return lines;
}

function addWindows(lines: TextLine[], text: string, line: number): void {
  for (let start = 0; start === 0 || start < text.length - overlap; start += windowLength - overlap) {
    lines.push({ line, text: text.slice(start, start + windowLength) });
  }
}

/** More lines hold several statements, and what stands in one says nothing about another. */
const maxCallLines = 12;

/** What stands between a round bracket and the line that closes it, under the number of the line that opens it. */
function callsIn(lines: readonly TextLine[]): readonly TextLine[] {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (const [index, { text }] of lines.entries()) {
    for (const character of text) {
      if (character === "(") open.push(index);
      if (character !== ")") continue;
      const start = open.pop();
      if (start !== undefined && start < index && index - start < maxCallLines) ends.set(start, index);
    }
  }
  return [...ends].flatMap(([start, end]) => callOf(lines.slice(start, end + 1)));
}

function callOf(lines: readonly TextLine[]): readonly TextLine[] {
  const [first] = lines;
  const text = lines.map((line) => line.text.trim()).join(" ");
  return first === undefined || text.length > windowLength ? [] : [{ line: first.line, text }];
}

const comments: Readonly<Record<string, RegExp>> = {
  lua: /^\s*$/u,
  js: /^\s*\/\//u,
  ts: /^\s*\/\//u,
  go: /^\s*\/\//u,
  json: /^(?!)/u,
};

function isLua(file: string): boolean {
  return file.endsWith(".lua");
}

/** JavaScript and Go have their own comments, Lua's are gone already; shell, Python, YAML and Nginx share the hash. */
function commentIn(file: string): RegExp | undefined {
  const extension = file.slice(file.lastIndexOf(".") + 1);
  return Object.hasOwn(comments, extension) ? comments[extension] : /^\s*#/u;
}

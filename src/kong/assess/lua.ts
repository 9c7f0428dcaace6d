import type { SourceText } from "#src/kong/inventory.ts";
import type { TextLine } from "./subject.ts";
import { linesOf } from "./text-lines.ts";

/** What a handler declares: its value and line; `computed` where it is there and no constant; undefined where it is not. */
export type Declared<Value> = { readonly value: Value; readonly line: number } | "computed" | undefined;

/** `PRIORITY = 1000`, `Plugin.PRIORITY = 1000` and `["PRIORITY"] = 1000` of a handler.lua. */
export function priorityIn(handler: SourceText): Declared<number> {
  return declared(handler, /\bPRIORITY["'\]]*\s*=(?!=)\s*(-?\d+(?:\.\d+)?)?/u, Number);
}

/** `VERSION = "1.0.0"` of a handler.lua, with either quotes. */
export function versionIn(handler: SourceText): Declared<string> {
  return declared(handler, /\bVERSION["'\]]*\s*=(?!=)\s*(?:["']([^"']{1,100})["'])?/u, String);
}

function declared<Value>(handler: SourceText, pattern: RegExp, read: (text: string) => Value): Declared<Value> {
  let isThere = false;
  for (const { line, text } of linesOf(handler)) {
    const match = pattern.exec(text);
    if (match === null) continue;
    isThere = true;
    if (match[1] !== undefined) return { value: read(match[1]), line };
  }
  return isThere ? "computed" : undefined;
}

/** Whether `daos.lua` returns a table with names instead of a list; undefined where the returned table is not written out. */
export function daosTable(lines: readonly TextLine[]): { readonly isHash: boolean; readonly line: number } | undefined {
  const text = lines.map((line) => line.text).join("\n");
  const table = returnedTable(text);
  if (table === undefined) return undefined;
  const first = /^\s*(?:[A-Za-z_]\w*|\[\s*["'][^"'\]]*["']\s*\])\s*=(?!=)/u;
  const number = text.slice(0, table).split("\n").length;
  return { isHash: first.test(text.slice(table, table + 10_000)), line: lines[number - 1]?.line ?? 1 };
}

/** Where the content of the returned table begins: `return {`, or `local daos = {` of a returned name. */
function returnedTable(text: string): number | undefined {
  const direct = [...text.matchAll(/\breturn\s*\{/gu)].at(-1);
  const name = [...text.matchAll(/\breturn\s+([A-Za-z_]\w*)\s*$/gmu)].at(-1);
  if (name === undefined || (direct !== undefined && direct.index > name.index)) {
    return direct === undefined ? undefined : direct.index + direct[0].length;
  }
  const assigned = [...text.matchAll(/\b(?:local\s+)?([A-Za-z_]\w*)\s*=\s*\{/gu)].find(([, one]) => one === name[1]);
  return assigned === undefined ? undefined : assigned.index + assigned[0].length;
}

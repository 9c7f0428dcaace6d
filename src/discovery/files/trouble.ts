import type { InputState } from "#src/kong/inventory.ts";
import { bounds } from "./bounds.ts";

/** Something that could not be read: where, what was expected, what to do. Never shows values, which may be secrets. */
export interface Trouble {
  readonly file: string;
  /** From 1; absent where the whole file is meant. */
  readonly line?: number | undefined;
  readonly text: string;
}

/** `kong.yml:12: expected …`, as editors and CI logs understand it. */
export function describeTrouble({ file, line, text }: Trouble): string {
  return line === undefined ? `${file}: ${text}` : `${file}:${line}: ${text}`;
}

/** Adds a trouble as long as there is room: a hostile file has one in each of its millions of lines. */
export function addTrouble(troubles: Trouble[], trouble: Trouble): void {
  if (troubles.length < bounds.countedProblems) troubles.push(trouble);
}

/** What a source is worth after reading: `partly` where something was read and something was not. */
export function stateOf(read: number, troubles: readonly Trouble[]): InputState {
  if (troubles.length === 0) return { kind: "read" };
  const problem = describeAll(troubles);
  return read > 0 ? { kind: "partly", problem } : { kind: "failed", problem };
}

function describeAll(troubles: readonly Trouble[]): string {
  const shown = troubles.slice(0, bounds.problems).map((trouble) => describeTrouble(trouble));
  const rest = troubles.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join("; ");
}

import type { Edit } from "./apply-edits.ts";

/** What one fix changes in one document, and what it must leave to a person. */
export interface FoundEdits {
  readonly edits: readonly Edit[];
  readonly left: readonly string[];
}

/** Nothing to change and nothing to say. */
export const nothing: FoundEdits = { edits: [], left: [] };

/** A single change. */
export function one(edit: Edit): FoundEdits {
  return { edits: [edit], left: [] };
}

/** Nothing changes, and a person is told why. */
export function leave(why: string): FoundEdits {
  return { edits: [], left: [why] };
}

/** Everything together. */
export function merge(all: readonly FoundEdits[]): FoundEdits {
  return { edits: all.flatMap(({ edits }) => edits), left: all.flatMap(({ left }) => left) };
}

/** One replacement in a text, by offsets of its UTF-16 units. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** For the case that it cannot be made. */
  readonly what: string;
}

/** A text after its edits. */
export interface Applied {
  readonly text: string;
  /** Those that were made, in the order of their places. */
  readonly edits: readonly Edit[];
  readonly left: readonly string[];
}

/** The text with every edit made once; an edit that overlaps an earlier one is left out and named. */
export function applyEdits(text: string, edits: readonly Edit[]): Applied {
  const unique = [...new Map(edits.map((edit) => [`${edit.start} ${edit.end} ${edit.text}`, edit])).values()];
  const ordered = unique.toSorted((one, other) => one.start - other.start || one.end - other.end);
  const parts: string[] = [];
  const left: string[] = [];
  const made: Edit[] = [];
  let position = 0;
  for (const edit of ordered) {
    if (edit.start < position) {
      left.push(`${edit.what}: it lies inside another change; run the preview again on the changed file`);
    } else {
      parts.push(text.slice(position, edit.start), edit.text);
      position = edit.end;
      made.push(edit);
    }
  }
  return { text: [...parts, text.slice(position)].join(""), edits: made, left };
}

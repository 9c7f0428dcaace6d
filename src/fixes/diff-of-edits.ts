import { formatPatch } from "diff";
import type { StructuredPatchHunk } from "diff";
import type { Edit } from "./apply-edits.ts";

/** Unchanged lines before and after a change. */
const context = 2;

/** Lines from one to another, from 0, the end not included, with the edits in them. */
interface Region {
  readonly start: number;
  end: number;
  readonly edits: Edit[];
}

/**
 * The unified diff of a text and its edits, which are in order and do not overlap. What changes is known, so nothing is
 * compared: comparing two texts with a hundred thousand changes takes minutes.
 */
export function diffOfEdits(file: string, text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return "";
  const lines = linesOf(text);
  const hunks: StructuredPatchHunk[] = [];
  let moved = 0;
  for (const group of hunkGroups(regionsOf(text, lines, edits))) {
    const hunk = hunkOf(text, lines, group, moved);
    moved += hunk.newLines - hunk.oldLines;
    hunks.push(hunk);
  }
  return formatPatch({
    oldFileName: file,
    newFileName: file,
    oldHeader: "as it is",
    newHeader: "repaired",
    hunks,
  });
}

interface Lines {
  /** Offset of each line. */
  readonly starts: readonly number[];
  /** Length of the text. */
  readonly end: number;
}

function linesOf(text: string): Lines {
  const starts: number[] = [];
  for (let start = 0; start < text.length;) {
    starts.push(start);
    const next = text.indexOf("\n", start);
    start = next === -1 ? text.length : next + 1;
  }
  return { starts, end: text.length };
}

/** Changed lines; edits in the same or in neighbouring lines are one change. */
function regionsOf(text: string, lines: Lines, edits: readonly Edit[]): readonly Region[] {
  const { starts } = lines;
  const regions: Region[] = [];
  let line = 0;
  for (const edit of edits) {
    while (line + 1 < starts.length && (starts[line + 1] ?? 0) <= edit.start) line += 1;
    let last = line;
    while (last + 1 < starts.length && (starts[last + 1] ?? 0) < edit.end) last += 1;
    const before = regions.at(-1);
    if (before !== undefined && line <= before.end) {
      before.end = Math.max(before.end, last + 1);
      before.edits.push(edit);
    } else regions.push({ start: line, end: last + 1, edits: [edit] });
  }
  return joined(text, lines, regions);
}

/** Where the end of a change's last line is gone, the next line has become part of it. */
function joined(text: string, lines: Lines, regions: readonly Region[]): readonly Region[] {
  const result: Region[] = [];
  for (const region of regions) {
    const before = result.at(-1);
    if (before !== undefined && region.start <= before.end) {
      before.end = Math.max(before.end, region.end);
      before.edits.push(...region.edits);
    } else result.push(region);
    const last = result.at(-1) ?? region;
    if (last.end < lines.starts.length && /[^\n]$/u.test(edited(text, lines, last))) last.end += 1;
  }
  return result;
}

/** Changes whose unchanged surroundings touch are shown together. */
function hunkGroups(regions: readonly Region[]): readonly (readonly Region[])[] {
  const groups: Region[][] = [];
  for (const region of regions) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group !== undefined && before !== undefined && region.start - before.end <= 2 * context) group.push(region);
    else groups.push([region]);
  }
  return groups;
}

function hunkOf(text: string, lines: Lines, group: readonly Region[], moved: number): StructuredPatchHunk {
  const first = Math.max(0, (group[0]?.start ?? 0) - context);
  const last = Math.min(lines.starts.length, (group.at(-1)?.end ?? 0) + context);
  const shown: string[] = [];
  let position = first;
  for (const { start, end, edits } of group) {
    shown.push(...marked(" ", slice(text, lines, { start: position, end: start })));
    shown.push(...marked("-", slice(text, lines, { start, end })));
    shown.push(...marked("+", edited(text, lines, { start, end, edits })));
    position = end;
  }
  shown.push(...marked(" ", slice(text, lines, { start: position, end: last })));
  const added = shown.filter((line) => line.startsWith("+")).length;
  const removed = shown.filter((line) => line.startsWith("-")).length;
  const oldLines = last - first;
  const newLines = oldLines + added - removed;
  return { oldStart: first + 1, oldLines, newStart: first + 1 + moved, newLines, lines: shown };
}

function slice(text: string, { starts, end: length }: Lines, { start, end }: Omit<Region, "edits">): string {
  return text.slice(starts[start] ?? length, starts[end] ?? length);
}

function edited(text: string, { starts, end: length }: Lines, { start, end, edits }: Region): string {
  const parts: string[] = [];
  let position = starts[start] ?? length;
  for (const edit of edits) {
    parts.push(text.slice(position, edit.start), edit.text);
    position = edit.end;
  }
  return parts.join("") + text.slice(position, Math.max(position, starts[end] ?? length));
}

/** The lines of a text with their mark, and the note that patch programs want for a last line without an end. */
function marked(mark: string, text: string): readonly string[] {
  if (text === "") return [];
  const isOpen = !text.endsWith("\n");
  const lines = (isOpen ? text : text.slice(0, -1)).split("\n").map((line) => mark + line);
  return isOpen ? [...lines, String.raw`\ No newline at end of file`] : lines;
}

import type { Fix } from "#src/kong/catalogue/hazard.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { applyEdits } from "./apply-edits.ts";
import type { Edit } from "./apply-edits.ts";
import { diffOfEdits } from "./diff-of-edits.ts";
import { editsOf } from "./edits-of.ts";
import { merge } from "./found-edits.ts";
import type { FoundEdits } from "./found-edits.ts";
import { documentsIn, openExcerpt } from "./open-document.ts";
import type { Excerpt } from "./open-document.ts";
import { placesIn } from "./places.ts";

/** Longest file that is repaired, in characters; the reader reads no larger one. */
const maxLength = 64_000_000;
/** The character that Windows programs put before a text. */
const byteOrderMark = "\uFEFF";

/** A declarative file as it would look after the mechanical remedies, as a diff. */
export interface FixPreview {
  readonly file: string;
  /** A unified diff; empty where nothing changes. */
  readonly diff: string;
  /** The whole changed text. */
  readonly fixed: string;
  readonly changes: number;
  /** What could not be repaired by a program, and why. */
  readonly left: readonly string[];
}

/**
 * What the fixes of the found hazards would make of a declarative file. Only the places that change are touched:
 * comments, order and quoting stay. It reads and writes nothing.
 */
export function previewFixes(file: string, text: string, fixes: readonly Fix[]): FixPreview {
  if (text.length > maxLength) {
    const problem = `the file has ${text.length} characters, more than the ${maxLength} that can be repaired here; split it`;
    return { file, diff: "", fixed: text, changes: 0, left: [problem] };
  }
  // Several hazards can have the same remedy; what it leaves to people is said once.
  const distinct = [...new Map(fixes.map((fix) => [JSON.stringify(fix), fix])).values()];
  const found: FoundEdits[] = [];
  // Everything is looked for behind the byte order mark, and told in offsets of the whole text.
  const body = text.startsWith(byteOrderMark) ? text.slice(byteOrderMark.length) : text;
  for (const ways of documentsIn(body)) {
    const edits = editsOfDocument(body, ways, distinct);
    if (!edits.ok) return { file, diff: "", fixed: text, changes: 0, left: [edits.problem] };
    found.push(edits.value);
  }
  const { edits, left } = merge(found);
  const applied = applyEdits(
    text,
    edits.map((edit) => moved(edit, text.length - body.length)),
  );
  return {
    file,
    diff: diffOfEdits(file, text, applied.edits),
    fixed: applied.text,
    changes: applied.edits.length,
    left: [...left, ...applied.left],
  };
}

/** The edits of the first way to take a document apart that can be gone to its end. */
function editsOfDocument(
  text: string,
  ways: readonly (readonly Excerpt[])[],
  fixes: readonly Fix[],
): Result<FoundEdits, string> {
  let problem = "";
  for (const excerpts of ways) {
    const found = editsOfExcerpts(text, excerpts, fixes);
    if (found.ok) return found;
    ({ problem } = found);
  }
  return no(problem);
}

function editsOfExcerpts(
  text: string,
  excerpts: readonly Excerpt[],
  fixes: readonly Fix[],
): Result<FoundEdits, string> {
  const found: FoundEdits[] = [];
  for (const excerpt of excerpts) {
    const part = openExcerpt(text, excerpt);
    if (!part.ok) return part;
    const { document, text: parsed, offset } = part.value;
    const places = placesIn(document);
    const { edits, left } = merge(fixes.map((fix) => editsOf(fix, places, parsed)));
    found.push({ edits: edits.map((edit) => moved(edit, offset)), left });
  }
  return ok(merge(found));
}

/** An edit of a part as one of the file. */
function moved(edit: Edit, offset: number): Edit {
  return { ...edit, start: edit.start + offset, end: edit.end + offset };
}

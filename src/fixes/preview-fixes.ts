import { createTwoFilesPatch } from "diff";
import type { Fix } from "#src/kong/catalogue/hazard.ts";
import { applyEdits } from "./apply-edits.ts";
import type { Edit } from "./apply-edits.ts";
import { editsOf } from "./edits-of.ts";
import { openDocument } from "./open-document.ts";

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
  const opened = openDocument(text);
  if (!opened.ok) return { file, diff: "", fixed: text, changes: 0, left: [opened.problem] };
  const edits: Edit[] = [];
  const left: string[] = [];
  for (const document of opened.value) {
    for (const fix of fixes) {
      const found = editsOf(fix, document, text);
      edits.push(...found.edits);
      left.push(...found.left);
    }
  }
  const applied = applyEdits(text, edits);
  const diff =
    applied.changes === 0
      ? ""
      : createTwoFilesPatch(file, file, text, applied.text, "as it is", "repaired", { context: 2 });
  return { file, diff, fixed: applied.text, changes: applied.changes, left: [...left, ...applied.left] };
}

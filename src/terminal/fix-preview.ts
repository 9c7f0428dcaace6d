import { previewFixes } from "#src/fixes/preview-fixes.ts";
import { AppError } from "#src/kernel/app-error.ts";
import { catalogue } from "#src/kong/catalogue/catalogue.ts";
import type { Fix } from "#src/kong/catalogue/hazard.ts";
import type { CheckReport } from "#src/report/check-report.ts";
import { visibleText } from "#src/report/visible-text.ts";
import { givenText } from "./given-text.ts";
import type { Printed } from "./run-word.ts";

/** The declarative files as diffs with the mechanical remedies of what was found; nothing is written. */
export async function fixPreview(given: readonly string[], report: CheckReport): Promise<Printed> {
  const files = filesOf(report);
  if (given.length === 0) throw new AppError("usage", "--fix-preview changes declarative files: name them with --file");
  const fixes = fixesOf(report);
  const previews = await Promise.all(
    files.map(async (file) => {
      const text = await givenText(file, "it was there a moment ago: make the preview again");
      return previewFixes(file, text, fixes);
    }),
  );
  const diffs = previews.flatMap(({ diff }) => (diff === "" ? [] : [diff.trimEnd()]));
  const left = previews.flatMap((preview) => preview.left.map((line) => `# ${preview.file}: ${line}`));
  const unrepaired = report.hops
    .flatMap(({ findings }) => findings)
    .filter(({ kind, isFixable }) => kind === "finding" && isFixable !== true)
    .map(({ id, title }) => `# not mechanical: ${title} [${id}]`);
  const changes = previews.reduce((sum, preview) => sum + preview.changes, 0);
  const summary = `# ${changes} ${changes === 1 ? "change" : "changes"} in ${diffs.length} ${diffs.length === 1 ? "file" : "files"}; nothing was written`;
  // Comments of the preview begin with #, which patch programs skip.
  return { text: [summary, ...left.map(visibleText), ...unrepaired.map(visibleText), ...diffs].join("\n"), status: 0 };
}

/** Files in which something was found; the others need no repair. */
function filesOf(report: CheckReport): readonly string[] {
  const pieces = report.hops.flatMap(({ findings }) => findings.flatMap(({ evidence }) => evidence));
  return [...new Set(pieces.flatMap((piece) => (typeof piece === "string" ? [] : (piece.file ?? []))))].filter((file) =>
    /\.(?:ya?ml|json)$/iu.test(file),
  );
}

function fixesOf(report: CheckReport): readonly Fix[] {
  const found = new Set(
    report.hops.flatMap(({ findings }) => findings.filter(({ kind }) => kind === "finding").map(({ id }) => id)),
  );
  return catalogue.flatMap(({ id, fixes }) => (found.has(id) ? (fixes ?? []) : []));
}

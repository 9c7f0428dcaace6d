import { previewFixes } from "#src/fixes/preview-fixes.ts";
import type { FixPreview } from "#src/fixes/preview-fixes.ts";
import { AppError } from "#src/kernel/app-error.ts";
import { catalogue } from "#src/kong/catalogue/catalogue.ts";
import type { Fix } from "#src/kong/catalogue/hazard.ts";
import type { CheckReport } from "#src/report/check-report.ts";
import { visibleText } from "#src/report/visible-text.ts";
import { wholeText } from "./given-text.ts";
import type { Printed } from "./run-word.ts";

/**
 * The declarative files that were read, as diffs with the mechanical remedies of what was found; nothing is written.
 * Status 2 where something could not be read, because then repairs may be missing.
 */
export async function fixPreview(read: readonly string[], report: CheckReport): Promise<Printed> {
  const failed = report.sources.flatMap(({ name, outcome }) =>
    outcome.kind === "failed" ? [`not read: ${name}: ${outcome.problem}`] : [],
  );
  if (read.length === 0 && failed.length === 0)
    throw new AppError("usage", "--fix-preview changes declarative files: name them with --file");
  const fixes = fixesOf(report);
  const previews: Shown[] = [];
  // One after the other: a file with the places of its values takes much memory.
  for (const file of filesOf(report, new Set(read)))
    previews.push(shown(file, await wholeText(file, "it was there a moment ago: make the preview again"), fixes));
  const diffs = previews.flatMap(({ diff }) => (diff === "" ? [] : [diff.replace(/\n$/u, "")]));
  const changes = previews.reduce((sum, preview) => sum + preview.changes, 0);
  const comments = [
    `${changes} ${changes === 1 ? "change" : "changes"} in ${diffs.length} ${diffs.length === 1 ? "file" : "files"}; nothing was written`,
    ...failed,
    ...previews.flatMap(({ file, left, changes: made }) => {
      const why = left.length === 0 && made === 0 ? ["nothing stands where it can be repaired by itself"] : left;
      return why.map((line) => `${file}: ${line}`);
    }),
    ...unrepaired(report),
  ];
  // Comments of the preview begin with #, which patch programs skip.
  return {
    text: [...comments.map((line) => `# ${visibleText(line)}`), ...diffs].join("\n"),
    status: failed.length > 0 ? 2 : 0,
  };
}

/** The changed texts are as large as the files, and nobody asks for them here. */
type Shown = Omit<FixPreview, "fixed">;

function shown(file: string, text: string, fixes: readonly Fix[]): Shown {
  const { fixed: _whole, ...preview } = previewFixes(file, text, fixes);
  return preview;
}

/** Files in which something was found: the others need no repair. Where the evidence is cut, all that were read. */
function filesOf(report: CheckReport, read: ReadonlySet<string>): readonly string[] {
  const fixable = report.hops.flatMap(({ findings }) => findings.filter(({ isFixable }) => isFixable === true));
  if (fixable.some(({ count, evidence }) => count > evidence.length)) return [...read];
  const pieces = fixable.flatMap(({ evidence }) => evidence);
  const found = pieces.flatMap((piece) => (typeof piece === "string" ? [] : (piece.file ?? [])));
  return [...new Set(found)].filter((file) => read.has(file));
}

function unrepaired({ hops }: CheckReport): readonly string[] {
  return hops
    .flatMap(({ findings }) => findings)
    .filter(({ kind, isFixable }) => kind === "finding" && isFixable !== true)
    .map(({ id, title }) => `not mechanical: ${title} [${id}]`);
}

function fixesOf(report: CheckReport): readonly Fix[] {
  const found = new Set(
    report.hops.flatMap(({ findings }) => findings.filter(({ kind }) => kind === "finding").map(({ id }) => id)),
  );
  return catalogue.flatMap(({ id, fixes }) => (found.has(id) ? (fixes ?? []) : []));
}

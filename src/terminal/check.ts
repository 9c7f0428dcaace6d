import { writeFile } from "node:fs/promises";
import { AppError } from "#src/kernel/app-error.ts";
import type { Facts } from "#src/kong/facts.ts";
import { buildReport } from "#src/report/build-report.ts";
import { exitStatus } from "#src/report/check-report.ts";
import type { CheckReport, HopReport } from "#src/report/check-report.ts";
import { factRows } from "#src/report/fact-rows.ts";
import { jsonReport } from "#src/report/json-report.ts";
import { markdownReport } from "#src/report/markdown-report.ts";
import { sarifReport } from "#src/report/sarif-report.ts";
import { textReport } from "#src/report/text-report.ts";
import { version } from "#src/version.ts";
import type { CheckOptions, Format } from "./check-options.ts";
import { lookAt } from "./look-at.ts";
import type { Looked, Terminal } from "./look-at.ts";
import { previewId } from "./preview-id.ts";
import type { Printed } from "./run-word.ts";

/**
 * Says what an upgrade would meet, from a live installation, from files, or from both; it needs neither Slack nor a
 * database, and changes nothing. The exit status is for pipelines.
 */
export async function checkAtTerminal(options: CheckOptions, terminal: Terminal): Promise<Printed> {
  const looked = await lookAt(options, terminal);
  const report = reportOf(options, looked);
  if (options.saveFacts !== undefined) await saveFacts(options.saveFacts, looked.facts);
  if (options.isFixPreview) {
    const { fixPreview } = await import("./fix-preview.ts");
    return fixPreview(looked.declarativeFiles, report);
  }
  const status = exitStatus(report, options.failOn, { isStrict: options.isStrict });
  // A pipeline that lost the names of its files must not pass.
  return { text: render(report, options.format), status: status === 0 && options.looksAtNothing ? 2 : status };
}

/** Everything that is known before an upgrade. A plan made from a sketch is an outline: it has no digest that could be started. */
function reportOf(options: CheckOptions, looked: Looked): CheckReport {
  const { subject, environment, facts, isSketch, sources, notes } = looked;
  const report = buildReport({
    subject,
    upgradeId: previewId,
    environment,
    facts,
    to: options.to,
    strategy: options.strategy,
    options: options.plan,
    toolVersion: version,
  });
  if (!isSketch) return { ...report, sources, notes };
  const hops = report.hops.map((hop) => withoutDigest(hop));
  return { ...report, facts: options.admin === undefined ? [] : factsOfSketch(facts), sources, notes, hops };
}

/** What an Admin API told of the installation; nodes, database and settings of a sketch are assumed. */
function factsOfSketch({ observedAt, installation = {}, sources }: Facts): CheckReport["facts"] {
  return factRows({ observedAt, installation, nodes: [], configuration: {}, sources });
}

function withoutDigest(hop: HopReport): HopReport {
  const { planDigest: _outline, ...rest } = hop;
  return rest;
}

function render(report: CheckReport, format: Format): string {
  switch (format) {
    case "text":
      return textReport(report);
    case "json":
      return jsonReport(report);
    case "markdown":
      return markdownReport(report);
    case "sarif":
      return sarifReport(report);
  }
}

async function saveFacts(file: string, facts: Facts): Promise<void> {
  await writeFile(file, `${JSON.stringify(facts, undefined, 2)}\n`).catch((cause: unknown) => {
    throw new AppError("usage", `cannot write the facts to ${file}; name another file with --save-facts`, { cause });
  });
}

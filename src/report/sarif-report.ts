import type { Finding, Severity } from "#src/kong/finding.ts";
import type { CheckReport } from "./check-report.ts";

type Place = Exclude<Finding["evidence"][number], string>;

const levels = {
  stops_start: "error",
  breaks_traffic: "error",
  changes_behaviour: "warning",
  deprecation: "note",
  info: "note",
} as const satisfies Record<Severity, string>;

/** Results that code hosts accept in one run; what is beyond is counted in the message of the last one (GitHub: 25,000). */
const maxResults = 5_000;

/**
 * SARIF 2.1.0 (OASIS), which code hosts show beside the changed lines. Questions and what was not decided become
 * notifications of the run: they are no results, and must not be lost.
 */
export function sarifReport(report: CheckReport): string {
  const all = report.hops.flatMap(({ findings }) => findings);
  const real = all.filter(({ kind }) => kind === "finding");
  const rules = [...new Map(real.map((finding) => [finding.id, finding])).values()];
  const run = {
    tool: {
      driver: {
        name: "kong-upgrade",
        semanticVersion: report.toolVersion,
        rules: rules.map((finding) => describeRule(finding)),
      },
    },
    columnKind: "utf16CodeUnits",
    results: real.flatMap((finding) => results(finding)).slice(0, maxResults),
    invocations: [
      {
        executionSuccessful: report.path.kind === "possible",
        endTimeUtc: report.at,
        toolExecutionNotifications: notifications(report, all),
      },
    ],
    properties: { from: report.from ?? "unknown", to: report.to, subject: report.subject },
  };
  const schema = "https://json.schemastore.org/sarif-2.1.0.json";
  return JSON.stringify({ $schema: schema, version: "2.1.0", runs: [run] }, undefined, 2);
}

function describeRule(finding: Finding): object {
  return {
    id: finding.id,
    shortDescription: { text: finding.title },
    fullDescription: { text: finding.effect },
    help: { text: `${finding.remedy}\n\nSource: ${finding.source}` },
    defaultConfiguration: { level: levels[finding.severity] },
    properties: { tags: [finding.area ?? "kong", finding.severity] },
  };
}

/** One result per place in a file; one without a place for what was found elsewhere. */
function results(finding: Finding): readonly object[] {
  const places = finding.evidence.filter(
    (piece): piece is Place => typeof piece !== "string" && piece.file !== undefined,
  );
  const others = finding.evidence.length - places.length;
  const elsewhere = others > 0 || finding.evidence.length === 0 ? [resultOf(finding, undefined)] : [];
  return [...places.map((place) => resultOf(finding, place)), ...elsewhere];
}

function resultOf(finding: Finding, place: Place | undefined): object {
  const text = [finding.title, place?.text, `Remedy: ${finding.remedy}`]
    .filter((part) => part !== undefined)
    .join("\n");
  return {
    ruleId: finding.id,
    level: levels[finding.severity],
    message: { text },
    ...(place === undefined ? {} : { locations: [locationOf(place)] }),
    // The same finding in the next run is the same alert, although lines above it moved.
    partialFingerprints: {
      "kongUpgrade/v1": [finding.id, place?.what ?? "", place?.name ?? place?.id ?? "", place?.field ?? ""].join("|"),
    },
  };
}

function locationOf({ file = "", line }: Place): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(file) },
      region: { startLine: line ?? 1 },
    },
  };
}

/** Relative paths stay relative, so that the code host finds the file; each part is encoded. */
function uriOf(file: string): string {
  const path = file
    .replace(/^\.\//u, "")
    .split("/")
    .map((part) => encodeURIComponent(part))
    .join("/");
  return file.startsWith("/") ? `file://${path}` : path;
}

function notifications(report: CheckReport, all: readonly Finding[]): readonly object[] {
  const failed = report.sources.flatMap(({ name, outcome }) =>
    outcome.kind === "failed" ? [{ level: "error", message: { text: `${name}: ${outcome.problem}` } }] : [],
  );
  const open = all
    .filter(({ kind }) => kind !== "finding")
    .map(({ title, remedy }) => ({ level: "warning", message: { text: `${title}. ${remedy}` } }));
  const notChecked = report.hops
    .flatMap((hop) => hop.notChecked)
    .map(({ input, problem, hazards }) => ({
      level: "note",
      message: { text: `${hazards.length} hazards were not looked for: ${input} (${problem})` },
    }));
  const odd = (report.notes ?? []).map((text) => ({ level: "note", message: { text } }));
  const path =
    report.path.kind === "possible"
      ? []
      : [
          {
            level: "error",
            message: { text: report.path.kind === "refused" ? report.path.reason : report.path.problem },
          },
        ];
  return [...path, ...failed, ...open, ...notChecked, ...odd];
}

import type { CheckReport } from "./check-report.ts";

/** The form of the JSON report; it changes when a field changes its meaning. */
const format = "kong-upgrade-check/1";

/** The report for programs: everything that was found, in the words of the types in this folder. */
export function jsonReport(report: CheckReport): string {
  return JSON.stringify({ format, ...report }, undefined, 2);
}

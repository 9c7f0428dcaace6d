import { areas } from "#src/kong/catalogue/hazard.ts";
import { severities } from "#src/kong/finding.ts";
import type { Finding } from "#src/kong/finding.ts";

const kinds = ["finding", "undecided", "question"] as const;
const areaOrder: readonly string[] = areas;

/** What is hit before what is open before what is asked; the worst first, then by subject and id. */
export function compareFindings(left: Finding, right: Finding): number {
  return (
    kinds.indexOf(left.kind) - kinds.indexOf(right.kind) ||
    severities.indexOf(left.severity) - severities.indexOf(right.severity) ||
    areaOrder.indexOf(left.area ?? "") - areaOrder.indexOf(right.area ?? "") ||
    compareTexts(left.id, right.id)
  );
}

/** By code units: the order must not depend on the locale of whoever looks. */
function compareTexts(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

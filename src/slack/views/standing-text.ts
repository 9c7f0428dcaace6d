import { tally } from "#approvals/tally.ts";
import type { Missing } from "#approvals/tally.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { partNames } from "./names.ts";
import type { Names } from "./names.ts";
import { escapeText } from "./text.ts";

/** What is still missing and from whom, e.g. `2 more of @dba, or 1 more of @dba and 1 more of @sre-leads`. */
export function missingText(approval: ApprovalRequest, names: Names): string {
  // At the moment of the request nothing of it has expired, so this is only about the votes.
  const standing = tally(approval, approval.ballots, approval.requestedAt);
  if (standing.kind !== "open") return "nothing";
  return standing.missing.map((missing) => seatsText(missing, names)).join(", or ");
}

/** Empty seats of one way of meeting a policy. */
export function seatsText(missing: Missing, names: Names): string {
  return missing.map(({ part, count }) => `${count} more of ${partLabel(part, names)}`).join(" and ");
}

/** The people of a part: as the configuration calls them, else one by one. */
function partLabel(part: Missing[number]["part"], names: Names): string {
  return part.name === undefined ? partNames(part, names) : `@${escapeText(part.name, 60)}`;
}

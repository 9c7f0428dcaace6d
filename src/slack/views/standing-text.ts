import { tally } from "#approvals/tally.ts";
import type { Missing } from "#approvals/tally.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { partLabel } from "./names.ts";
import type { Names } from "./names.ts";

/** What is still missing and from whom, e.g. `2 more of @dba, or 1 more of @dba and 1 more of @sre-leads`. */
export function missingText(approval: ApprovalRequest, names: Names): string {
  const ways = missingOf(approval);
  return ways.length === 0 ? "nothing" : ways.map((missing) => seatsText(missing, names)).join(", or ");
}

/** What is missing in each way of meeting the policy, whatever became of the request; empty where the votes are enough. */
export function missingOf(approval: ApprovalRequest): readonly Missing[] {
  // At the moment of the request nothing of it has expired, so this is only about the votes.
  const standing = tally(approval, approval.ballots, approval.requestedAt);
  return standing.kind === "open" ? standing.missing : [];
}

/** Empty seats of one way of meeting a policy. */
function seatsText(missing: Missing, names: Names): string {
  return missing.map(({ part, count }) => `${count} more of ${partLabel(part, names)}`).join(" and ");
}

import type { Ballot } from "#approvals/ballot.ts";
import type { StepUp } from "#approvals/policy.ts";
import { personName } from "./names.ts";
import { dateToken, escapeText } from "./text.ts";

/** As many as a card lists; the thread has a line for each. */
const maxListed = 12;

/** How somebody proved to be there, as it is said of a vote; a click is nothing special. */
const provenBy = {
  none: "",
  confirm: " by typing the environment's name",
  totp: " by a one-time code",
} as const satisfies Record<StepUp, string>;

/** What it takes, as it is asked of approvers. */
export const asksFor = {
  none: "a click",
  confirm: "typing the environment's name",
  totp: "typing the environment's name and a one-time code",
} as const satisfies Record<StepUp, string>;

/** The votes that count so far, in their order: who, when, how it was proven, in whose place, and why. */
export function votesText(ballots: readonly Ballot[]): string {
  const shown = ballots.slice(0, maxListed).map((ballot) => {
    const said = ballot.decision === "approve" ? "approved" : "rejected";
    return `${voteMark(ballot)} ${personName(ballot.voter)} ${said}${voteHow(ballot)}, ${dateToken(ballot.at)}${voteReason(ballot)}`;
  });
  const left = ballots.length - shown.length;
  return ["*Votes*", ...shown, ...(left > 0 ? [`…${left} more in this thread`] : [])].join("\n");
}

export function voteMark({ decision }: Ballot): string {
  return decision === "approve" ? "👍" : "👎";
}

/** ` by a one-time code, in the place of dave`; empty for a click in one's own name. */
export function voteHow({ stepUp, decision, onBehalfOf }: Ballot): string {
  const how = stepUp === undefined || decision === "reject" ? "" : provenBy[stepUp];
  const others = (onBehalfOf ?? []).slice(0, 5).map(personName);
  return `${how}${others.length === 0 ? "" : `, in the place of ${others.join(", ")}`}`;
}

/** `: why`; empty where nobody gave a reason. */
export function voteReason({ reason }: Ballot): string {
  return reason === undefined || reason === "" ? "" : `: ${escapeText(reason, 300)}`;
}

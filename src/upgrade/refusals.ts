import type { IneligibleReason } from "#approvals/eligibility.ts";
import type { UpgradeId } from "./identity.ts";

/** A typed, polite "no": an answer, not an error. It changes nothing; `sentence` is shown privately to who asked. */
export interface Refusal {
  readonly code: RefusalCode;
  /** What is not possible and why. */
  readonly sentence: string;
  /** What the person can do instead. */
  readonly help: string;
  /** The upgrade that waits for a review, where that is in the way. */
  readonly unreviewed?: UpgradeId;
}

export type RefusalCode =
  | "already_decided"
  | "already_done"
  | "already_open"
  | "closed"
  | "conflict"
  | "environment_unknown"
  | "frozen"
  | "being_looked_up"
  | "ineligible"
  | "not_allowed"
  | "not_found"
  | "not_now"
  | "note_missing"
  | "outdated"
  | "review_needed"
  | "rollback_needed"
  | "step_up_needed"
  | "usage"
  | "wrong_channel";

export function refuse(code: RefusalCode, sentence: string, help: string): Refusal {
  return { code, sentence, help };
}

/** Said where nobody looked up who can; whoever can look says it by name instead. */
export const generalHelp = "The request names the people who can approve.";

/** The private answer to a vote that does not count. */
export function describeIneligible(reason: IneligibleReason, userId: string): Refusal {
  const sentence = {
    is_requester: "You asked for this upgrade, or for this attempt, so you cannot approve it.",
    is_external: "You belong to another organisation (Slack Connect); only members of this workspace can approve.",
    is_guest: "Guests cannot approve.",
    is_deactivated: "This account is deactivated; its vote does not count.",
    is_bot: "Bots cannot approve.",
    approved_before:
      "You approved the last irreversible step of this upgrade, and this one needs other people. That is a rule of its policy.",
    not_named: `You (${userId}) are not named as an approver of this step. A display name does not count, only the account does.`,
    look_up_failed: "I could not tell who you are and which lists you are in just now, so the vote does not count.",
  }[reason];
  const help = reason === "look_up_failed" ? "Please click again in a moment." : generalHelp;
  return refuse("ineligible", sentence, help);
}

import type { Digest } from "#src/kernel/digest.ts";
import { isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { unreachable } from "#src/kernel/result.ts";
import { currentStep } from "./next.ts";
import { refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import { currentTrack } from "./state.ts";
import type { Active, ApprovalRequest } from "./state.ts";

export const outdated = refuse(
  "outdated",
  "This request is outdated: what it asked is not what would run now.",
  "Look at the newest message of the thread.",
);

/** What a click on a request is about. */
interface GateRef {
  readonly stepId: string;
  readonly attempt: number;
  readonly digest: Digest;
}

/** The request that is meant, while its step has not started, it has not ended, and it is still the same. */
export function undecided(upgrade: Active, ref: GateRef, now: Instant): ApprovalRequest | Refusal {
  const current = currentStep(upgrade);
  const progress = currentTrack(upgrade).steps.get(ref.stepId);
  if (progress === undefined) return outdated;
  if (progress.kind === "done")
    return refuse("already_decided", "This step is already done.", "Nothing more to approve here.");
  if (progress.kind === "running")
    return refuse("already_decided", "This step was approved and is running.", "To stop after it, pause the upgrade.");
  if (progress.kind !== "ready" || current?.step.id !== ref.stepId || progress.approval === undefined) return outdated;
  const { approval } = progress;
  if (progress.attempt !== ref.attempt || approval.digest !== ref.digest) return outdated;
  const ended = endOf(approval);
  if (ended !== undefined) return ended;
  const { outcome } = approval;
  return isAfter(now, outcome.kind === "granted" ? outcome.expiresAt : approval.expiresAt)
    ? refuse("outdated", "This request has expired.", askAgain)
    : approval;
}

const askAgain = "It can be asked again with `/kong-upgrade retry`.";

function endOf({ outcome }: ApprovalRequest): Refusal | undefined {
  switch (outcome.kind) {
    case "open":
    case "granted":
      return undefined;
    case "consumed":
      return refuse(
        "already_decided",
        `Already approved by ${outcome.approvedBy.map((id) => `<@${id}>`).join(", ")}.`,
        "To stop it, pause the upgrade.",
      );
    case "refused":
      return refuse("already_decided", `Already rejected by <@${outcome.by}>.`, askAgain);
    case "cancelled":
      return refuse("already_decided", "Whoever asked for this took the request back.", askAgain);
    case "expired":
      return refuse("already_decided", "This request has expired.", askAgain);
    default:
      return unreachable(outcome);
  }
}

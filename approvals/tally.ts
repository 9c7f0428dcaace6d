import type { Digest } from "#src/kernel/digest.ts";
import { isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Ballot } from "./ballot.ts";
import { eligibilityOf } from "./eligibility.ts";
import type { Policy } from "./policy.ts";

/** The state of one gate at one moment. */
export type Standing =
  | { readonly kind: "open"; readonly approvedBy: readonly string[]; readonly missing: number }
  | { readonly kind: "granted"; readonly approvedBy: readonly string[] }
  | { readonly kind: "refused"; readonly by: string; readonly reason: string | undefined }
  | { readonly kind: "expired" };

/** What a gate asks: the policy, the exact digest, who asked, and until when. */
export interface Gate {
  readonly policy: Policy;
  readonly digest: Digest;
  readonly requesterIds: readonly string[];
  readonly expiresAt: Instant;
}

/**
 * Counts distinct eligible humans who approved exactly this digest. A deny wins whatever else was said;
 * votes on another digest, of the requester, or of people who are not eligible count for nothing.
 */
export function tally(gate: Gate, ballots: readonly Ballot[], now: Instant): Standing {
  const counted = ballots.filter(
    (ballot) =>
      ballot.digest === gate.digest &&
      !isAfter(ballot.at, gate.expiresAt) &&
      eligibilityOf(gate.policy, ballot.voter, gate.requesterIds).kind === "eligible",
  );
  const denied = counted.find((ballot) => ballot.decision === "reject");
  if (denied !== undefined) return { kind: "refused", by: denied.voter.userId, reason: denied.reason };
  if (isAfter(now, gate.expiresAt)) return { kind: "expired" };
  const approvedBy = [...new Set(counted.map((ballot) => ballot.voter.userId))];
  const missing = gate.policy.quorum - approvedBy.length;
  return missing > 0 ? { kind: "open", approvedBy, missing } : { kind: "granted", approvedBy };
}

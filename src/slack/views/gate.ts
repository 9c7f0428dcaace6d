import type { Instant } from "#src/kernel/instant.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Rehearsal } from "#src/plan/rehearsal.ts";
import type { Step } from "#src/plan/step.ts";
import type { Answers } from "#src/upgrade/answers.ts";
import type { Requester, UpgradeId } from "#src/upgrade/identity.ts";
import type { ApprovalRequest, BrokenGlass } from "#src/upgrade/state.ts";

/** One request for approval, as it stands after the newest event. */
export interface Gate {
  readonly upgradeId: UpgradeId;
  readonly plan: Plan;
  readonly step: Step;
  readonly attempt: number;
  readonly approval: ApprovalRequest;
  /** The upgrade ended, turned back or tried again before the step started: nothing can be decided here any more. */
  readonly isWithdrawn: boolean;
  /** Kept when it was refused or ran out after that. */
  readonly brokenGlass?: BrokenGlass;
  readonly known: KnownBefore;
  /** When the newest event happened; what is open or closed is said as of then. */
  readonly asOf: Instant;
}

/** What was known before anybody was asked. */
export interface KnownBefore {
  readonly answers: Answers;
  /** Who confirmed that the findings are dealt with, once that is done. */
  readonly acknowledged?: { readonly by?: Requester | undefined; readonly at: Instant };
  /** The environment that goes first, where the configuration names one. */
  readonly preproduction?: string | undefined;
  readonly rehearsal?: Rehearsal | undefined;
}

/** What can still be decided: `open` by votes, `granted` only taken back or rejected until the step starts. */
export function liveState({
  approval,
  isWithdrawn,
}: Pick<Gate, "approval" | "isWithdrawn">): "open" | "granted" | "dead" {
  const { kind } = approval.outcome;
  return !isWithdrawn && (kind === "open" || kind === "granted") ? kind : "dead";
}

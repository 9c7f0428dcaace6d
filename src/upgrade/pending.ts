import type { Asked } from "#approvals/wanted.ts";
import { isAfter } from "#src/kernel/instant.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import type { UpgradeId } from "./identity.ts";
import { currentStep } from "./next.ts";
import { currentTrack } from "./state.ts";
import type { Active, ApprovalRequest, Upgrade } from "./state.ts";

/** A request for approval that nobody has decided. */
export interface PendingApproval {
  readonly upgradeId: UpgradeId;
  readonly upgrade: Active;
  readonly plan: Plan;
  readonly step: Step;
  readonly attempt: number;
  readonly approval: ApprovalRequest;
}

/** The request that an upgrade waits at; undefined where it waits at none. */
export function pendingApproval(upgrade: Upgrade): PendingApproval | undefined {
  if (upgrade.status !== "active") return undefined;
  const current = currentStep(upgrade);
  if (current?.progress.kind !== "ready" || current.progress.approval?.outcome.kind !== "open") return undefined;
  const { attempt, approval } = current.progress;
  const { plan } = currentTrack(upgrade);
  return { upgradeId: upgrade.id, upgrade, plan, step: current.step, attempt, approval };
}

/** Of these upgrades, what ends first at the top. */
export function pendingApprovals(upgrades: readonly Upgrade[]): readonly PendingApproval[] {
  return upgrades
    .flatMap((upgrade) => pendingApproval(upgrade) ?? [])
    .toSorted((left, right) => (isAfter(left.approval.expiresAt, right.approval.expiresAt) ? 1 : -1));
}

/** The same as the question whom it waits for. */
export function askedOf({
  approval,
  upgrade,
}: Pick<PendingApproval, "approval"> & { readonly upgrade: Pick<Upgrade, "delegations"> }): Asked {
  return { gate: approval, ballots: approval.ballots, delegations: upgrade.delegations };
}

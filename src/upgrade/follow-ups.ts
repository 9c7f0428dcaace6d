import { tally } from "#approvals/tally.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { policyFor } from "#src/plan/step-kinds.ts";
import { makePlan } from "#src/plan/make-plan.ts";
import { stepDigest } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import { missedAfterGrace, notedHolds } from "./decide-calendar.ts";
import { delegationsOver } from "./decide-people.ts";
import type { EventOf, UpgradeEvent } from "./events.ts";
import { currentStep } from "./next.ts";
import { approversOf } from "./evolve-approval.ts";
import { currentTrack, requesterIdsAt } from "./state.ts";
import type { Active, ApprovalRequest, Planned, Surveying, Upgrade } from "./state.ts";

/** What follows from a state by itself, without anybody asking; empty when it is settled. */
export function followUps(upgrade: Upgrade, now: Instant): readonly UpgradeEvent[] {
  switch (upgrade.status) {
    case "surveying":
      return afterSurvey(upgrade);
    case "planned":
      return ofPlanned(upgrade, now);
    case "active":
      return ofActive(upgrade, now);
    case "closed":
      return [];
    default:
      return unreachable(upgrade);
  }
}

function afterSurvey(upgrade: Surveying): readonly UpgradeEvent[] {
  const { facts, request } = upgrade;
  if (facts === undefined) return [];
  const made = planFor(upgrade, request, facts);
  if (!made.ok) return [{ type: "plan_refused", refusals: [...made.problem], ...keptPlan(upgrade, facts) }];
  const plan = made.value;
  return request.mode === "check" ? [checkCompleted(plan)] : [{ type: "plan_made", plan }];
}

function planFor({ id }: Surveying, request: Upgrade["request"], facts: Facts): ReturnType<typeof makePlan> {
  const { environment, to, strategy, options, rehearsal } = request;
  return makePlan({
    upgradeId: id,
    environment: request.mode === "plan" ? environment : withoutPreproduction(environment),
    facts,
    to,
    strategy,
    options,
    rehearsal,
  });
}

/**
 * A mistaken request costs nobody the plan from before, unless the new look shows that it is not the plan any more.
 * Hazards are judged on the way that was asked for, so those of the plan from before are not judged anew.
 */
function keptPlan(upgrade: Surveying, facts: Facts): Pick<EventOf<"plan_refused">, "keptPlan"> {
  const { earlier } = upgrade;
  if (earlier === undefined) return {};
  const { assessment } = earlier.facts;
  const again = planFor(upgrade, earlier.request, { ...facts, ...(assessment === undefined ? {} : { assessment }) });
  return again.ok && again.value.digest === earlier.plan.digest ? { keptPlan: earlier.plan.digest } : {};
}

/** A dry run ends with its plan, in the same append, so there is no moment in which it could be started. */
function ofPlanned(upgrade: Planned, now: Instant): readonly UpgradeEvent[] {
  if (upgrade.request.mode === "dry_run") return [checkCompleted(upgrade.plan)];
  const over = delegationsOver(upgrade, now);
  if (over.length > 0) return over;
  const missed = missedAfterGrace(upgrade, now);
  return missed === undefined ? [] : [missed];
}

function checkCompleted({ from, findings, notes }: Plan): UpgradeEvent {
  return { type: "check_completed", from, findings, notes };
}

/** A check is asked before there can be a rehearsal, and changes nothing. */
function withoutPreproduction(environment: Environment): Environment {
  const { preproduction: _, ...rest } = environment;
  return rest;
}

function ofActive(upgrade: Active, now: Instant): readonly UpgradeEvent[] {
  const current = currentStep(upgrade);
  if (current === undefined)
    return [{ type: upgrade.rollback === undefined ? "upgrade_completed" : "upgrade_rolled_back" }];
  const over = delegationsOver(upgrade, now);
  if (over.length > 0) return over;
  const { step, progress } = current;
  if (progress.kind !== "ready") return [];
  const holds = notedHolds(upgrade, step, progress, now);
  if (holds.length > 0) return holds;
  if (progress.approval !== undefined) return ofApproval(step.id, progress.attempt, progress.approval, now);
  const policy = policyFor(upgrade.request.environment, step);
  if (policy === undefined) return [];
  return [
    {
      type: "approval_requested",
      stepId: step.id,
      attempt: progress.attempt,
      digest: stepDigest(currentTrack(upgrade).plan, step, progress.attempt),
      policy,
      requesterIds: requesterIdsAt(upgrade, progress),
      earlierVoterIds: policy.needsOtherPeople ? lastApprovers(upgrade) : [],
      expiresAt: addMs(now, policy.requestExpiresAfterMs),
    },
  ];
}

function ofApproval(stepId: string, attempt: number, approval: ApprovalRequest, now: Instant): readonly UpgradeEvent[] {
  const { outcome, digest, policy } = approval;
  if (outcome.kind !== "open" && outcome.kind !== "granted") return [];
  const standing = tally(approval, approval.ballots, now);
  // Somebody may still say no when all is granted: until the start, a no wins.
  if (outcome.kind === "granted" && standing.kind !== "refused")
    return isAfter(now, outcome.expiresAt) ? [{ type: "approval_expired", stepId, attempt }] : [];
  switch (standing.kind) {
    case "open":
      return [];
    case "granted": {
      const expiresAt = addMs(now, policy.grantExpiresAfterMs);
      return [{ type: "approval_granted", stepId, attempt, digest, approvedBy: standing.approvedBy, expiresAt }];
    }
    case "refused":
      return [{ type: "approval_refused", stepId, attempt, by: standing.by, reason: standing.reason ?? "" }];
    case "expired":
      return [{ type: "approval_expired", stepId, attempt }];
    default:
      return unreachable(standing);
  }
}

/** Whoever approved the irreversible step before this one. */
export function lastApprovers({ forward, rollback }: Active): readonly string[] {
  const approvals = [forward, rollback].flatMap((track) =>
    (track?.plan.steps ?? []).flatMap((step) => {
      const progress = track?.steps.get(step.id);
      const isUsed = step.class === "irreversible" && progress !== undefined && progress.kind !== "waiting";
      const approvers = isUsed ? approversOf(progress.approval) : [];
      return approvers.length === 0 ? [] : [approvers];
    }),
  );
  return approvals.at(-1) ?? [];
}

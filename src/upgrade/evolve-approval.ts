import type { Ballot } from "#approvals/ballot.ts";
import { isIn } from "#approvals/eligibility.ts";
import { humanOf, identitiesOf, isAmong } from "#approvals/person.ts";
import type { Person } from "#approvals/person.ts";
import { partsOf } from "#approvals/policy.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { EventOf, UpgradeEvent } from "./events.ts";
import type { ApprovalRequest, BrokenGlass, StepProgress } from "./state.ts";

export type ApprovalEvent = Extract<
  UpgradeEvent,
  {
    type:
      | "approval_requested"
      | "ballot_cast"
      | "ballot_withdrawn"
      | "approval_granted"
      | "approval_refused"
      | "approval_expired"
      | "approval_cancelled"
      | "approvers_reminded"
      | "approval_signed"
      | "approval_voided"
      | "glass_broken";
  }
>;

/** Folds one event into the gate of a step; undefined when it cannot follow. */
export function evolveApproval(before: StepProgress, event: ApprovalEvent, at: string): StepProgress | undefined {
  if (before.kind !== "ready") return undefined;
  if (event.type === "approval_requested") {
    const { digest, policy, requesterIds, earlierVoterIds, expiresAt } = event;
    const approval: ApprovalRequest = {
      digest,
      policy,
      requesterIds,
      earlierVoterIds: earlierVoterIds ?? [],
      expiresAt,
      requestedAt: at,
      ballots: [],
      reminders: 0,
      escalations: 0,
      reopened: { times: 0, told: 0 },
      outcome: { kind: "open" },
    };
    return { ...before, approval };
  }
  if (before.approval === undefined) return undefined;
  return { ...before, approval: evolveRequest(before.approval, event, at) };
}

type RequestEvent = Exclude<ApprovalEvent, { type: "approval_requested" }>;

function evolveRequest(request: ApprovalRequest, event: RequestEvent, at: string): ApprovalRequest {
  switch (event.type) {
    case "ballot_cast":
      return withBallot(request, event.ballot);
    case "ballot_withdrawn": {
      const after = withoutVotes(request, [event.by]);
      const isOpenAgain = request.outcome.kind === "granted" && after.outcome.kind === "open";
      return { ...after, reopened: reopenedAgain(request, isOpenAgain ? 1 : 0) };
    }
    case "approval_granted": {
      const expiresAt = event.expiresAt ?? request.expiresAt;
      return { ...request, outcome: { kind: "granted", approvedBy: event.approvedBy, expiresAt } };
    }
    case "glass_broken": {
      const brokenGlass = brokenGlassOf(event, at);
      return { ...request, outcome: { kind: "granted", approvedBy: [], brokenGlass, expiresAt: event.expiresAt } };
    }
    case "approval_refused":
      return { ...request, outcome: { kind: "refused", by: event.by, reason: event.reason } };
    case "approval_cancelled":
      return { ...request, outcome: { kind: "cancelled", by: event.by, reason: event.reason } };
    case "approval_expired":
      return { ...request, outcome: { kind: "expired" } };
    case "approvers_reminded":
      return nudged(request, event.nudge);
    case "approval_signed":
      return request.outcome.kind === "granted"
        ? {
            ...request,
            outcome: { ...request.outcome, signed: { envelope: event.envelope, checkedAt: event.checkedAt } },
          }
        : request;
    case "approval_voided": {
      const after = withoutVotes(request, event.people);
      return { ...after, reopened: reopenedAgain(request, after.outcome.kind === "open" ? 1 : 0) };
    }
    default:
      return unreachable(event);
  }
}

/**
 * A no may take away what made the approval complete, e.g. the yes of the same person, without being enough to refuse it;
 * so it is counted anew, by what follows in the same append. Broken glass does not rest on votes.
 */
function withBallot(request: ApprovalRequest, ballot: Ballot): ApprovalRequest {
  const { outcome } = request;
  const isShaken = ballot.decision === "reject" && outcome.kind === "granted" && outcome.brokenGlass === undefined;
  return { ...request, ballots: [...request.ballots, ballot], ...(isShaken ? { outcome: { kind: "open" } } : {}) };
}

function nudged(request: ApprovalRequest, { kind, number }: EventOf<"approvers_reminded">["nudge"]): ApprovalRequest {
  switch (kind) {
    case "reminder":
      return { ...request, reminders: number };
    case "escalation":
      return { ...request, escalations: number };
    case "reopening":
      return { ...request, reopened: { ...request.reopened, told: number } };
    default:
      return unreachable(kind);
  }
}

function reopenedAgain({ reopened }: ApprovalRequest, times: 0 | 1): ApprovalRequest["reopened"] {
  return { ...reopened, times: reopened.times + times };
}

/** What the record keeps of a step that was let start without its approval. */
export function brokenGlassOf(event: EventOf<"glass_broken">, at: string): BrokenGlass {
  const { stepId, attempt, by, reason, incident, stepUp, skipped } = event;
  return { stepId, attempt, by, reason, incident, stepUp, skipped, at };
}

/**
 * The votes of these people, under whichever account, are gone; what was complete with them is open again. Glass that
 * somebody else broke does not rest on votes.
 */
function withoutVotes(request: ApprovalRequest, people: readonly Person[]): ApprovalRequest {
  const gone = people.flatMap(identitiesOf);
  const { outcome } = request;
  const breaker = outcome.kind === "granted" ? outcome.brokenGlass?.by : undefined;
  const isStillBroken = breaker !== undefined && !isAmong(breaker, gone);
  return {
    ...request,
    ballots: request.ballots.filter(({ voter }) => !isAmong(voter, gone)),
    outcome: isStillBroken ? outcome : { kind: "open" },
  };
}

/** The approval as it goes on with its step: used up by the start where it was granted. */
export function consumed(approval: ApprovalRequest | undefined): { readonly approval?: ApprovalRequest } {
  if (approval === undefined) return {};
  if (approval.outcome.kind !== "granted") return { approval };
  const { approvedBy, brokenGlass } = approval.outcome;
  const outcome = { kind: "consumed", approvedBy, ...(brokenGlass === undefined ? {} : { brokenGlass }) } as const;
  return { approval: { ...approval, outcome } };
}

/** The gate that is still open at a step, with one more person who asked for it. */
export function withRequesters(progress: StepProgress, person: Person): StepProgress {
  if (progress.kind !== "ready" || progress.approval === undefined) return progress;
  const { approval } = progress;
  const requesterIds = [...new Set([...approval.requesterIds, ...identitiesOf(person)])];
  return { ...progress, approval: { ...approval, requesterIds } };
}

/** Whoever approved a consumed gate, as accounts and humans; also who lent them the list that they voted from. */
export function approversOf(approval: ApprovalRequest | undefined): readonly string[] {
  if (approval?.outcome.kind !== "consumed") return [];
  const { approvedBy } = approval.outcome;
  const counted = approval.ballots.filter(({ voter }) => approvedBy.includes(voter.userId));
  const people = counted.flatMap((ballot) => [ballot.voter].concat(lenders(approval, ballot)));
  return [...new Set([...approvedBy, ...people.flatMap((person) => [person.userId, humanOf(person)])])];
}

/** In whose place somebody voted who is not in the same lists by themselves. */
function lenders({ policy }: ApprovalRequest, { voter, onBehalfOf }: Ballot): readonly Person[] {
  return (onBehalfOf ?? []).filter((person) =>
    partsOf(policy).some((part) => isIn(part, person) && !isIn(part, voter)),
  );
}

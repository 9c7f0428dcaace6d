import { unreachable } from "#src/kernel/result.ts";
import type { CalendarEvent, UpgradeEvent } from "./events.ts";
import { consumed, evolveApproval } from "./evolve-approval.ts";
import type { Requester } from "./identity.ts";
import type { ApprovalRequest, StepProgress } from "./state.ts";

/** What changes the progress of a step; that the calendar holds it back does not, nor does a late result. */
export type StepEvent = Exclude<
  Extract<UpgradeEvent, { readonly stepId: string }>,
  CalendarEvent | { type: "result_came_late" }
>;

/** Folds one event into the progress of its step; undefined when it cannot follow. */
export function evolveStep(before: StepProgress, event: StepEvent, at: string): StepProgress | undefined {
  switch (event.type) {
    case "approval_requested":
    case "ballot_cast":
    case "approval_granted":
    case "approval_refused":
    case "approval_expired":
    case "approval_signed":
    case "approval_voided":
    case "approval_cancelled":
    case "approvers_reminded":
    case "ballot_withdrawn":
    case "glass_broken":
      return evolveApproval(before, event, at);
    case "step_started":
      return before.kind === "ready"
        ? {
            kind: "running",
            attempt: event.attempt,
            runnerId: event.runnerId,
            startedAt: at,
            ...earlier(before),
            ...consumed(before.approval),
          }
        : undefined;
    case "step_cancel_requested":
      return before.kind === "running" ? { ...before, cancel: { by: event.by, reason: event.reason, at } } : undefined;
    case "step_finished":
      return finished(before, event, at);
    case "runner_lost":
      return before.kind === "running"
        ? {
            kind: "unknown",
            attempt: event.attempt,
            reason: event.reason,
            ...earlier(before),
            ...kept(before.approval),
          }
        : undefined;
    case "runner_silent": {
      const { lastSeen, host, pid } = event;
      return before.kind === "running" ? { ...before, silence: { lastSeen, host, pid } } : undefined;
    }
    case "runner_heard":
      return before.kind === "running" ? withoutSilence(before) : undefined;
    case "evidence_collected":
      return before.kind === "unknown" ? { ...before, evidence: event.probes, evidenceAt: at } : undefined;
    case "evidence_requested":
      return before.kind === "unknown" ? withoutEvidence(before) : undefined;
    case "step_counted_as_done":
      return before.kind === "unknown" || before.kind === "failed"
        ? {
            kind: "done",
            attempt: event.attempt,
            finishedAt: at,
            how: "counted_as_done",
            by: event.by,
            ...kept(before.approval),
          }
        : undefined;
    case "step_retried":
      return before.kind === "failed" || before.kind === "unknown" || before.kind === "ready"
        ? { kind: "ready", attempt: event.attempt, ...afterAttempt(before), ...askedAgain(before, event.by) }
        : undefined;
    case "manual_step_confirmed":
      return before.kind === "ready"
        ? {
            kind: "done",
            attempt: event.attempt,
            finishedAt: at,
            how: "confirmed",
            by: event.by,
            ...consumed(before.approval),
          }
        : undefined;
    default:
      return unreachable(event);
  }
}

function finished(
  before: StepProgress,
  event: Extract<StepEvent, { type: "step_finished" }>,
  at: string,
): StepProgress | undefined {
  // A result that arrives after its runner was given up settles the unknown: the runner kept it while the database was away.
  if (before.kind !== "running" && before.kind !== "unknown") return undefined;
  const { attempt, report } = event;
  const rest = { ...earlier(before), ...kept(before.approval) };
  switch (report.outcome) {
    case "done":
      return { kind: "done", attempt, finishedAt: at, how: "proven", report, ...kept(before.approval) };
    case "failed":
      return { kind: "failed", attempt, reason: report.reason, report, ...cancelled(before), ...rest };
    case "unknown":
      return { kind: "unknown", attempt, reason: report.reason, report, ...rest };
    default:
      return unreachable(report.outcome);
  }
}

function cancelled(before: Tried): Pick<Extract<StepProgress, { kind: "failed" }>, "cancel"> {
  return before.kind === "running" && before.cancel !== undefined ? { cancel: before.cancel } : {};
}

type Tried = Extract<StepProgress, { readonly kind: "ready" | "running" | "failed" | "unknown" }>;

function earlier({ mayHaveRun }: Tried): { readonly mayHaveRun?: true } {
  return mayHaveRun === undefined ? {} : { mayHaveRun };
}

/** What the next attempt has to know of this one and those before it. */
function afterAttempt(before: Tried): { readonly mayHaveRun?: true } {
  const isBegun = before.kind === "unknown" || (before.kind === "failed" && before.report?.commands.length !== 0);
  return isBegun ? { mayHaveRun: true } : earlier(before);
}

function withoutSilence(progress: Extract<StepProgress, { kind: "running" }>): StepProgress {
  const { silence: _silence, ...running } = progress;
  return running;
}

/** Where a request only ran out of time, nobody had decided anything: it is still the one of whoever asked first. */
function askedAgain(before: Tried, by: Requester): Pick<Extract<StepProgress, { kind: "ready" }>, "askedAgainBy"> {
  if (before.kind !== "ready" || before.approval?.outcome.kind !== "expired") return { askedAgainBy: by };
  return before.askedAgainBy === undefined ? {} : { askedAgainBy: before.askedAgainBy };
}

function withoutEvidence(progress: Extract<StepProgress, { kind: "unknown" }>): StepProgress {
  const { evidence: _evidence, evidenceAt: _evidenceAt, ...unknown } = progress;
  return unknown;
}

function kept(approval: ApprovalRequest | undefined): { readonly approval?: ApprovalRequest } {
  return approval === undefined ? {} : { approval };
}

import { isInside } from "#approvals/window.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { unreachable } from "#src/kernel/result.ts";
import { stepDigest } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import type { Digest } from "#src/kernel/digest.ts";
import { isStoppedByDrift } from "./drift.ts";
import { holdOfReady } from "./hold.ts";
import type { Hold } from "./hold.ts";
import { currentTrack } from "./state.ts";
import type { Active, ApprovalRequest, StepProgress, Upgrade } from "./state.ts";

/** How long a signed standing may be used after the voters were looked up (design invariant 4: ≤ 60 s). */
export const recheckAfterMs = 60_000;

/** What the machine should do now; everything else waits for people. */
export type Next =
  /** A runner reads the live installation. */
  | { readonly do: "survey" }
  /** The bot looks the voters up again and signs the standing. */
  | { readonly do: "sign"; readonly step: Step; readonly attempt: number; readonly approval: ApprovalRequest }
  /** A runner claims and runs the step. */
  | {
      readonly do: "run";
      readonly plan: Plan;
      readonly step: Step;
      readonly attempt: number;
      readonly digest: Digest;
      readonly approval?: ApprovalRequest;
    }
  /** A runner is at it. */
  | { readonly do: "watch"; readonly step: Step; readonly attempt: number; readonly runnerId: string }
  /** A runner collects read-only evidence about an unknown outcome. */
  | { readonly do: "probe"; readonly step: Step; readonly attempt: number }
  | {
      readonly do: "wait";
      readonly for: "start" | "schedule" | "approval" | "confirmation" | "decision" | "resume" | "window";
      readonly step?: Step;
    }
  /** The calendar keeps the step from starting; it goes on by itself when that is over. */
  | { readonly do: "wait"; readonly for: "calendar"; readonly step: Step; readonly hold: Hold }
  | { readonly do: "nothing" };

/** The one place that says what happens next. Pure: equal state and time give equal answers. */
export function next(upgrade: Upgrade, now: Instant): Next {
  switch (upgrade.status) {
    case "surveying":
      return { do: "survey" };
    case "planned":
      return { do: "wait", for: upgrade.schedule === undefined ? "start" : "schedule" };
    case "active":
      return nextOfActive(upgrade, now);
    case "closed":
      return { do: "nothing" };
    default:
      return unreachable(upgrade);
  }
}

/** Whether the next act is a runner's, so that it is worth waking one up. */
export function isRunnersTurn(upgrade: Upgrade, now: Instant): boolean {
  const { do: what } = next(upgrade, now);
  return what === "survey" || what === "run" || what === "probe";
}

/** Whether something else is to be done next than before, so that what follows is done because of what happened between. */
export function isTurnChanged(before: Upgrade | undefined, after: Upgrade, now: Instant): boolean {
  return before === undefined || turnOf(before, now) !== turnOf(after, now);
}

function turnOf(upgrade: Upgrade, now: Instant): string {
  const todo = next(upgrade, now);
  switch (todo.do) {
    case "survey":
      // Whoever asks again while the installation is being read has it read for what they asked.
      return `survey ${upgrade.request.at}`;
    case "sign":
    case "run":
    case "watch":
    case "probe":
      return `${todo.do} ${todo.step.id} ${todo.attempt}`;
    case "wait":
      return `wait ${todo.for} ${todo.step?.id ?? ""}`;
    case "nothing":
      return "nothing";
    default:
      return unreachable(todo);
  }
}

/** The step whose turn it is, with its progress; undefined when all are done. */
export function currentStep(upgrade: Active): { readonly step: Step; readonly progress: StepProgress } | undefined {
  const { plan, steps, turn } = currentTrack(upgrade);
  const step = plan.steps[turn];
  const progress = step === undefined ? undefined : steps.get(step.id);
  return step === undefined || progress === undefined ? undefined : { step, progress };
}

function nextOfActive(upgrade: Active, now: Instant): Next {
  const current = currentStep(upgrade);
  if (current === undefined) return { do: "nothing" };
  const { step, progress } = current;
  switch (progress.kind) {
    case "running":
      return { do: "watch", step, attempt: progress.attempt, runnerId: progress.runnerId };
    case "unknown":
      return progress.evidence === undefined
        ? { do: "probe", step, attempt: progress.attempt }
        : { do: "wait", for: "decision", step };
    case "failed":
      return { do: "wait", for: "decision", step };
    case "ready":
      if (isStoppedByDrift(upgrade)) return { do: "wait", for: "decision", step };
      return upgrade.flow.kind === "going"
        ? nextOfReady(upgrade, step, progress, now)
        : { do: "wait", for: "resume", step };
    case "waiting":
    case "done":
      return { do: "nothing" };
    default:
      return unreachable(progress);
  }
}

function nextOfReady(
  upgrade: Active,
  step: Step,
  progress: Extract<StepProgress, { kind: "ready" }>,
  now: Instant,
): Next {
  const { approval, attempt } = progress;
  if (approval !== undefined && approval.outcome.kind !== "granted") {
    return approval.outcome.kind === "open"
      ? { do: "wait", for: "approval", step }
      : { do: "wait", for: "decision", step };
  }
  // That it has ended is written down a moment later, and nothing starts meanwhile.
  if (hasEnded(approval, now)) return { do: "wait", for: "approval", step };
  const hold = holdOfReady(upgrade, step, progress, now);
  if (hold !== undefined) return { do: "wait", for: "calendar", step, hold };
  if (!isInsideOwnWindow(upgrade, approval, now)) return { do: "wait", for: "window", step };
  if (step.action.kind === "manual") return { do: "wait", for: "confirmation", step };
  const { plan } = currentTrack(upgrade);
  const digest = stepDigest(plan, step, attempt);
  if (approval === undefined || approval.outcome.kind !== "granted") return { do: "run", plan, step, attempt, digest };
  return isFreshlySigned(approval.outcome.signed, now)
    ? { do: "run", plan, step, attempt, digest, approval }
    : { do: "sign", step, attempt, approval };
}

/** Whether an approval was complete, and the time for the start of its step is over. */
export function hasEnded(approval: ApprovalRequest | undefined, now: Instant): boolean {
  return approval?.outcome.kind === "granted" && isAfter(now, approval.outcome.expiresAt);
}

/** Whether the policy of a step lets it start at this time of the week; a way back is not held by that either. */
export function isInsideOwnWindow(upgrade: Active, approval: ApprovalRequest | undefined, now: Instant): boolean {
  return approval === undefined || upgrade.rollback !== undefined || isInside(approval.policy.windows, now);
}

/** Whether the voters were looked up so lately that a step may start on it. */
export function isFreshlySigned(signed: { readonly checkedAt: Instant } | undefined, now: Instant): boolean {
  return signed !== undefined && !isAfter(now, addMs(signed.checkedAt, recheckAfterMs));
}

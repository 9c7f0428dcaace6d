import { isInside, nextOpening } from "#approvals/window.ts";
import { isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { holdOfReady, refOf } from "./hold.ts";
import { currentStep } from "./next.ts";
import type { Active, StepProgress } from "./state.ts";

/** When a step that calendar or windows keep from starting goes on by itself. */
export interface HoldEnd {
  /** Undefined where that is not to be told: no window opens within eight days. */
  readonly at?: Instant;
  /** When its approval ends, if that is before; then somebody has to ask again. */
  readonly approvalEndsAt?: Instant;
}

/** More freezes and windows in a row than this are not looked through. */
const mostInARow = 12;

/**
 * When the step whose turn has come may start: the end of what holds now is not it where a freeze ends in another one, or
 * while no window is open. Undefined where no step waits for its start.
 */
export function holdEndOf(upgrade: Active, now: Instant): HoldEnd | undefined {
  const current = currentStep(upgrade);
  if (current?.progress.kind !== "ready") return undefined;
  const { step, progress } = current;
  const at = firstFree(upgrade, step, progress, now);
  const outcome = progress.approval?.outcome;
  const endsAt = outcome?.kind === "granted" ? outcome.expiresAt : undefined;
  const isTooEarly = endsAt !== undefined && (at === undefined || isAfter(at, endsAt));
  return { ...(at === undefined ? {} : { at }), ...(isTooEarly ? { approvalEndsAt: endsAt } : {}) };
}

function firstFree(
  upgrade: Active,
  step: Parameters<typeof holdOfReady>[1],
  progress: Extract<StepProgress, { kind: "ready" }>,
  now: Instant,
): Instant | undefined {
  const windows = upgrade.rollback === undefined ? (progress.approval?.policy.windows ?? []) : [];
  let at = now;
  for (let round = 0; round < mostInARow; round += 1) {
    const hold = holdOfReady(upgrade, step, progress, at);
    if (hold === undefined && isInside(windows, at)) return at;
    const until = hold === undefined ? nextOpening(windows, at) : refOf(hold, at).until;
    if (until === undefined) return undefined;
    at = until;
  }
  return undefined;
}

import { isInside, nextOpening } from "#approvals/window.ts";
import { isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { unreachable } from "#src/kernel/result.ts";
import { openCalendar } from "#src/plan/calendar.ts";
import type { Calendar, Freeze, Maintenance } from "#src/plan/calendar.ts";
import type { StepClass } from "#src/plan/step.ts";
import type { HoldRef, Lifted } from "./events.ts";
import type { Active, Lift, StepProgress, Upgrade } from "./state.ts";

/** What keeps something from starting now, by the calendar. */
export type Hold =
  | { readonly kind: "freeze"; readonly freeze: Freeze }
  | { readonly kind: "window"; readonly maintenance: Maintenance };

/** What is to start. */
interface Starting {
  readonly class: StepClass;
  /** Of the way back of something that was begun. */
  readonly isWayBack: boolean;
  readonly isGlassBroken: boolean;
}

/** What an upgrade may know of the calendar: the newest that was told, else that of its request. */
export function calendarOf(upgrade: Upgrade): Calendar {
  return upgrade.calendar ?? upgrade.request.environment.calendar ?? openCalendar;
}

/**
 * Why a step may not start at this moment; undefined where nothing is in the way. A way back is never held: at three in
 * the morning a half-upgraded gateway is the greater risk, whatever the calendar says. Its approvals are asked for as ever.
 */
export function holdOf(
  { freezes, maintenance }: Calendar,
  lifts: readonly Lift[],
  starting: Starting,
  now: Instant,
): Hold | undefined {
  if (starting.isWayBack) return undefined;
  const freeze = freezeAt(
    freezes.filter(({ yieldsToBrokenGlass }) => !(starting.isGlassBroken && yieldsToBrokenGlass)),
    lifts,
    now,
  );
  if (freeze !== undefined) return { kind: "freeze", freeze };
  if (maintenance === undefined || (maintenance.bind === "impacting" && starting.class === "safe")) return undefined;
  const isLifted = lifts.some(({ hold, until }) => hold.kind === "window" && isAfter(until, now));
  return isLifted || isInside(maintenance.windows, now) ? undefined : { kind: "window", maintenance };
}

/** The freeze that binds at a moment and was not lifted; of several the one that ends last. */
export function freezeAt(freezes: readonly Freeze[], lifts: readonly Lift[], at: Instant): Freeze | undefined {
  return freezes
    .filter(({ from, to }) => !isAfter(from, at) && isAfter(to, at))
    .filter((freeze) => !lifts.some(({ hold }) => isOfFreeze(hold, freeze)))
    .toSorted((left, right) => (isAfter(left.to, right.to) ? 1 : -1))
    .at(-1);
}

/** The freeze that keeps an upgrade from being started or retried now. */
export function freezeFor(upgrade: Upgrade, at: Instant): Freeze | undefined {
  return freezeAt(calendarOf(upgrade).freezes, upgrade.lifts ?? [], at);
}

/** What keeps a step from starting whose turn has come. */
export function holdOfReady(
  upgrade: Active,
  step: { readonly class: StepClass },
  { approval }: Extract<StepProgress, { kind: "ready" }>,
  now: Instant,
): Hold | undefined {
  const outcome = approval?.outcome;
  return holdOf(
    calendarOf(upgrade),
    upgrade.lifts ?? [],
    {
      class: step.class,
      isWayBack: upgrade.rollback !== undefined,
      isGlassBroken: outcome?.kind === "granted" && outcome.brokenGlass !== undefined,
    },
    now,
  );
}

/** What a record says about a hold: which, until when, why, and who may lift it. */
export function refOf(hold: Hold, now: Instant): HoldRef {
  switch (hold.kind) {
    case "freeze": {
      const { name, from, to, reason, mayLift } = hold.freeze;
      return { kind: "freeze", name, from, until: to, reason, mayLift };
    }
    case "window": {
      const { windows, mayLift } = hold.maintenance;
      const until = nextOpening(windows, now);
      return { kind: "window", mayLift, ...(until === undefined ? {} : { until }) };
    }
    default:
      return unreachable(hold);
  }
}

/** What a person lifts who lifts this; undefined where no window opens that it could be lifted until. */
export function liftOf(hold: HoldRef): Lifted | undefined {
  switch (hold.kind) {
    case "freeze":
      return { kind: "freeze", name: hold.name, from: hold.from, until: hold.until };
    case "window":
      return hold.until === undefined ? undefined : { kind: "window", until: hold.until };
    default:
      return unreachable(hold);
  }
}

/** Whether what is recorded is still what holds; a closed window is not searched for its next opening every time. */
export function isSameHold(known: HoldRef, hold: Hold, now: Instant): boolean {
  if (hold.kind === "freeze") return known.kind === "freeze" && isOfFreeze(known, hold.freeze);
  return known.kind === "window" && known.until !== undefined && isAfter(known.until, now);
}

function isOfFreeze(ref: Lift["hold"], { name, from, to }: Freeze): boolean {
  return ref.kind === "freeze" && ref.name === name && ref.from === from && ref.until === to;
}

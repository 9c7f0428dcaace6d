import { unreachable } from "#src/kernel/result.ts";
import type { CalendarEvent, HoldRef, Lifted } from "#src/upgrade/events.ts";
import { refOf } from "#src/upgrade/hold.ts";
import type { Hold } from "#src/upgrade/hold.ts";
import { holdEndOf } from "#src/upgrade/hold-end.ts";
import type { HoldEnd } from "#src/upgrade/hold-end.ts";
import type { Active, Planned } from "#src/upgrade/state.ts";
import { escapeWithNames, partNames, personName, requesterName } from "./names.ts";
import type { Names } from "./names.ts";
import { dateToken, escapeText } from "./text.ts";

/** What the thread says when something may start at another time than before. */
export function calendarLine(
  event: Exclude<CalendarEvent, { type: "step_held_back" }>,
  stepTitle: (stepId: string) => string,
  names: Names,
): string {
  switch (event.type) {
    case "start_scheduled":
      return `🗓️ ${requesterName(event.by)} lets it start ${dateToken(event.at)} (meant in ${escapeText(event.timeZone, 60)}). Everything is looked at once more then; \`/kong-upgrade unschedule\` takes it back.`;
    case "start_unscheduled":
      return `🗓️ The scheduled start was taken back by ${requesterName(event.by)}${event.reason === "" ? "" : `: ${escapeText(event.reason)}`}`;
    case "scheduled_start_missed":
      return `⏰ *Not started* although it was scheduled for ${dateToken(event.at)}: ${escapeWithNames(event.reason, names, 1_000)} ${escapeWithNames(event.help, names, 500)}`;
    case "calendar_changed":
      return "🗓️ The configuration of windows and freezes has changed; from now on the new one holds here.";
    case "step_let_go":
      return `▶️ The calendar does not hold “${stepTitle(event.stepId)}” any more.`;
    case "hold_lifted":
      return `🔓 ${personName(event.by)} lifted ${liftedText(event.hold)} for this upgrade: ${escapeText(event.reason, 1_000)}`;
    default:
      return unreachable(event);
  }
}

/** What keeps a step from starting, and when it goes on, where that is still to come; the title is escaped. */
export function heldBackText(hold: HoldRef, stepTitle: string, end: HoldEnd | undefined): string {
  const goesOn = end === undefined ? "" : ` ${goesOnText(end)}`;
  return `${markOf(hold)} “${stepTitle}” does not start now: ${holdText(hold)}.${goesOn}`;
}

/** Where a plan is whose start was scheduled, or was to be. */
export function scheduleHeadline({ schedule, missedStart, plan }: Planned, names: Names): string | undefined {
  const steps = `${plan.steps.length} steps, nothing was changed yet`;
  if (schedule !== undefined)
    return `🗓️ Starts ${dateToken(schedule.at)}, scheduled by ${requesterName(schedule.by)}: ${steps}`;
  if (missedStart === undefined) return undefined;
  return `⏰ Not started although it was scheduled for ${dateToken(missedStart.at)}: ${escapeWithNames(missedStart.reason, names, 500)} ${escapeWithNames(missedStart.help, names, 300)}\n📋 Planned: ${steps}`;
}

/** `❄️ Frozen before` */
export function holdMood(kind: Hold["kind"]): string {
  return kind === "freeze" ? "❄️ Held by a freeze before" : "🕒 Waiting for a maintenance window:";
}

/** Until when it waits, and who can let it go on before. */
export function whoCanLift(hold: Hold, upgrade: Active, names: Names): string {
  const ref = refOf(hold, upgrade.updatedAt);
  const { users, groups } = ref.mayLift;
  const isNobody = users.length + groups.length === 0;
  const who = isNobody
    ? "the configuration names nobody who may lift it"
    : `${partNames(ref.mayLift, names)} can lift it before, by the button in the thread or \`/kong-upgrade lift --reason …\``;
  return `nobody; ${holdText(ref)}. ${goesOnText(holdEndOf(upgrade, upgrade.updatedAt) ?? {})} (${who})`;
}

function holdText(hold: HoldRef): string {
  switch (hold.kind) {
    case "freeze": {
      const why = hold.reason === "" ? "" : ` (${escapeText(hold.reason, 300)})`;
      return `freeze “${escapeText(hold.name, 60)}” holds until ${dateToken(hold.until)}${why}`;
    }
    case "window":
      return "no maintenance window is open";
    default:
      return unreachable(hold);
  }
}

/** When a held step goes on by itself, and whether its approval lasts until then. */
export function goesOnText({ at, approvalEndsAt }: HoldEnd): string {
  const isUnknown = "No window opens within eight days";
  if (approvalEndsAt === undefined)
    return at === undefined ? `${isUnknown}.` : `It goes on by itself ${dateToken(at)}.`;
  const ends = `its approval ends ${dateToken(approvalEndsAt)}`;
  const when = at === undefined ? `${isUnknown}, and ${ends}` : `It could go on ${dateToken(at)}, but ${ends}`;
  return `⚠️ ${when}: then it has to be asked for again.`;
}

function markOf({ kind }: HoldRef): string {
  return kind === "freeze" ? "❄️" : "🕒";
}

/** `freeze “year's end”` */
export function liftedText(hold: Lifted): string {
  switch (hold.kind) {
    case "freeze":
      return `freeze “${escapeText(hold.name, 60)}”`;
    case "window":
      return `the maintenance windows until ${dateToken(hold.until)}`;
    default:
      return unreachable(hold);
  }
}

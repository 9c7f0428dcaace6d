import { unreachable } from "#src/kernel/result.ts";
import type { CalendarEvent } from "./events.ts";
import type { Lift, Upgrade } from "./state.ts";

/** Folds when something may start; undefined where the event cannot follow. */
export function evolveCalendar(upgrade: Upgrade, event: CalendarEvent, at: string): Upgrade | undefined {
  switch (event.type) {
    case "start_scheduled": {
      if (upgrade.status !== "planned") return undefined;
      const { missedStart: _, ...rest } = upgrade;
      return {
        ...rest,
        schedule: { at: event.at, timeZone: event.timeZone, by: event.by, planDigest: event.planDigest },
      };
    }
    case "start_unscheduled":
      return unscheduled(upgrade);
    case "scheduled_start_missed": {
      const rest = unscheduled(upgrade);
      return rest?.status === "planned"
        ? { ...rest, missedStart: { at: event.at, reason: event.reason, help: event.help } }
        : undefined;
    }
    case "calendar_changed":
      return { ...withoutHold(upgrade), calendar: event.calendar };
    case "step_held_back": {
      const { stepId, attempt, hold } = event;
      return upgrade.status === "active" ? { ...upgrade, heldBack: { stepId, attempt, hold } } : undefined;
    }
    case "step_let_go":
      return upgrade.status === "active" ? withoutHold(upgrade) : undefined;
    case "hold_lifted": {
      const { hold, by, reason } = event;
      const lift: Lift = { hold, until: hold.until, by, reason, at };
      return { ...withoutHold(upgrade), lifts: [...(upgrade.lifts ?? []), lift] };
    }
    default:
      return unreachable(event);
  }
}

function unscheduled(upgrade: Upgrade): Upgrade | undefined {
  if (upgrade.status !== "planned" || upgrade.schedule === undefined) return undefined;
  const { schedule: _, ...rest } = upgrade;
  return rest;
}

/** What held is looked at anew, by the same decision that caused this. */
function withoutHold(upgrade: Upgrade): Upgrade {
  if (upgrade.status !== "active") return upgrade;
  const { heldBack: _, ...rest } = upgrade;
  return rest;
}

import { z } from "zod";
import { epochMsOf, instantOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { isTimeZone, wallTimeAt } from "#src/kernel/zoned-time.ts";

/** From Monday on. */
export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export const weekdaySchema = z.enum(weekdays);

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/u, "expected a time of day such as 22:00");

/**
 * A maintenance window by the wall clock of a place, so that it follows summer time there. `to` is exclusive; one that is
 * not after `from` is of the next day, and equal times mean the whole day.
 */
export const windowSchema = z.object({
  /** The days on which it opens. */
  days: z.array(weekdaySchema).min(1).readonly(),
  from: timeOfDay,
  to: timeOfDay,
  timeZone: z.string().refine(isTimeZone, "expected a time zone such as Europe/Berlin"),
});
export type Window = z.infer<typeof windowSchema>;

const minuteMs = 60_000;
const minutesOfDay = 24 * 60;

/** Whether one of the windows is open; without any window everything is allowed at any time. */
export function isInside(windows: readonly Window[], now: Instant): boolean {
  return windows.length === 0 || windows.some((window) => isOpen(window, now));
}

/** The next minute at which a window is open, within eight days; undefined where none opens. */
export function nextOpening(windows: readonly Window[], now: Instant): Instant | undefined {
  return firstMinute(windows, now, (at) => isInside(windows, at));
}

/** The next minute at which no window is open, within eight days; undefined where one is open all that time. */
export function nextClosing(windows: readonly Window[], now: Instant): Instant | undefined {
  return firstMinute(windows, now, (at) => !isInside(windows, at));
}

/**
 * Looks only at minutes at which something can change: zones are whole quarters of an hour away from UTC and jump at such,
 * so a window opens and ends at the same minute of a quarter there as here. Every minute of a week takes 15 times as long.
 */
function firstMinute(
  windows: readonly Window[],
  now: Instant,
  isWanted: (at: Instant) => boolean,
): Instant | undefined {
  const first = Math.ceil(epochMsOf(now) / minuteMs);
  const changes = new Set([0, ...windows.flatMap(({ from, to }) => [minutesOf(from) % 15, minutesOf(to) % 15])]);
  for (let minute = first; minute <= first + 8 * minutesOfDay; minute += 1) {
    if (minute !== first && !changes.has(minute % 15)) continue;
    if (isWanted(instantOf(minute * minuteMs))) return instantOf(minute * minuteMs);
  }
  return undefined;
}

function isOpen(window: Window, now: Instant): boolean {
  const { day, minute } = wallClock(window.timeZone, now);
  const from = minutesOf(window.from);
  const to = minutesOf(window.to);
  const today = weekdays[day];
  const yesterday = weekdays[(day + 6) % 7];
  const opensOn = (weekday: (typeof weekdays)[number] | undefined): boolean =>
    weekday !== undefined && window.days.includes(weekday);
  if (from < to) return opensOn(today) && minute >= from && minute < to;
  return (opensOn(today) && minute >= from) || (opensOn(yesterday) && minute < to);
}

/** Day of the week (Monday is 0) and minute of the day by the clock on a wall there. */
function wallClock(timeZone: string, now: Instant): { readonly day: number; readonly minute: number } {
  const { year, month, day, hour, minute } = wallTimeAt(now, timeZone);
  const sundayIsZero = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return { day: (sundayIsZero + 6) % 7, minute: hour * 60 + minute };
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

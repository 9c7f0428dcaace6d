import { epochMsOf, instantOf } from "./instant.ts";
import type { Instant } from "./instant.ts";

/** What a calendar and a clock on a wall show, to the minute. Months count from 1. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What the wall shows in a zone at a moment; seconds are left out. */
export function wallTimeAt(instant: Instant, timeZone: string): WallTime {
  const parts = formatOf(timeZone).formatToParts(epochMsOf(instant));
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((each) => each.type === type)?.value ?? Number.NaN);
  return { year: part("year"), month: part("month"), day: part("day"), hour: part("hour"), minute: part("minute") };
}

/**
 * The moments at which the wall shows exactly this, the earliest first: usually one, none in the gap when clocks go
 * forward, two when they go back. Zones jump by half an hour (Australia/Lord_Howe) and by a whole day (Pacific/Apia, 2011).
 */
export function instantsOf(wall: WallTime, timeZone: string): readonly Instant[] {
  const asUtcMs = utcMsOf(wall);
  // A zone is at most 14 hours ahead and 12 behind, so every offset that can hold at this wall time is seen within 26 h.
  const offsets = new Set([-26, -13, 0, 13, 26].map((hours) => offsetMsAt(asUtcMs + hours * hourMs, timeZone)));
  return [...offsets]
    .map((offsetMs) => asUtcMs - offsetMs)
    .filter((epochMs) => utcMsOf(wallTimeAt(instantOf(epochMs), timeZone)) === asUtcMs)
    .toSorted((left, right) => left - right)
    .map(instantOf);
}

/** Whether such a day and time of day exist in the calendar at all: no 31 April, no 25:00. */
export function isOnCalendar(wall: WallTime): boolean {
  const date = new Date(utcMsOf(wall));
  return (
    date.getUTCFullYear() === wall.year &&
    date.getUTCMonth() + 1 === wall.month &&
    date.getUTCDate() === wall.day &&
    date.getUTCHours() === wall.hour &&
    date.getUTCMinutes() === wall.minute
  );
}

/** The same time of day some days later, by the calendar. */
export function addDays({ hour, minute, ...date }: WallTime, days: number): WallTime {
  const moved = new Date(utcMsOf({ ...date, hour: 0, minute: 0 }) + days * 24 * hourMs);
  return { year: moved.getUTCFullYear(), month: moved.getUTCMonth() + 1, day: moved.getUTCDate(), hour, minute };
}

/** Whether the platform knows a zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    return formatOf(name).resolvedOptions().timeZone !== "";
  } catch {
    // A name that the platform does not know is the answer.
    return false;
  }
}

function offsetMsAt(epochMs: number, timeZone: string): number {
  const minutes = Math.floor(epochMs / minuteMs) * minuteMs;
  return utcMsOf(wallTimeAt(instantOf(minutes), timeZone)) - minutes;
}

function utcMsOf({ year, month, day, hour, minute }: WallTime): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}

/** Made once per zone, for a search over days asks thousands of times; bounded, because people type names of zones. */
const formats = new Map<string, Intl.DateTimeFormat>();
const maxFormats = 100;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    calendar: "iso8601",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  if (formats.size >= maxFormats) formats.clear();
  formats.set(timeZone, format);
  return format;
}

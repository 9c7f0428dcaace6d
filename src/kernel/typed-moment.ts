import { addMs, isAfter } from "./instant.ts";
import type { Instant } from "./instant.ts";
import { addDays, instantsOf, isOnCalendar, isTimeZone, wallTimeAt } from "./zoned-time.ts";
import type { WallTime } from "./zoned-time.ts";

/** A moment as somebody wrote it. Without a zone that of the place is meant. */
export type TypedMoment =
  | { readonly kind: "wall"; readonly wall: WallTime; readonly second: number; readonly timeZone?: string }
  | {
      readonly kind: "time_of_day";
      readonly hour: number;
      readonly minute: number;
      /** `next`: the first one that has not passed. */
      readonly day: "next" | "today" | "tomorrow";
      readonly timeZone?: string;
    }
  | { readonly kind: "in"; readonly durationMs: number };

/** Which moment that is. */
export type ResolvedMoment =
  | { readonly kind: "at"; readonly at: Instant; readonly timeZone: string }
  /** There is no such day or time of day. */
  | { readonly kind: "no_such_date" }
  /** Clocks go forward and jump over it; the wall shows `before` last and `after` next. */
  | { readonly kind: "skipped"; readonly wall: WallTime; readonly timeZone: string; readonly after: WallTime }
  /** Clocks go back, so the wall shows it twice. */
  | {
      readonly kind: "twice";
      readonly wall: WallTime;
      readonly timeZone: string;
      readonly moments: readonly Instant[];
    };

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const minuteMs = 60_000;

/** Nobody writes a moment with more characters; the patterns stay quick on it. */
const longest = 100;

/**
 * Reads `22:00`, `10pm`, `tomorrow 22:00`, `2026-12-01 22:00`, `2026-12-01T22:00+01:00`, `2026-12-01`, each with a zone
 * behind it or without (`22:00 Europe/Berlin`), and `in 2h`. Undefined for anything else.
 */
export function readMoment(text: string): TypedMoment | undefined {
  const written = text.trim().replaceAll(/\s+/gu, " ");
  if (written.length > longest) return undefined;
  return readIn(written) ?? readDate(written) ?? readTimeOfDay(written);
}

/** Which moment is meant now, in this zone unless it was written with another. */
export function resolveMoment(
  typed: TypedMoment,
  { now, timeZone: place }: { readonly now: Instant; readonly timeZone: string },
): ResolvedMoment {
  if (typed.kind === "in") return { kind: "at", at: addMs(now, typed.durationMs), timeZone: place };
  const timeZone = typed.timeZone ?? place;
  if (typed.kind === "wall") return resolveWall(typed.wall, typed.second, timeZone);
  const { hour, minute, day } = typed;
  const today = { ...wallTimeAt(now, timeZone), hour, minute };
  if (day === "tomorrow") return resolveWall(addDays(today, 1), 0, timeZone);
  const first = stillToCome(resolveWall(today, 0, timeZone), now);
  return day === "next" && isOver(first, now) ? resolveWall(addDays(today, 1), 0, timeZone) : first;
}

/** Of a time that the wall shows twice today only the one that is still to come, and the last one when both have passed. */
function stillToCome(resolved: ResolvedMoment, now: Instant): ResolvedMoment {
  if (resolved.kind !== "twice") return resolved;
  const { moments, timeZone } = resolved;
  const ahead = moments.filter((at) => isAfter(at, now));
  const only = ahead.length === 0 ? moments.at(-1) : ahead.length === 1 ? ahead[0] : undefined;
  return only === undefined ? resolved : { kind: "at", at: only, timeZone };
}

/** Whether that time of this day has passed, or was jumped over already. */
function isOver(resolved: ResolvedMoment, now: Instant): boolean {
  if (resolved.kind === "at") return !isAfter(resolved.at, now);
  return resolved.kind === "skipped" && wallText(wallTimeAt(now, resolved.timeZone)) > wallText(resolved.wall);
}

/** `2026-03-29 02:30`, as a wall shows it. */
export function wallText({ year, month, day, hour, minute }: WallTime): string {
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`;
}

function two(part: number): string {
  return String(part).padStart(2, "0");
}

function resolveWall(wall: WallTime, second: number, timeZone: string): ResolvedMoment {
  if (!isOnCalendar(wall)) return { kind: "no_such_date" };
  const moments = instantsOf(wall, timeZone);
  const [only, ...others] = moments;
  if (only === undefined) return { kind: "skipped", wall, timeZone, after: afterGap(wall, timeZone) };
  if (others.length > 0) return { kind: "twice", wall, timeZone, moments };
  return { kind: "at", at: addMs(only, second * 1_000), timeZone };
}

/** The first time that a wall shows after the gap; gaps are at most a day long (Pacific/Apia left out 30 December 2011). */
function afterGap(wall: WallTime, timeZone: string): WallTime {
  const start = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute);
  for (let minutes = 1; minutes <= 26 * 60; minutes += 1) {
    const date = new Date(start + minutes * minuteMs);
    const later = {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
    };
    if (instantsOf(later, timeZone).length > 0) return later;
  }
  return wall;
}

function readIn(text: string): TypedMoment | undefined {
  const match =
    /^in (\d{1,5}(?:\.\d{1,3})?) ?(?:(m)(?:in(?:ute)?s?)?|(h)(?:ours?|rs?)?|(d)(?:ays?)?)$/iu.exec(text) ?? undefined;
  if (match === undefined) return undefined;
  const unit = (["m", "h", "d"] as const).find((_, index) => match[index + 2] !== undefined);
  return unit === undefined ? undefined : { kind: "in", durationMs: Math.round(Number(match[1]) * unitMs[unit]) };
}

function readDate(text: string): TypedMoment | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[t ](\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(.*)$/iu.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", rest = ""] = match;
  const zone = readZone(rest);
  if (zone === undefined || Number(second) > 59) return undefined;
  const wall = {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
  };
  return { kind: "wall", wall, second: Number(second), ...zone };
}

function readTimeOfDay(text: string): TypedMoment | undefined {
  const match = /^(?:(today|tomorrow) )?(?:at )?(\d{1,2})(?::(\d\d))?(?: ?([ap])m\b)?(?![\d:])(.*)$/iu.exec(text);
  if (match === null) return undefined;
  const [, day, hourText, minuteText, half, rest = ""] = match;
  // A number alone is no time of day.
  if (minuteText === undefined && half === undefined) return undefined;
  const zone = readZone(rest);
  const hour = hourOf(Number(hourText), half?.toLowerCase());
  const minute = Number(minuteText ?? "0");
  if (zone === undefined || hour === undefined || minute > 59) return undefined;
  return { kind: "time_of_day", hour, minute, day: dayOf(day?.toLowerCase()), ...zone };
}

function dayOf(word: string | undefined): "next" | "today" | "tomorrow" {
  return word === "today" || word === "tomorrow" ? word : "next";
}

function hourOf(hour: number, half: string | undefined): number | undefined {
  if (half === undefined) return hour <= 23 ? hour : undefined;
  if (hour < 1 || hour > 12) return undefined;
  return (hour % 12) + (half === "p" ? 12 : 0);
}

/** What stands behind a time: nothing, `Z`, `+01:00`, or the name of a zone. Undefined for anything else. */
function readZone(text: string): { readonly timeZone?: string } | undefined {
  const name = text.trim();
  if (name === "") return {};
  if (/^z$/iu.test(name)) return { timeZone: "UTC" };
  const offset = /^([+-])(\d\d):?(\d\d)$/u.exec(name);
  const zone = offset === null ? name : `${offset[1]}${offset[2]}:${offset[3]}`;
  return /^[\w+/:-]+$/u.test(zone) && isTimeZone(zone) ? { timeZone: zone } : undefined;
}

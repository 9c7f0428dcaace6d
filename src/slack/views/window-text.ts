import { isInside, nextClosing, nextOpening, weekdays } from "#approvals/window.ts";
import type { Window } from "#approvals/window.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { dateToken, escapeText } from "./text.ts";

/** `starts only mon, tue 22:00–06:00 (Europe/Berlin); next opening …`; undefined where it may start at any time. */
export function windowText(windows: readonly Window[], now: Instant): string | undefined {
  if (windows.length === 0) return undefined;
  const when = windows
    .slice(0, 5)
    .map(({ days, from, to, timeZone }) => `${daysText(days)} ${from}–${to} (${escapeText(timeZone, 40)})`);
  return `starts only ${when.join(" or ")}; ${windowState(windows, now)}`;
}

/** `every day`, `mon–fri`, `mon, wed` */
function daysText(days: Window["days"]): string {
  const sorted = weekdays.filter((day) => days.includes(day));
  if (sorted.length === weekdays.length) return "every day";
  const isRun = weekdays.join(" ").includes(sorted.join(" "));
  return isRun && sorted.length > 2 ? `${sorted[0]}–${sorted.at(-1)}` : sorted.join(", ");
}

/** `next opening …` or `open until …`, as it is at that moment. */
export function windowState(windows: readonly Window[], now: Instant): string {
  if (isInside(windows, now)) {
    const closing = nextClosing(windows, now);
    return closing === undefined ? "open now" : `open until ${dateToken(closing)}`;
  }
  const opening = nextOpening(windows, now);
  return opening === undefined ? "none opens within eight days" : `next opening ${dateToken(opening)}`;
}

/** The moment to print and the zone of the person who reads it. */
type DateContext = { readonly seconds: number; readonly zone: string; readonly nowMs: number };

/**
 * Fills Slack's date tokens (`{date_short_pretty}`, `{time}`, `{ago}`, …) in the viewer's zone
 * (docs.slack.dev, formatting message text, "Date formatting"); unknown tokens stay as they are.
 */
export function formatDate(format: string, context: DateContext): string {
  return format.replaceAll(/\{([a-z_]+)\}/g, (token, name: string) => fillToken(name, context) ?? token);
}

function fillToken(name: string, context: DateContext): string | undefined {
  if (name === "ago") return agoText(context);
  const style = name.replace(/_pretty$/, "");
  const day = style === name ? undefined : dayName(context);
  if (day !== undefined && style.startsWith("date")) return day;
  const parts = readParts(context);
  switch (style) {
    case "date_num":
      return `${parts.year}-${parts.month2}-${parts.day2}`;
    case "date_slash":
      return `${parts.month2}/${parts.day2}/${parts.year}`;
    case "date":
      return `${parts.month} ${ordinal(parts.day)}, ${parts.year}`;
    case "date_short":
      return `${parts.month.slice(0, 3)} ${parts.day}, ${parts.year}`;
    case "date_long":
      return `${parts.weekday}, ${parts.month} ${ordinal(parts.day)}, ${parts.year}`;
    case "time":
      return `${parts.hour}:${parts.minute}`;
    case "time_secs":
      return `${parts.hour}:${parts.minute}:${parts.second}`;
    default:
      return undefined;
  }
}

function readParts({ seconds, zone }: DateContext) {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "long",
    day: "numeric",
    weekday: "long",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const when = new Date(seconds * 1000);
  const found = Object.fromEntries(format.formatToParts(when).map(({ type, value }) => [type, value]));
  const monthNumber = new Intl.DateTimeFormat("en-US", { timeZone: zone, month: "2-digit" }).format(when);
  const day = Number(found["day"] ?? "0");
  return {
    year: found["year"] ?? "",
    month: found["month"] ?? "",
    month2: monthNumber,
    day,
    day2: String(day).padStart(2, "0"),
    weekday: found["weekday"] ?? "",
    hour: found["hour"] ?? "",
    minute: found["minute"] ?? "",
    second: found["second"] ?? "",
  };
}

function dayName(context: DateContext): string | undefined {
  const away = dayNumber(context.seconds * 1000, context.zone) - dayNumber(context.nowMs, context.zone);
  const names: Readonly<Record<number, string>> = { [-1]: "yesterday", 0: "today", 1: "tomorrow" };
  return names[away];
}

function dayNumber(ms: number, zone: string): number {
  const [year = 0, month = 1, day = 1] = new Intl.DateTimeFormat("en-CA", { timeZone: zone })
    .format(new Date(ms))
    .split("-")
    .map(Number);
  return Math.round(Date.UTC(year, month - 1, day) / 86_400_000);
}

function agoText({ seconds, nowMs }: DateContext): string {
  const away = Math.round(nowMs / 1000) - seconds;
  const size = Math.abs(away);
  const [count, unit] =
    size < 60
      ? [size, "second"]
      : size < 3600
        ? [Math.round(size / 60), "minute"]
        : size < 86_400
          ? [Math.round(size / 3600), "hour"]
          : [Math.round(size / 86_400), "day"];
  const text = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return away >= 0 ? `${text} ago` : `in ${text}`;
}

function ordinal(day: number): string {
  const tail = day % 100 >= 11 && day % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][day % 10] ?? "th");
  return `${day}${tail}`;
}

/** Seconds since 1970 of a wall clock time `YYYY-MM-DDTHH:mm` in a zone. */
export function secondsInZone(wall: string, zone: string): number {
  const asUtc = Date.parse(`${wall}:00Z`);
  const offset = (ms: number): number => {
    const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(
      ms,
    );
    return Date.parse(`${shown.replace(" ", "T")}Z`) - ms;
  };
  const guess = asUtc - offset(asUtc);
  return Math.floor((asUtc - offset(guess)) / 1000);
}

/** The wall clock time `YYYY-MM-DDTHH:mm` of a moment in a zone. */
export function wallTime(seconds: number, zone: string): string {
  const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  return shown.format(seconds * 1000).replace(" ", "T");
}

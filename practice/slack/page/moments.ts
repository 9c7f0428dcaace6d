import { formatDate } from "./mrkdwn/date-token.ts";

/** The time of day of a message in a zone. */
export function clockText(ts: string, zone: string): string {
  return formatDate("{time}", { seconds: Math.floor(Number(ts)), zone, nowMs: Date.now() });
}

/** The full moment of a message in a zone, for tooltips. */
export function momentText(ts: string, zone: string): string {
  return `${formatDate("{date_long} {time_secs}", { seconds: Math.floor(Number(ts)), zone, nowMs: Date.now() })} (${zone})`;
}

/** The day of a message in a zone, as the divider above it says. */
export function dayTitle(ts: string, zone: string): string {
  const title = formatDate("{date_long_pretty}", { seconds: Math.floor(Number(ts)), zone, nowMs: Date.now() });
  return title.charAt(0).toUpperCase() + title.slice(1);
}

/** A number of bytes in the unit that a person would use. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

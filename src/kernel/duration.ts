import { z } from "zod";

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration in configuration (`30s`, `10m`, `2h`), parsed to milliseconds. */
export const durationMsSchema = z.string().transform((text, context) => {
  const durationMs = parseDurationMs(text);
  if (durationMs !== undefined) return durationMs;
  context.addIssue("expected a duration such as 30s, 10m or 2h");
  return z.NEVER;
});

/** Milliseconds of `30s`, `10m`, `1.5h`, `2d`; undefined for anything else. */
function parseDurationMs(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/u.exec(text.trim());
  if (match === null) return undefined;
  const unit = Object.entries(unitMs).find(([name]) => name === match[2]);
  return unit === undefined ? undefined : Math.round(Number(match[1]) * unit[1]);
}

/** `90000` → `1m 30s`; for people. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  const seconds = Math.round(durationMs / 1_000);
  const parts = [
    [Math.floor(seconds / 3_600), "h"],
    [Math.floor((seconds % 3_600) / 60), "m"],
    [seconds % 60, "s"],
  ] as const;
  return parts.flatMap(([amount, unit]) => (amount > 0 ? [`${amount}${unit}`] : [])).join(" ");
}

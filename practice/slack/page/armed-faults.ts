import type { Workspace } from "./model.ts";

/** The faults that are armed or switched on now, as short texts; rate limits count when they are not as in Slack. */
export function armedFaults({ faults, rateLimits }: Workspace): readonly string[] {
  const armed = Object.entries(faults)
    .filter(([name, value]) => name !== "rate_limits" && Boolean(value))
    .map(([name, value]) => (value === true ? name : `${name} ${shortly(value)}`));
  return rateLimits === "real" || rateLimits === "" ? armed : [...armed, `rate_limits ${rateLimits}`];
}

function shortly(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return value.map(shortly).join(", ");
  return Object.values(value)
    .filter((part) => part !== null && part !== 0)
    .join(" ");
}

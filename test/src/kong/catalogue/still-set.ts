import type { Example } from "./example.ts";

/** A kong.conf that still has an old key, and one that has only another. */
export function stillSet(hazard: string, key: string, other: string): Example {
  return {
    hazard,
    hits: { conf: { log_level: "notice", [key]: "100" } },
    evidence: [key],
    misses: { conf: { log_level: "notice", [other]: "100" } },
  };
}

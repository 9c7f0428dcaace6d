import type { Example } from "./example.ts";

/** A default that changes for who left a key unset, and for nobody who set it. */
export function leftUnset(hazard: string, key: string, value: string): Example {
  return {
    hazard,
    hits: { conf: { log_level: "notice" } },
    evidence: [key],
    misses: { conf: { log_level: "notice", [key]: value } },
  };
}

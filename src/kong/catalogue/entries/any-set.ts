import type { Condition } from "#src/kong/catalogue/condition.ts";

/** At least one of these kong.conf keys (`/regex/` for several) was set by somebody. */
export function anySet(keys: readonly string[]): Condition {
  return { any: keys.map((key) => ({ kind: "conf", key, predicate: "present" })) };
}

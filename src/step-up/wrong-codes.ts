import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";

/** So many wrong codes within the window lock: a guess hits one of the three codes that count with 3 in a million. */
const mostWrongCodes = 5;
const windowMs = 15 * 60_000;
const lockMs = 15 * 60_000;

/** What is remembered after a wrong code: either it can be tried again, or the person is locked. */
export type AfterWrongCode =
  | { readonly kind: "open"; readonly wrongAt: readonly Instant[]; readonly attemptsLeft: number }
  | { readonly kind: "locked"; readonly until: Instant };

/** Counts one more wrong code; those that are older than the window are forgotten. */
export function afterWrongCode(earlier: readonly Instant[], now: Instant): AfterWrongCode {
  const windowStart = addMs(now, -windowMs);
  const wrongAt = [...earlier.filter((at) => isAfter(at, windowStart)), now];
  return wrongAt.length >= mostWrongCodes
    ? { kind: "locked", until: addMs(now, lockMs) }
    : { kind: "open", wrongAt, attemptsLeft: mostWrongCodes - wrongAt.length };
}

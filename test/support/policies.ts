import { defaults } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";

/** A policy of one minute, with what a test is about. */
export function policyOf(over: Partial<Policy> & Pick<Policy, "alternatives">): Policy {
  return { ...defaults, requestExpiresAfterMs: 60_000, grantExpiresAfterMs: 60_000, ...over };
}

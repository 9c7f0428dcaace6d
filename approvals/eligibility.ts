import type { Person } from "./person.ts";
import type { Policy } from "./policy.ts";

/** Why somebody's vote does not count; each has its own private answer. */
export type IneligibleReason =
  | "is_requester"
  | "is_external"
  | "is_guest"
  | "is_deactivated"
  | "is_bot"
  | "not_named"
  | "look_up_failed";

export type Eligibility =
  | { readonly kind: "eligible" }
  | { readonly kind: "ineligible"; readonly reason: IneligibleReason };

/** Whether this person may vote at a gate of this policy. Nobody is exempt; what is not known counts as no. */
export function eligibilityOf(policy: Policy, person: Person, requesterIds: readonly string[]): Eligibility {
  if (requesterIds.includes(person.userId)) return ineligible("is_requester");
  if (person.kind === "unknown") return ineligible("look_up_failed");
  if (!person.isHomeTeam) return ineligible("is_external");
  if (person.isDeactivated) return ineligible("is_deactivated");
  if (person.isBot) return ineligible("is_bot");
  if (person.isGuest) return ineligible("is_guest");
  const isNamed = policy.users.includes(person.userId) || policy.groups.some((group) => person.groups.includes(group));
  return isNamed ? { kind: "eligible" } : ineligible("not_named");
}

function ineligible(reason: IneligibleReason): Eligibility {
  return { kind: "ineligible", reason };
}

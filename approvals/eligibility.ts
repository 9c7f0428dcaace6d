import { isAmong } from "./person.ts";
import type { KnownPerson, Person } from "./person.ts";
import { partsOf } from "./policy.ts";
import type { Part, Policy } from "./policy.ts";

/** Why somebody's vote does not count; each has its own private answer. */
export type IneligibleReason =
  | "is_requester"
  | "is_external"
  | "is_guest"
  | "is_deactivated"
  | "is_bot"
  | "not_named"
  | "approved_before"
  | "look_up_failed";

export type Eligibility =
  | { readonly kind: "eligible" }
  | { readonly kind: "ineligible"; readonly reason: IneligibleReason };

/** Who may vote: the policy, and whoever must not, as accounts and humans. */
export interface Electorate {
  readonly policy: Policy;
  /** Everybody who asked for it. */
  readonly requesterIds: readonly string[];
  /** Whoever approved the last irreversible step, where the policy wants other people. */
  readonly earlierVoterIds: readonly string[];
}

/**
 * Whether this person may vote at a gate. Nobody is exempt; what is not known counts as no. `represented` are approvers
 * in whose place they vote: a list that one of them is in, they are in.
 */
export function eligibilityOf(
  electorate: Electorate,
  person: Person,
  represented: readonly Person[] = [],
): Eligibility {
  const { policy } = electorate;
  const own = whyNotOf(electorate, person);
  if (own !== undefined) return ineligible(own);
  const parts = partsOf(policy);
  if (parts.some((part) => mayFill(electorate, { voter: person, represented }, part))) return { kind: "eligible" };
  const isOpen = parts.some((part) => [person, ...represented].some((each) => isUnread(part, each)));
  return ineligible(isOpen ? "look_up_failed" : "not_named");
}

/** Whether it is not known that somebody is in the list of a part, because a group of it could not be read. */
export function isUnread({ groups }: Pick<Part, "groups">, person: Person): boolean {
  return person.kind === "known" && groups.some((group) => person.unreadGroups?.includes(group) === true);
}

/** Whether somebody is in the list of a part, by themselves or in the place of one who is and could vote. */
export function mayFill(
  electorate: Electorate,
  { voter, represented }: { readonly voter: Person; readonly represented: readonly Person[] },
  part: Part,
): boolean {
  const usable = represented.filter((person) => whyNotOf(electorate, person) === undefined);
  return [voter, ...usable].some((person) => isIn(part, person));
}

/** What keeps an account from acting for anybody at all, whatever is decided. */
export function whyNoMember(person: Person): Exclude<IneligibleReason, "not_named"> | undefined {
  if (person.kind === "unknown") return "look_up_failed";
  return whyNoFullMember(person);
}

function whyNoFullMember(person: KnownPerson): Exclude<IneligibleReason, "not_named"> | undefined {
  if (!person.isHomeTeam) return "is_external";
  if (person.isDeactivated) return "is_deactivated";
  if (person.isBot) return "is_bot";
  return person.isGuest ? "is_guest" : undefined;
}

function whyNotOf(
  { requesterIds, earlierVoterIds }: Electorate,
  person: Person,
): Exclude<IneligibleReason, "not_named"> | undefined {
  if (isAmong(person, requesterIds)) return "is_requester";
  const noMember = whyNoMember(person);
  if (noMember !== undefined) return noMember;
  return isAmong(person, earlierVoterIds) ? "approved_before" : undefined;
}

/** Whether somebody is in the list of a part by themselves. */
export function isIn({ users, groups }: Part, person: Person): boolean {
  if (person.kind === "unknown") return false;
  return users.includes(person.userId) || groups.some((group) => person.groups.includes(group));
}

function ineligible(reason: IneligibleReason): Eligibility {
  return { kind: "ineligible", reason };
}

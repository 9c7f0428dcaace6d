import { mayFill } from "#approvals/eligibility.ts";
import type { IneligibleReason } from "#approvals/eligibility.ts";
import type { Feasibility } from "#approvals/feasibility.ts";
import { humanOf } from "#approvals/person.ts";
import type { Person } from "#approvals/person.ts";
import { partsOf } from "#approvals/policy.ts";
import type { Part, Policy } from "#approvals/policy.ts";
import type { Names } from "#src/slack/views/names.ts";

/** A policy that the people who exist cannot meet, and what it is about. */
export interface UnmetPolicy {
  readonly policy: Policy;
  /** What waits for the approval, e.g. `irreversible steps`. */
  readonly what: string;
  readonly feasibility: Extract<Feasibility, { readonly kind: "cannot_be_met" }>;
  /** Groups of the policy whose members could not be read. */
  readonly unreadGroups: readonly string[];
  /** People of its lists who were not looked at, because they are too many. */
  readonly leftOut: number;
}

/** Whose names stand in the text, and who is only excluded by what they are about to do. */
export interface Telling {
  readonly names: Names;
  /** Accounts and humans who are about to start it. */
  readonly starterIds: readonly string[];
}

/** Most names in one enumeration; a message is no directory. */
const maxNames = 10;

/**
 * Who is missing, and why the ones who are named do not count, as plain text: `2 of @dba are needed to approve
 * irreversible steps: only erin can (carol asked for this upgrade; dora is deactivated). 1 more of @dba is missing.`
 */
export function describeUnmet(unmet: UnmetPolicy, telling: Telling): string {
  const { policy, what, feasibility } = unmet;
  const ways = policy.alternatives.map((parts) => seatsText(parts, telling.names, "of"));
  const [only] = policy.alternatives;
  const isOne = policy.alternatives.length === 1 && only?.length === 1 && only[0]?.count === 1;
  const needed = ways.length === 1 ? ways.join("") : `${ways.join(", or ")},`;
  const others = policy.needsOtherPeople ? ", each time by other people than the time before" : "";
  const can = whoCan(feasibility.available, everybodyIn(feasibility));
  const reasons = reasonsOf(unmet, telling);
  const why = reasons.length === 0 ? "" : ` (${reasons.join("; ")})`;
  const lacking = fewest(feasibility.missing);
  const verb = sizeOf(lacking) === 1 ? "is" : "are";
  const missing = `${seatsText(lacking, telling.names, "more of")} ${verb} missing`;
  return `${needed} ${isOne ? "is" : "are"} needed to approve ${what}${others}: ${can}${why}. ${missing}.`;
}

function whoCan(available: readonly Person[], everybody: readonly Person[]): string {
  const names = available.map((person) => nameOf(person, everybody));
  return names.length === 0 ? "nobody can" : `only ${enumerate(names, "and")} can`;
}

function reasonsOf({ policy, feasibility, unreadGroups, leftOut }: UnmetPolicy, telling: Telling): readonly string[] {
  const { available, excluded } = feasibility;
  const counted = new Set(available.map(humanOf));
  const everybody = everybodyIn(feasibility);
  const lists = { policy, requesterIds: [], earlierVoterIds: [] };
  const isNamed = (person: Person): boolean =>
    partsOf(policy).some((part) => mayFill(lists, { voter: person, represented: [] }, part));
  const people = excluded
    .filter(({ person, reason }) => reason === "look_up_failed" || isNamed(person))
    // Another account of somebody who counts takes nothing away.
    .filter(({ person }) => !counted.has(humanOf(person)))
    .map(({ person, reason }) => `${nameOf(person, everybody)} ${reasonText(person, reason, telling)}`);
  const distinct = [...new Set(people)];
  const more = distinct.length - maxNames;
  return [
    ...distinct.slice(0, maxNames),
    ...(more > 0 ? [`${more} more do not count either`] : []),
    ...unreadGroups.map((group) => `the members of ${groupName(group, policy, telling.names)} could not be looked up`),
    ...(leftOut > 0 ? [`${leftOut} more people of its lists were not looked at; name smaller groups`] : []),
  ];
}

function reasonText(person: Person, reason: IneligibleReason, { starterIds }: Telling): string {
  const isStarter = starterIds.includes(person.userId) || starterIds.includes(humanOf(person));
  return {
    is_requester: isStarter ? "would have started it" : "asked for this upgrade",
    is_external: "belongs to another organisation",
    is_guest: "is a guest",
    is_deactivated: "is deactivated",
    is_bot: "is a bot",
    approved_before: "approved the last irreversible step",
    not_named: "is not named",
    look_up_failed: "could not be looked up",
  }[reason];
}

/** The way of meeting the policy that lacks the fewest people. */
function fewest(missing: readonly (readonly Seats[])[]): readonly Seats[] {
  return missing.toSorted((left, right) => sizeOf(left) - sizeOf(right))[0] ?? [];
}

function sizeOf(seats: readonly Seats[]): number {
  return seats.reduce((sum, { count }) => sum + count, 0);
}

interface Seats {
  readonly part: Part;
  readonly count: number;
}

function seatsText(seats: readonly (Seats | Part)[], names: Names, word: "of" | "more of"): string {
  const counts = new Map<string, number>();
  for (const seat of seats) {
    const label = partLabel("part" in seat ? seat.part : seat, names);
    counts.set(label, (counts.get(label) ?? 0) + seat.count);
  }
  return [...counts].map(([label, count]) => `${count} ${word} ${label}`).join(" and ");
}

/** A list of people: as the configuration calls it, else one by one. */
function partLabel({ name, users, groups }: Part, names: Names): string {
  if (name !== undefined) return `@${name}`;
  const all = [...groups.map((group) => `@${handleOf(group, names)}`), ...users.map((user) => names.person(user))];
  return all.length === 0 ? "nobody" : enumerate(all, "or");
}

function groupName(group: string, policy: Policy, names: Names): string {
  const name = partsOf(policy).find(({ groups, users }) => groups.length + users.length === 1 && groups[0] === group);
  return `@${name?.name ?? handleOf(group, names)}`;
}

function handleOf(group: string, names: Names): string {
  return group.startsWith("roster:") ? group.slice("roster:".length) : names.group(group);
}

function everybodyIn({ available, excluded }: UnmetPolicy["feasibility"]): readonly Person[] {
  return [...available, ...excluded.map(({ person }) => person)];
}

/** Names can be imitated: where two have the same one, the account stands beside it. */
function nameOf(person: Person, everybody: readonly Person[]): string {
  if (person.kind === "unknown") return person.userId;
  const namesakes = everybody.filter(
    (other) => other.kind === "known" && other.name === person.name && other.userId !== person.userId,
  );
  return namesakes.length === 0 ? person.name : `${person.name} (${person.userId})`;
}

function enumerate(all: readonly string[], word: "and" | "or"): string {
  const shown = all.slice(0, maxNames);
  const more = all.length - shown.length;
  if (more > 0) return `${shown.join(", ")} ${word} ${more} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} ${word} ${shown.at(-1) ?? ""}`;
}

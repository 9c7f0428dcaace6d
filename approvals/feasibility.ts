import { cover } from "./cover.ts";
import { eligibilityOf, mayFill } from "./eligibility.ts";
import type { Electorate, IneligibleReason } from "./eligibility.ts";
import { distinctHumans, humanOf } from "./person.ts";
import type { Person } from "./person.ts";
import type { Part, Policy } from "./policy.ts";
import type { Missing } from "./tally.ts";

/** Whether the people who exist can meet a policy, and why not, by name. */
export type Feasibility =
  | { readonly kind: "can_be_met" }
  | {
      readonly kind: "cannot_be_met";
      /** For each way of meeting it: which seats stay empty. */
      readonly missing: readonly Missing[];
      /** Whoever could sit there. */
      readonly available: readonly Person[];
      /** Whoever is named and does not count, with the reason. */
      readonly excluded: readonly { readonly person: Person; readonly reason: IneligibleReason }[];
    };

/**
 * Looks whether a policy can be met by `roster`, the members of all lists that it names. Where the policy wants other
 * people than those of the irreversible step before, whose policy is `before`, two disjoint sets of people are looked for.
 */
export function feasibilityOf(
  policy: Policy,
  {
    roster,
    requesterIds,
    before,
  }: {
    readonly roster: readonly Person[];
    readonly requesterIds: readonly string[];
    readonly before?: Policy | undefined;
  },
): Feasibility {
  const electorate = { policy, requesterIds, earlierVoterIds: [] };
  const judged = roster.map((person) => ({ person, eligibility: eligibilityOf(electorate, person) }));
  const eligible = judged.flatMap(({ person, eligibility }) => (eligibility.kind === "eligible" ? [person] : []));
  const isIn = seats(electorate);
  const isPair = policy.needsOtherPeople && before !== undefined;
  const voters = isPair ? [...eligible, ...votersAmong({ ...electorate, policy: before }, roster)] : eligible;
  const humans = [...Map.groupBy(new Set(voters), humanOf).values()];
  const rounds = isPair ? pairs(before, policy) : policy.alternatives;
  // Whoever has two accounts votes with the one that is needed.
  const missing = rounds.map(
    (parts) => cover(parts, humans, (accounts, part) => accounts.some((person) => isIn(person, part))).missing,
  );
  if (missing.some((each) => each.length === 0)) return { kind: "can_be_met" };
  const excluded = judged.flatMap(({ person, eligibility }) =>
    eligibility.kind === "ineligible" ? [{ person, reason: eligibility.reason }] : [],
  );
  return { kind: "cannot_be_met", missing, available: distinctHumans(eligible), excluded };
}

/** Everybody of the roster who may vote at a gate, whether or not they are needed. */
export function votersAmong(electorate: Electorate, roster: readonly Person[]): readonly Person[] {
  return distinctHumans(roster.filter((person) => eligibilityOf(electorate, person).kind === "eligible"));
}

/** Whoever of the roster is in the list of a part and may vote. */
export function candidatesFor(electorate: Electorate, part: Part, roster: readonly Person[]): readonly Person[] {
  const isIn = seats(electorate);
  return votersAmong(
    electorate,
    roster.filter((person) => isIn(person, part)),
  );
}

function seats(electorate: Electorate): (person: Person, part: Part) => boolean {
  return (person, part) => mayFill(electorate, { voter: person, represented: [] }, part);
}

/** Two steps in a row, every way of the first with every way of the second. */
function pairs(before: Policy, { alternatives }: Policy): readonly (readonly Part[])[] {
  // A copy of each part, so that the seats of the second step are counted apart.
  return before.alternatives.flatMap((first) =>
    alternatives.map((second) => [...first, ...second.map((part) => ({ ...part }))]),
  );
}

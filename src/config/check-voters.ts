import { cover } from "#approvals/cover.ts";
import { partsOf } from "#approvals/policy.ts";
import type { Part, Policy } from "#approvals/policy.ts";
import type { Found } from "./cross-check.ts";

/** One human with every account that the lists name. */
type Voter = readonly string[];

interface Place {
  readonly path: readonly PropertyKey[];
  readonly accounts: readonly { readonly userId: string; readonly human: string }[];
  /** Whether the policy is written as ways, each with a place of its own. */
  readonly hasWays: boolean;
}

/**
 * Whether the people who are pinned in the file can meet a policy. Lists that are read later may hold anybody, so their
 * parts count as filled; who is in them is looked at when a plan is asked for.
 */
export function checkVoters(policy: Policy, { path, accounts, hasWays }: Place): readonly Found[] {
  const ways = policy.alternatives.map((parts) => parts.filter(isPinned));
  const voters = votersOf(ways.flat(), accounts);
  const hopeless = ways.flatMap((parts, index) => {
    const { missing } = cover(parts, voters, mayFill);
    if (missing.length === 0) return [];
    const lacking = missing.map(({ part, count }) => `${count} more of ${nameOf(part)}`).join(" and ");
    const message = `can never be met: it needs ${lacking}; each human counts once, whatever accounts and lists they have`;
    return [{ path: hasWays ? [...path, "any_of", index] : path, message }];
  });
  return [
    ...hopeless,
    ...(hopeless.length === 0 ? withoutOthers(policy, { ways, voters, path }) : []),
    ...tooManyDenials(policy, voters, path),
  ];
}

/** Two irreversible steps in a row (`finish` and decommissioning are in most plans) need two sets of people. */
function withoutOthers(
  { needsOtherPeople }: Policy,
  {
    ways,
    voters,
    path,
  }: {
    readonly ways: readonly (readonly Part[])[];
    readonly voters: readonly Voter[];
    readonly path: Place["path"];
  },
): readonly Found[] {
  // Which step comes before one of another class, or of a kind with a policy of its own, is known when there is a plan.
  if (!needsOtherPeople || path.at(-1) !== "irreversible") return [];
  // A copy of each part, so that its seats are counted apart.
  const pairs = ways.flatMap((first) => ways.map((second) => [...first, ...second.map((part) => ({ ...part }))]));
  if (pairs.some((parts) => cover(parts, voters, mayFill).missing.length === 0)) return [];
  const message = "can never be met twice in a row: the lists name too few people for two irreversible steps";
  return [{ path: [...path, "other_people_than_last"], message }];
}

function tooManyDenials(policy: Policy, voters: readonly Voter[], path: Place["path"]): readonly Found[] {
  if (!partsOf(policy).every(isPinned) || policy.denyThreshold <= voters.length) return [];
  const message = `so many rejections never come together; ${voters.length} ${voters.length === 1 ? "person" : "people"} may vote`;
  return [{ path: [...path, "deny_threshold"], message }];
}

function isPinned({ groups }: Part): boolean {
  return groups.length === 0;
}

function mayFill(voter: Voter, { users }: Part): boolean {
  return users.some((user) => voter.includes(user));
}

function votersOf(parts: readonly Part[], accounts: Place["accounts"]): readonly Voter[] {
  const voters = new Map<string, string[]>();
  for (const userId of new Set(parts.flatMap(({ users }) => users))) {
    // A team that is written beside an account is not compared: the same id in two teams is one here.
    const human = accounts.find((account) => account.userId === userId)?.human ?? userId;
    voters.set(human, [...(voters.get(human) ?? []), userId]);
  }
  return [...voters.values()];
}

function nameOf({ name }: Part): string {
  return name === undefined ? "the people who are named" : `@${name}`;
}

import type { Instant } from "#src/kernel/instant.ts";
import type { Ballot } from "./ballot.ts";
import { delegationOf, delegatorsOf } from "./delegation.ts";
import type { Delegation } from "./delegation.ts";
import { eligibilityOf, whyNoMember } from "./eligibility.ts";
import { distinctHumans, isSameHuman } from "./person.ts";
import type { Person } from "./person.ts";
import { tally } from "./tally.ts";
import type { Gate, Standing } from "./tally.ts";

/** A request with the votes until now, and who votes in whose place. */
export interface Asked {
  readonly gate: Gate;
  readonly ballots: readonly Ballot[];
  readonly delegations: readonly Delegation[];
}

/** Somebody who is told of a request; who may not vote is told who can. */
export interface Recipient {
  readonly userId: string;
  readonly mayVote: boolean;
}

/**
 * Whether the request waits for this person: they may vote, have not, vote for themselves, and their yes would fill a seat
 * that is empty. Nothing waits for anybody once it is decided or has expired.
 */
export function isWanted({ gate, ballots, delegations }: Asked, person: Person, now: Instant): boolean {
  const before = tally(gate, ballots, now);
  if (before.kind !== "open" || hasVoted(ballots, person)) return false;
  if (delegationOf(delegations, person, now) !== undefined) return false;
  const onBehalfOf = gate.policy.allowsDelegation ? delegatorsOf(delegations, person, now) : [];
  if (eligibilityOf(gate, person, onBehalfOf).kind !== "eligible") return false;
  const { digest, policy } = gate;
  const yes: Ballot = { voter: person, decision: "approve", digest, at: now, stepUp: policy.stepUp, onBehalfOf };
  return isNearer(before, tally(gate, [...ballots, yes], now));
}

/** Whom a reminder is for, each human once. Whoever handed their vote on is left out; their delegate is asked where they are known. */
export function wantedAmong(asked: Asked, people: readonly Person[], now: Instant): readonly Person[] {
  return distinctHumans(people).filter((person) => isWanted(asked, person, now));
}

/** Whom an escalation is for: full members who have not voted, whether or not they may. */
export function toldAmong(asked: Asked, people: readonly Person[], now: Instant): readonly Recipient[] {
  return distinctHumans(people)
    .filter((person) => whyNoMember(person) === undefined && !hasVoted(asked.ballots, person))
    .map((person) => ({ userId: person.userId, mayVote: isWanted(asked, person, now) }));
}

function hasVoted(ballots: readonly Ballot[], person: Person): boolean {
  return ballots.some(({ voter }) => isSameHuman(person, voter));
}

/** One way of meeting the policy lacks fewer people than before. */
function isNearer(before: Standing, after: Standing): boolean {
  if (after.kind === "granted") return true;
  if (before.kind !== "open" || after.kind !== "open") return false;
  const lacks = ({ missing }: typeof before): readonly number[] =>
    missing.map((seats) => seats.reduce((sum, { count }) => sum + count, 0));
  const then = lacks(before);
  return lacks(after).some((count, index) => count < (then[index] ?? 0));
}

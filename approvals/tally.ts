import type { Digest } from "#src/kernel/digest.ts";
import { isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Ballot } from "./ballot.ts";
import { cover } from "./cover.ts";
import type { Cover } from "./cover.ts";
import { eligibilityOf, mayFill } from "./eligibility.ts";
import type { Electorate } from "./eligibility.ts";
import { humanOf, isSameHuman } from "./person.ts";
import type { Person } from "./person.ts";
import { isEnough } from "./policy.ts";

/** What is still missing in one of the ways of meeting the policy. */
export type Missing = Cover<never>["missing"];

/** The state of one gate at one moment. */
export type Standing =
  | {
      readonly kind: "open";
      /** Everybody who agreed and may. */
      readonly approvedBy: readonly string[];
      /** For each way of meeting the policy. */
      readonly missing: readonly Missing[];
    }
  /** `approvedBy` are those who fill the seats of the way that is met; others who agreed are not needed. */
  | { readonly kind: "granted"; readonly approvedBy: readonly string[] }
  | { readonly kind: "refused"; readonly by: string; readonly reason: string | undefined }
  | { readonly kind: "expired" };

/** What a gate asks: who may vote, the exact digest, and until when. */
export interface Gate extends Electorate {
  readonly digest: Digest;
  readonly expiresAt: Instant;
}

/**
 * Counts distinct eligible humans who approved exactly this digest; one who ever rejected, and did not take it
 * back, rejects. Enough rejections win whatever else was said; votes on another digest, of people who may not, without the proof of presence
 * that the policy wants, or of somebody whose place another one took at the same time, count for nothing.
 */
export function tally(gate: Gate, ballots: readonly Ballot[], now: Instant): Standing {
  const votes = ballots.filter((ballot) => counts(gate, ballot));
  const counted = votesOfHumans(votes);
  const denials = counted.filter((ballot) => ballot.decision === "reject");
  const last = denials.at(-1);
  if (last !== undefined && denials.length >= gate.policy.denyThreshold)
    return { kind: "refused", by: last.voter.userId, reason: last.reason };
  if (isAfter(now, gate.expiresAt)) return { kind: "expired" };
  const approvals = counted.filter((ballot) => ballot.decision === "approve");
  const covers = gate.policy.alternatives.map((parts) =>
    cover(parts, approvals, (ballot, part) =>
      mayFill(gate, { voter: ballot.voter, represented: lentTo(ballot, votes) }, part),
    ),
  );
  const met = covers.find(({ missing }) => missing.length === 0);
  return met === undefined
    ? { kind: "open", approvedBy: votersOf(approvals), missing: covers.map(({ missing }) => missing) }
    : { kind: "granted", approvedBy: votersOf(met.seated) };
}

function counts(gate: Gate, ballot: Ballot): boolean {
  return (
    ballot.digest === gate.digest &&
    !isAfter(ballot.at, gate.expiresAt) &&
    (ballot.decision === "reject" || isEnough(ballot.stepUp ?? "none", gate.policy.stepUp)) &&
    eligibilityOf(gate, ballot.voter, ballot.onBehalfOf).kind === "eligible"
  );
}

/**
 * A place that was handed on is not filled a second time: neither by the one who handed it on, nor by whoever had it next,
 * after the first delegate had voted.
 */
function lentTo({ voter, onBehalfOf }: Ballot, votes: readonly Ballot[]): readonly Person[] {
  return (onBehalfOf ?? []).filter((person) => {
    const first = votes.find((vote) => (vote.onBehalfOf ?? []).some((each) => isSameHuman(each, person)));
    const isFree = first !== undefined && isSameHuman(first.voter, voter);
    return isFree && !votes.some((vote) => isSameHuman(vote.voter, person));
  });
}

function votesOfHumans(ballots: readonly Ballot[]): readonly Ballot[] {
  const votes = new Map<string, Ballot>();
  for (const ballot of ballots) {
    const human = humanOf(ballot.voter);
    const before = votes.get(human);
    if (before === undefined || ballot.decision === "reject") votes.set(human, ballot);
  }
  return [...votes.values()];
}

function votersOf(ballots: readonly Ballot[]): readonly string[] {
  return ballots.map((ballot) => ballot.voter.userId);
}

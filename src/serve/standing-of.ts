import type { Ballot } from "#approvals/ballot.ts";
import { humanOf } from "#approvals/person.ts";
import type { Person } from "#approvals/person.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";

/** Accounts that are looked up again before an approval is signed: who voted, in whose place, or who broke the glass. */
export function peopleOf({ outcome, ballots }: ApprovalRequest): readonly string[] {
  if (outcome.kind !== "granted") return [];
  if (outcome.brokenGlass !== undefined) return [outcome.brokenGlass.by.userId];
  const counted = ballots.filter((ballot) => isCounted(ballot, outcome.approvedBy));
  const voters = counted.flatMap(({ voter, onBehalfOf }) => [voter, ...(onBehalfOf ?? [])].map((each) => each.userId));
  return [...new Set([...outcome.approvedBy, ...voters])];
}

type SignedVoter = Pick<SignedStanding["approvals"][number], "userId" | "human" | "groups">;

type Frame = Pick<SignedStanding, "upgradeId" | "environment" | "stepId" | "attempt" | "checkedAt" | "fence">;

/** What is signed for the runner, with what was looked up just now; undefined while somebody could not be looked up. */
export function standingOf(
  approval: ApprovalRequest,
  people: readonly Person[],
  frame: Frame,
): SignedStanding | undefined {
  const { outcome, digest, requesterIds, earlierVoterIds } = approval;
  if (outcome.kind !== "granted") return undefined;
  const rejections = approval.ballots.filter(({ decision }) => decision === "reject");
  const rejectedBy = [...new Set(rejections.map(({ voter }) => voter.userId))];
  const common = { ...frame, digest, rejectedBy, requesterIds, earlierVoterIds, expiresAt: outcome.expiresAt };
  if (outcome.brokenGlass !== undefined) {
    const { by, reason, incident, stepUp, at } = outcome.brokenGlass;
    const breaker = voterOf(people, by);
    return breaker && { ...common, approvals: [], brokenGlass: { ...breaker, reason, incident, stepUp, at } };
  }
  const approvals = approval.ballots
    .filter((ballot) => isCounted(ballot, outcome.approvedBy))
    .map((ballot) => {
      const voter = voterOf(people, ballot.voter);
      const onBehalfOf = (ballot.onBehalfOf ?? []).flatMap((person) => voterOf(people, person) ?? []);
      return voter && signedVote(voter, ballot, onBehalfOf);
    });
  const all = approvals.filter((each) => each !== undefined);
  if (all.length < approvals.length) return undefined;
  return { ...common, approvals: [...all, ...claimed(outcome.approvedBy, all, frame.checkedAt)] };
}

/** Whoever the record calls an approver without any vote: named all the same, so that it is noticed that they have none. */
function claimed(
  approvedBy: readonly string[],
  voted: SignedStanding["approvals"],
  at: Instant,
): SignedStanding["approvals"] {
  const missing = approvedBy.filter((userId) => !voted.some((vote) => vote.userId === userId));
  return missing.map((userId) => ({ userId, human: userId, groups: [], stepUp: "none", at, onBehalfOf: [] }));
}

function isCounted({ voter, decision }: Ballot, approvedBy: readonly string[]): boolean {
  return decision === "approve" && approvedBy.includes(voter.userId);
}

function voterOf(people: readonly Person[], { userId }: Person): SignedVoter | undefined {
  const person = people.find((each) => each.userId === userId);
  return person?.kind === "known" ? { userId, human: humanOf(person), groups: person.groups } : undefined;
}

function signedVote(
  voter: SignedVoter,
  { stepUp, at }: Ballot,
  onBehalfOf: readonly SignedVoter[],
): SignedStanding["approvals"][number] {
  return { ...voter, stepUp: stepUp ?? "none", at, onBehalfOf };
}

import { expect, test } from "vitest";
import { humanOf } from "#approvals/person.ts";
import type { Person } from "#approvals/person.ts";
import type { Policy } from "#approvals/policy.ts";
import { digestOfText } from "#src/kernel/digest.ts";
import { addMs } from "#src/kernel/instant.ts";
import { checkStanding } from "#src/run/check-standing.ts";
import { sealDeed } from "#src/signing/seal.ts";
import { signStanding } from "#src/signing/sign-standing.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import { evolve } from "#src/upgrade/evolve.ts";
import type { RecordedEvent, UpgradeEvent } from "#src/upgrade/events.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { delegate, gateOf, hourMs, waitingForApproval } from "#test/src/upgrade/at-gate.ts";
import { id, report } from "#test/support/given.ts";
import type { Story } from "#test/support/given.ts";
import { alice, bob, carol, dave, erin, frank, inSlack } from "#test/support/samples.ts";

const key = generateKey();
const nothing = digestOfText("");

/** Writes an event past every decision. */
function forge(story: Story, event: UpgradeEvent): void {
  const occurred = { upgradeId: id, version: story.occurred.length + 1, at: story.now, event };
  story.upgrade = evolve(story.upgrade, occurred);
  story.occurred.push(occurred);
}

/** A sealed vote, as the Slack side writes it, whether or not the decision would take it. */
function cast(story: Story, voter: Person, onBehalfOf: readonly Person[] = []): void {
  const { stepId, attempt, approval } = gateOf(story);
  const { digest } = approval;
  const who = { personId: voter.userId, onBehalfOf: onBehalfOf.map(({ userId }) => userId) };
  const about = { upgradeId: id, stepId, attempt, digest, decision: "approve", stepUp: "none", reason: null } as const;
  const seal = sealDeed({ kind: "vote", ...about, ...who }, story.now, key);
  const ballot = { voter, decision: "approve", digest, at: story.now, stepUp: "none", onBehalfOf } as const;
  forge(story, { type: "ballot_cast", stepId, attempt, ballot, seal });
}

const signedVoter = (person: Person) => ({
  userId: person.userId,
  human: humanOf(person),
  groups: person.kind === "known" ? person.groups : [],
});

/** What a Slack side that is wrong, or in other hands, would sign over the votes at the gate. */
function signed(story: Story, over: Partial<SignedStanding> = {}): void {
  const { stepId, attempt, approval } = gateOf(story);
  const { digest, ballots } = approval;
  const approvedBy = ballots.map(({ voter }) => voter.userId);
  const expiresAt = addMs(story.now, 60_000);
  if (approval.outcome.kind === "open")
    forge(story, { type: "approval_granted", stepId, attempt, digest, approvedBy, expiresAt });
  const standing: SignedStanding = {
    upgradeId: id,
    environment: "practice",
    stepId,
    attempt,
    digest,
    approvals: ballots.map(({ voter, at, onBehalfOf = [] }) =>
      Object.assign(signedVoter(voter), { stepUp: "none" as const, at, onBehalfOf: onBehalfOf.map(signedVoter) }),
    ),
    rejectedBy: [],
    requesterIds: [],
    earlierVoterIds: [],
    fence: "1",
    checkedAt: story.now,
    expiresAt,
    ...over,
  };
  forge(story, {
    type: "approval_signed",
    stepId,
    attempt,
    envelope: signStanding(standing, key),
    checkedAt: standing.checkedAt,
  });
}

/** What the runner says, with its own policy. */
function judged(story: Story, own: Partial<Policy> = {}, at = story.now): string | undefined {
  const upgrade = story.active;
  const instruction = next(upgrade, story.now);
  if (instruction.do !== "run") throw new Error(`nothing is to run: ${instruction.do}`);
  const environment = upgrade.request.environment;
  const actor = { kind: "bot", replica: "test" } as const;
  const events = story.occurred.map((each): RecordedEvent => ({ ...each, actor, previous: nothing, hash: nothing }));
  const policy = { ...environment.policies.irreversible, ...own };
  const knowledge = { environment, publicKeys: [key.publicKey], now: at, clockDifferenceMs: 0, fence: "1", events };
  const denial = checkStanding(upgrade, instruction, { ...knowledge, policy });
  return denial && `${denial.how}: ${denial.sentence}`;
}

function approved(people: readonly Person[] = [carol, erin], over: Partial<SignedStanding> = {}): Story {
  const story = waitingForApproval();
  for (const person of people) cast(story, person);
  signed(story, over);
  return story;
}

const unmet = /^alarm: the approval of step migrations-finish names 2 people, who do not meet the policy/u;

test("what was approved by people who may lets the step start", () => {
  expect(judged(approved())).toBeUndefined();
});

test("T08: an approval is good for 60 s after its voters were looked up, and is waited for when it is a little older", () => {
  const story = approved();
  expect(judged(story, {}, addMs(story.now, 60_000))).toBeUndefined();
  const patient = approved([carol, erin], { expiresAt: addMs(story.now, 70_000) });
  expect(judged(patient, {}, addMs(story.now, 60_001))).toMatch(/^wait: .* are looked up again/u);
  expect(judged(patient, {}, addMs(story.now, 65_001))).toMatch(/^alarm: .* more than 60 s ago/u);
});

test("T02: whoever asked by the runner's own reading of the record does not count, whatever was signed", () => {
  expect(judged(approved([carol, { ...alice, groups: ["S0APPROVE"] }]))).toMatch(unmet);
  const handed = approved();
  forge(handed, { type: "upgrade_handed_over", from: inSlack(alice), to: inSlack(carol), by: inSlack(alice) });
  expect(judged(handed)).toMatch(unmet);
});

test("T02: whoever had the step tried again does not count for that attempt, whatever was signed", () => {
  const story = approved();
  const { stepId, attempt, approval } = gateOf(story);
  const { digest } = approval;
  story.must({ intent: "start_step", stepId, attempt, runnerId: "r1", digest });
  story.must({ intent: "finish_step", stepId, attempt, runnerId: "r1", report: report("failed") });
  story.must({ intent: "retry", stepId, attempt, by: inSlack(bob) });
  for (const person of [carol, erin]) cast(story, person);
  signed(story);
  expect(judged(story)).toBeUndefined();
  const own = waitingForApproval();
  const rejection = { voter: dave, decision: "reject", digest: gateOf(own).approval.digest, reason: "no" } as const;
  own.must({ intent: "vote", stepId, attempt: 1, ...rejection });
  const asker = { ...frank, groups: ["S0APPROVE"] };
  own.must({ intent: "retry", stepId, attempt: 1, by: inSlack(asker) });
  for (const person of [asker, erin]) cast(own, person);
  signed(own);
  expect(judged(own)).toMatch(unmet);
});

test("where the runner wants other people, its own reading of the last irreversible step counts, and what was signed", () => {
  const story = approved();
  const named = approved([carol, erin], { earlierVoterIds: [erin.userId] });
  expect(judged(named)).toBeUndefined();
  expect(judged(named, { needsOtherPeople: true })).toMatch(unmet);
  story.advance();
  story.runUntilIrreversible();
  const first = currentStep(story.active)?.step.id ?? "";
  for (const person of [carol, dave]) cast(story, person);
  signed(story);
  expect(judged(story)).toBeUndefined();
  expect(judged(story, { needsOtherPeople: true })).toMatch(
    new RegExp(`step ${first} names 2 people, who do not meet`, "u"),
  );
});

test("T29: where the runner's policy lets nobody vote for others, a delegate fills no seat", () => {
  const story = waitingForApproval();
  const until = addMs(story.now, hourMs);
  expect(delegate(story, carol, frank, hourMs)).toBeUndefined();
  const deed = { kind: "delegation", upgradeId: id, personId: carol.userId, to: frank.userId, until } as const;
  const told = story.occurred.at(-1);
  if (told?.event.type !== "vote_delegated") throw new Error("not handed on");
  story.occurred[story.occurred.length - 1] = {
    ...told,
    event: { ...told.event, seal: sealDeed(deed, story.now, key) },
  };
  cast(story, frank, [carol]);
  cast(story, erin);
  signed(story);
  expect(judged(story)).toBeUndefined();
  expect(judged(story, { allowsDelegation: false })).toMatch(unmet);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Ballot } from "#approvals/ballot.ts";
import { eligibilityOf } from "#approvals/eligibility.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Gate } from "#approvals/tally.ts";
import { tally } from "#approvals/tally.ts";
import { digestOf } from "#src/kernel/digest.ts";
import { addMs } from "#src/kernel/instant.ts";
import { alice, carol, dave, dora, erin, eve, frank, gina, mallory, person } from "#test/support/samples.ts";

const at = "2026-11-21T03:00:00.000Z";
const digest = digestOf("the step");
const gate: Gate = {
  policy: quorumPolicy({ users: ["U0ERIN001"], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 60_000 }),
  digest,
  requesterIds: [alice.userId],
  earlierVoterIds: [],
  expiresAt: addMs(at, 60_000),
};
const named = { users: ["U0ERIN001"], groups: ["S0APPROVE"], expiresAfterMs: 60_000 };
const approve = (voter: Ballot["voter"], over: Partial<Ballot> = {}): Ballot => ({
  voter,
  decision: "approve",
  digest,
  at,
  ...over,
});

test("two distinct named people grant", () => {
  expect(tally(gate, [approve(carol), approve(erin)], at)).toEqual({
    kind: "granted",
    approvedBy: [carol.userId, erin.userId],
  });
});

test("T03: one person in every group who votes twice is one vote", () => {
  const everywhere = person("U0ERIN001", { groups: ["S0APPROVE"] });
  expect(tally(gate, [approve(everywhere), approve(everywhere)], at)).toEqual({
    kind: "open",
    approvedBy: ["U0ERIN001"],
    missing: [[{ part: gate.policy.alternatives[0]?.[0], count: 1 }]],
  });
});

test("a rejection wins over any number of approvals", () => {
  const ballots = [approve(carol), approve(dave), approve(erin, { decision: "reject", reason: "wait" })];
  expect(tally(gate, ballots, at)).toEqual({ kind: "refused", by: erin.userId, reason: "wait" });
});

test("T29: a place that was handed to one person after the other is filled once", () => {
  const lent = { onBehalfOf: [carol] };
  expect(tally(gate, [approve(frank, lent), approve(mallory, lent)], at).kind).toBe("open");
  expect(tally(gate, [approve(frank, lent), approve(mallory, lent), approve(dave)], at)).toEqual({
    kind: "granted",
    approvedBy: [frank.userId, dave.userId],
  });
});

test("a vote on another digest counts for nothing", () => {
  expect(tally(gate, [approve(carol), approve(dave, { digest: digestOf("another plan") })], at).kind).toBe("open");
});

test("what was not complete in time has expired", () => {
  expect(tally(gate, [approve(carol)], addMs(at, 60_001)).kind).toBe("expired");
});

test.for([
  ["whoever planned the upgrade", alice, "is_requester"],
  ["a member who is not named", frank, "not_named"],
  ["somebody who borrows an approver's display name", mallory, "not_named"],
  ["a guest", gina, "is_guest"],
  ["somebody of another organisation", eve, "is_external"],
  ["a deactivated approver", dora, "is_deactivated"],
  ["a bot in the group", person("U0BOT0002", { isBot: true, groups: ["S0APPROVE"] }), "is_bot"],
  ["somebody whose look-up failed", { kind: "unknown", userId: "U0CAROL01", problem: "timeout" }, "look_up_failed"],
] as const)("%s cannot approve", ([, voter, reason]) => {
  expect(eligibilityOf(gate, voter)).toEqual({ kind: "ineligible", reason });
  expect(tally(gate, [approve(voter), approve(carol)], at)).toEqual({
    kind: "open",
    approvedBy: [carol.userId],
    missing: [[{ part: gate.policy.alternatives[0]?.[0], count: 1 }]],
  });
});

test("whatever ballots there are, granted means that many distinct eligible humans and no eligible rejection", () => {
  const voters = fc.constantFrom(alice, carol, dave, erin, frank, gina, eve, dora, mallory);
  const ballots = fc.array(
    fc.record({
      voter: voters,
      decision: fc.constantFrom("approve", "reject"),
      digest: fc.constantFrom(digest, digestOf("other")),
      at: fc.constantFrom(at, addMs(at, 61_000)),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(ballots, fc.integer({ min: 1, max: 3 }), (cast, quorum) => {
      const asked = { ...gate, policy: quorumPolicy({ ...named, quorum }) };
      const standing = tally(asked, cast, at);
      const counting = cast.filter(
        (ballot) => ballot.digest === digest && ballot.at === at && [carol, dave, erin].includes(ballot.voter),
      );
      const rejections = counting.filter((ballot) => ballot.decision === "reject");
      const approvers = new Set(counting.map((ballot) => ballot.voter.userId));
      expect(standing.kind === "granted").toBe(rejections.length === 0 && approvers.size >= quorum);
      expect(standing.kind === "refused").toBe(rejections.length > 0);
    }),
  );
});

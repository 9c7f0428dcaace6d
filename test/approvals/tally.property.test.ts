import fc from "fast-check";
import { expect, test } from "vitest";
import type { Ballot } from "#approvals/ballot.ts";
import { humanOf } from "#approvals/person.ts";
import type { KnownPerson } from "#approvals/person.ts";
import type { Part, Policy } from "#approvals/policy.ts";
import { tally } from "#approvals/tally.ts";
import type { Gate } from "#approvals/tally.ts";
import { digestOf } from "#src/kernel/digest.ts";
import { addMs } from "#src/kernel/instant.ts";
import { policyOf } from "#test/support/policies.ts";
import { person } from "#test/support/samples.ts";

const at = "2026-11-21T03:00:00.000Z";
const digest = digestOf("the step");
const groups = ["S0DBA0001", "S0LEADS01", "roster:on-call"] as const;

/** Ten accounts of at most seven humans, in any of the lists, a few of whom never count. */
const accounts: fc.Arbitrary<readonly KnownPerson[]> = fc
  .array(
    fc.record({
      human: fc.option(fc.constantFrom("ann", "ben", "cid"), { nil: undefined }),
      groups: fc.subarray([...groups]),
      flaw: fc.constantFrom("none", "none", "none", "none", "guest", "foreign", "deactivated", "bot"),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((made) =>
    made.map(({ human, groups: lists, flaw }, index) =>
      person(`U0ACCT0${index}`, {
        groups: lists,
        isGuest: flaw === "guest",
        isHomeTeam: flaw !== "foreign",
        isDeactivated: flaw === "deactivated",
        isBot: flaw === "bot",
        human,
      }),
    ),
  );

const part: fc.Arbitrary<Part> = fc.record({
  count: fc.integer({ min: 1, max: 3 }),
  users: fc.subarray(["U0ACCT00", "U0ACCT01", "U0ACCT02"]),
  groups: fc.subarray([...groups]),
});

const policies: fc.Arbitrary<Policy> = fc
  .record({
    alternatives: fc.array(fc.array(part, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
    denyThreshold: fc.integer({ min: 1, max: 3 }),
    stepUp: fc.constantFrom("none" as const, "none" as const, "confirm" as const, "totp" as const),
  })
  .map(policyOf);

const scenes = fc.record({ people: accounts, policy: policies }).chain(({ people, policy }) =>
  fc.record({
    people: fc.constant(people),
    policy: fc.constant(policy),
    requesterIds: fc.subarray([...people.map(({ userId }) => userId), "ann", "ben"], { maxLength: 2 }),
    earlierVoterIds: fc.subarray([...people.map(({ userId }) => userId), "cid"], { maxLength: 2 }),
    ballots: fc.array(
      fc.record({
        voter: fc.constantFrom(...people),
        decision: fc.constantFrom("approve" as const, "approve" as const, "approve" as const, "reject" as const),
        digest: fc.constantFrom(digest, digest, digest, digestOf("another")),
        at: fc.constantFrom(at, at, at, addMs(at, 60_001)),
        stepUp: fc.constantFrom("none" as const, "confirm" as const, "totp" as const),
      }),
      { maxLength: 9 },
    ),
  }),
);

interface Scene {
  readonly policy: Policy;
  readonly requesterIds: readonly string[];
  readonly earlierVoterIds: readonly string[];
  readonly ballots: readonly Ballot[];
}

/** The rules once more, as a person would check them by hand: without matching, by trying every way to seat people. */
function byHand({ policy, requesterIds, earlierVoterIds, ballots }: Scene): "open" | "granted" | "refused" {
  const strength = ["none", "confirm", "totp"];
  const valid = ballots.filter(({ voter, digest: about, at: when, decision, stepUp }) => {
    if (voter.kind === "unknown" || about !== digest || when !== at) return false;
    const left = new Set([...requesterIds, ...earlierVoterIds]);
    if (left.has(voter.userId) || left.has(humanOf(voter))) return false;
    if (voter.isGuest || voter.isBot || voter.isDeactivated || !voter.isHomeTeam) return false;
    if (decision === "approve" && strength.indexOf(stepUp ?? "none") < strength.indexOf(policy.stepUp)) return false;
    return policy.alternatives.flat().some((each) => sits(voter, each));
  });
  const humans = [...new Set(valid.map(({ voter }) => humanOf(voter)))];
  const no = new Set(
    humans.filter((human) => valid.some(({ voter, decision }) => humanOf(voter) === human && decision === "reject")),
  );
  if (no.size >= policy.denyThreshold) return "refused";
  // Where one human has several accounts, the first account that voted is the one that sits.
  const yes = humans
    .filter((human) => !no.has(human))
    .map((human) => valid.find(({ voter }) => humanOf(voter) === human)?.voter);
  const isMet = policy.alternatives.some((parts) => {
    const seats = parts.flatMap((each) => Array.from({ length: each.count }, () => each));
    return canSeat(
      seats,
      yes.filter((voter) => voter !== undefined),
    );
  });
  return isMet ? "granted" : "open";
}

function canSeat(seats: readonly Part[], voters: readonly Ballot["voter"][]): boolean {
  const [seat, ...rest] = seats;
  if (seat === undefined) return true;
  return voters.some((voter, index) => sits(voter, seat) && canSeat(rest, voters.toSpliced(index, 1)));
}

function sits(voter: Ballot["voter"], { users, groups: lists }: Part): boolean {
  return voter.kind === "known" && (users.includes(voter.userId) || lists.some((each) => voter.groups.includes(each)));
}

test("whatever the policy, the people and their clicks, the standing is what somebody who counts by hand comes to", () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const gate: Gate = { ...scene, digest, expiresAt: addMs(at, 60_000) };
      expect(tally(gate, scene.ballots, at).kind).toBe(byHand(scene));
    }),
    { numRuns: 2_000 },
  );
});

test("T03: those who fill the seats are distinct humans, each of whom approved and may", () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const standing = tally({ ...scene, digest, expiresAt: addMs(at, 60_000) }, scene.ballots, at);
      if (standing.kind !== "granted") return;
      const voters = standing.approvedBy.map((id) => scene.people.find(({ userId }) => userId === id));
      const humans = voters.map((voter) => voter && humanOf(voter));
      expect(new Set(humans).size).toBe(humans.length);
      const smallest = Math.min(
        ...scene.policy.alternatives.map((parts) => parts.reduce((sum, { count }) => sum + count, 0)),
      );
      expect(humans.length).toBeGreaterThanOrEqual(smallest);
      for (const id of standing.approvedBy)
        expect(scene.ballots.some(({ voter, decision }) => voter.userId === id && decision === "approve")).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("one more approval never takes a standing away, and one more rejection never makes one", () => {
  fc.assert(
    fc.property(scenes, fc.nat(6), (scene, who) => {
      const gate: Gate = { ...scene, digest, expiresAt: addMs(at, 60_000) };
      const voter = scene.people[who % scene.people.length];
      if (voter === undefined) return;
      const before = tally(gate, scene.ballots, at).kind === "granted";
      const more = (decision: Ballot["decision"]): Ballot => ({ voter, decision, digest, at, stepUp: "totp" });
      const isGranted = (ballot: Ballot): boolean => tally(gate, [...scene.ballots, ballot], at).kind === "granted";
      expect([before, isGranted(more("approve"))]).not.toEqual([true, false]);
      expect([before, isGranted(more("reject"))]).not.toEqual([false, true]);
    }),
    { numRuns: 1_000 },
  );
});

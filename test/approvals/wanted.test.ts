import { expect, test } from "vitest";
import type { Ballot } from "#approvals/ballot.ts";
import type { Delegation } from "#approvals/delegation.ts";
import type { Person } from "#approvals/person.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import { isWanted, toldAmong, wantedAmong } from "#approvals/wanted.ts";
import type { Asked } from "#approvals/wanted.ts";
import { digestOf } from "#src/kernel/digest.ts";
import { addMs } from "#src/kernel/instant.ts";
import { policyOf } from "#test/support/policies.ts";
import { alice, carol, dave, dora, erin, eve, frank, gina, person } from "#test/support/samples.ts";

const now = "2026-11-21T03:00:00.000Z";
const digest = digestOf("step");
const list = (count: number, ...users: readonly Person[]) => ({
  count,
  users: users.map(({ userId }) => userId),
  groups: [],
});

function asked(policy: Policy, over: Partial<Asked> = {}): Asked {
  const gate = { policy, requesterIds: [alice.userId], earlierVoterIds: [], digest, expiresAt: addMs(now, 60_000) };
  return { gate, ballots: [], delegations: [], ...over };
}

function yes(voter: Person, over: Partial<Ballot> = {}): Ballot {
  return { voter, decision: "approve", digest, at: now, ...over };
}

const twoOfThree = policyOf({ alternatives: [[list(2, alice, carol, dave, erin)]] });

test("a request waits for those who may vote and have not: not for requesters, voters, or anybody after the decision", () => {
  const ids = (over: Partial<Asked>) =>
    wantedAmong(asked(twoOfThree, over), [alice, carol, dave, erin, frank], now).map(({ userId }) => userId);
  expect(ids({})).toEqual([carol.userId, dave.userId, erin.userId]);
  expect(ids({ ballots: [yes(carol)] })).toEqual([dave.userId, erin.userId]);
  expect(ids({ ballots: [yes(carol), yes(dave)] })).toEqual([]);
  expect(ids({ ballots: [yes(carol, { decision: "reject" })] })).toEqual([]);
  const late = asked(twoOfThree);
  expect(wantedAmong({ ...late, gate: { ...late.gate, expiresAt: addMs(now, -1) } }, [carol], now)).toEqual([]);
});

test("a request waits only for a yes that fills an empty seat, also where others have to move", () => {
  const dba = list(1, carol, dave);
  const sre = list(1, erin, carol);
  const both = asked(policyOf({ alternatives: [[dba, sre]] }), { ballots: [yes(dave)] });
  expect(wantedAmong(both, [carol, erin], now)).toEqual([carol, erin]);
  // carol could sit on either seat: whoever comes pushes her to the other one.
  const carolFirst = { ...both, ballots: [yes(carol)] };
  expect(wantedAmong(carolFirst, [dave, erin], now)).toEqual([dave, erin]);
  const filled = asked(policyOf({ alternatives: [[list(1, carol, dave), list(1, erin)]] }), { ballots: [yes(dave)] });
  expect(wantedAmong(filled, [carol, erin], now)).toEqual([erin]);
});

test("two accounts of one human are asked once, and not again when one of them has voted", () => {
  const other = person("U0CAROL02", { human: "carol" });
  const mapped = { ...carol, human: "carol" };
  const policy = policyOf({ alternatives: [[list(2, mapped, other, dave)]] });
  expect(wantedAmong(asked(policy), [mapped, other], now)).toEqual([mapped]);
  expect(isWanted(asked(policy, { ballots: [yes(mapped)] }), other, now)).toBe(false);
});

test("whoever handed their vote on is not asked; the delegate is, until the end of it", () => {
  const delegation: Delegation = { from: carol, to: frank, at: now, until: addMs(now, 1_000) };
  const handed = asked(twoOfThree, { delegations: [delegation] });
  expect(wantedAmong(handed, [carol, dave, frank], now)).toEqual([dave, frank]);
  expect(wantedAmong(handed, [carol, dave, frank], addMs(now, 2_000))).toEqual([carol, dave]);
  const forbidden = asked({ ...twoOfThree, allowsDelegation: false }, { delegations: [delegation] });
  expect(wantedAmong(forbidden, [frank], now)).toEqual([]);
});

test("an escalation tells full members who have not voted, with whether they may", () => {
  const policy = quorumPolicy({ users: [erin.userId], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 60_000 });
  const unknown = { kind: "unknown", userId: "U0NOBODY1", problem: "away" } as const;
  const told = toldAmong(
    asked(policy, { ballots: [yes(erin)] }),
    [frank, carol, erin, gina, eve, dora, unknown, alice],
    now,
  );
  expect(told).toEqual([
    { userId: frank.userId, mayVote: false },
    { userId: carol.userId, mayVote: true },
    { userId: alice.userId, mayVote: false },
  ]);
});

test("a policy that wants more than a click waits for people all the same", () => {
  const strict = { ...twoOfThree, stepUp: "totp" as const };
  expect(wantedAmong(asked(strict), [carol], now)).toEqual([carol]);
});

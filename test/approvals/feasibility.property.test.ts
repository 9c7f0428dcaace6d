import fc from "fast-check";
import { expect, test } from "vitest";
import { feasibilityOf } from "#approvals/feasibility.ts";
import { humanOf } from "#approvals/person.ts";
import type { Part, Policy } from "#approvals/policy.ts";
import { tally } from "#approvals/tally.ts";
import { digestOf } from "#src/kernel/digest.ts";
import { addMs } from "#src/kernel/instant.ts";
import { policyOf } from "#test/support/policies.ts";
import { person } from "#test/support/samples.ts";

const at = "2026-11-21T03:00:00.000Z";
const digest = digestOf("the step");
const groups = ["S0DBA0001", "S0LEADS01"] as const;

const part: fc.Arbitrary<Part> = fc.record({
  count: fc.integer({ min: 1, max: 3 }),
  users: fc.subarray(["U0ACCT00", "U0ACCT01"]),
  groups: fc.subarray([...groups]),
});
const policies: fc.Arbitrary<Policy> = fc
  .array(fc.array(part, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 })
  .map((alternatives) => policyOf({ alternatives }));
const rosters = fc
  .array(
    fc.record({
      lists: fc.subarray([...groups]),
      human: fc.option(fc.constantFrom("ann", "ben"), { nil: undefined }),
      isGuest: fc.constantFrom(false, false, false, true),
    }),
    { maxLength: 6 },
  )
  .map((made) =>
    made.map(({ lists, human, isGuest }, index) =>
      person(`U0ACCT0${index}`, Object.assign({ groups: lists, isGuest }, human === undefined ? {} : { human })),
    ),
  );

type Roster = readonly ReturnType<typeof person>[];

/** Every way in which each human votes with one of their accounts. */
function oneAccountEach(roster: Roster): readonly Roster[] {
  const humans = Map.groupBy(roster, humanOf);
  return [...humans.values()].reduce<readonly Roster[]>(
    (choices, accounts) => choices.flatMap((chosen) => accounts.map((account) => [...chosen, account])),
    [[]],
  );
}

test("T31: a policy can be met by the people who exist exactly when they, each approving with one of their accounts, meet it", () => {
  fc.assert(
    fc.property(policies, rosters, fc.subarray(["U0ACCT00", "ann"]), (policy, roster, requesterIds) => {
      const feasibility = feasibilityOf(policy, { roster, requesterIds });
      const gate = { policy, requesterIds, earlierVoterIds: [], digest, expiresAt: addMs(at, 60_000) };
      const isMet = oneAccountEach(roster).some((voters) => {
        const ballots = voters.map((voter) => ({ voter, decision: "approve" as const, digest, at }));
        return tally(gate, ballots, at).kind === "granted";
      });
      expect(feasibility.kind === "can_be_met").toBe(isMet);
    }),
    { numRuns: 1_000 },
  );
});

test("where other people are wanted, two steps in a row can be met exactly when two disjoint sets of humans can", () => {
  fc.assert(
    fc.property(policies, fc.option(policies), rosters, (drawn, other, roster) => {
      const policy = { ...drawn, needsOtherPeople: true };
      const before = other ?? policy;
      const { kind } = feasibilityOf(policy, { roster, requesterIds: [], before });
      const isMet = (people: typeof roster, without: readonly string[], asked: Policy): boolean =>
        oneAccountEach(people).some((voters) => {
          const ballots = voters.map((voter) => ({ voter, decision: "approve" as const, digest, at }));
          const gate = {
            policy: asked,
            requesterIds: [],
            earlierVoterIds: without,
            digest,
            expiresAt: addMs(at, 60_000),
          };
          return tally(gate, ballots, at).kind === "granted";
        });
      const humans = [...new Set(roster.map(humanOf))];
      const isPossible = subsets(humans).some((first) => {
        const left = roster.filter((each) => !first.includes(humanOf(each)));
        return (
          isMet(
            roster.filter((each) => first.includes(humanOf(each))),
            [],
            before,
          ) && isMet(left, first, policy)
        );
      });
      expect(kind === "can_be_met").toBe(isPossible);
    }),
    { numRuns: 300 },
  );
});

function subsets(all: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: 2 ** all.length }, (_, bits) =>
    all.filter((_each, index) => (bits & (2 ** index)) !== 0),
  );
}

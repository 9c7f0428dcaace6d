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

/** Up to nine accounts, some of which belong to one human, in any of the lists; a few of them never count. */
const accounts: fc.Arbitrary<readonly KnownPerson[]> = fc
  .array(
    fc.record({
      human: fc.option(fc.constantFrom("ann", "ben", "cid"), { nil: undefined }),
      groups: fc.oneof(fc.constant([]), fc.subarray([...groups])),
      flaw: mostly("none", "guest", "foreign", "deactivated", "bot"),
    }),
    { minLength: 1, maxLength: 9 },
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
  count: fc.constantFrom(1, 1, 2, 2, 3),
  users: fc.oneof(fc.constant([]), fc.subarray(["U0ACCT00", "U0ACCT01"])),
  groups: fc.subarray([...groups]),
});

const policies: fc.Arbitrary<Policy> = fc
  .record({
    alternatives: fc.array(fc.array(part, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
    denyThreshold: fc.constantFrom(1, 2, 2, 3),
    stepUp: fc.constantFrom("none" as const, "none" as const, "confirm" as const, "totp" as const),
  })
  .map(policyOf);

const scenes = fc.record({ people: accounts, policy: policies }).chain(({ people, policy }) =>
  fc.record({
    people: fc.constant(people),
    policy: fc.constant(policy),
    requesterIds: fc.subarray([...people.map(({ userId }) => userId), "ann", "ben"], { maxLength: 2 }),
    earlierVoterIds: fc.subarray([...people.map(({ userId }) => userId), "cid"], { maxLength: 2 }),
    ballots: fc
      .tuple(fc.shuffledSubarray([...people]), fc.array(fc.constantFrom(...people), { maxLength: 3 }))
      .chain(([once, again]) => fc.tuple(...[...once, ...again].map((voter) => ballotOf(voter, people)))),
  }),
);

/** An approver who is on holiday: whom others vote in the place of, one after the other. */
const absent = person("U0ABSENT1", { groups: [...groups] });

/** Mostly something that counts: what is thrown away for one reason hides every other. */
function mostly<Value>(value: Value, ...others: readonly Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant(value) },
    { weight: 1, arbitrary: fc.constantFrom(value, ...others) },
  );
}

function ballotOf(voter: KnownPerson, people: readonly KnownPerson[]): fc.Arbitrary<Ballot> {
  const anybody = fc.subarray([...people], { minLength: 1, maxLength: Math.min(2, people.length) });
  const delegators = fc.oneof({ weight: 2, arbitrary: fc.constant([absent]) }, { weight: 1, arbitrary: anybody });
  return fc.record({
    voter: fc.constant(voter),
    decision: mostly("approve" as const, "reject"),
    digest: mostly(digest, digestOf("another")),
    at: mostly(at, addMs(at, 60_001)),
    stepUp: mostly("totp" as const, "none", "confirm"),
    onBehalfOf: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: delegators }),
  });
}

interface Scene {
  readonly policy: Policy;
  readonly requesterIds: readonly string[];
  readonly earlierVoterIds: readonly string[];
  readonly ballots: readonly Ballot[];
}

/** Whoever of a human's lists may be used at all: not whoever asked, not a guest, nobody of the step before. */
function mayCount({ requesterIds, earlierVoterIds }: Scene, voter: Ballot["voter"]): voter is KnownPerson {
  const left = new Set([...requesterIds, ...earlierVoterIds]);
  if (voter.kind === "unknown" || left.has(voter.userId) || left.has(humanOf(voter))) return false;
  return !voter.isGuest && !voter.isBot && !voter.isDeactivated && voter.isHomeTeam;
}

/** A human's vote, and the people whose place it may fill: their own, and those that were lent to it first. */
interface Seated {
  readonly voter: KnownPerson;
  readonly owners: readonly KnownPerson[];
}

/** The rules once more, as a person would check them by hand: without matching, by trying every way to seat people. */
function byHand(scene: Scene): "open" | "granted" | "refused" {
  const { policy, ballots } = scene;
  const strength = ["none", "confirm", "totp"];
  const valid = ballots.filter(({ voter, digest: about, at: when, decision, stepUp, onBehalfOf }) => {
    if (about !== digest || when !== at || !mayCount(scene, voter)) return false;
    if (decision === "approve" && strength.indexOf(stepUp ?? "none") < strength.indexOf(policy.stepUp)) return false;
    const lists = [voter, ...(onBehalfOf ?? []).filter((each) => mayCount(scene, each))];
    return policy.alternatives.flat().some((each) => lists.some((owner) => sits(owner, each)));
  });
  const humans = [...new Set(valid.map(({ voter }) => humanOf(voter)))];
  const no = new Set(
    humans.filter((human) => valid.some(({ voter, decision }) => humanOf(voter) === human && decision === "reject")),
  );
  if (no.size >= policy.denyThreshold) return "refused";
  // Where one human has several accounts, the first account that voted is the one that sits; of a no the last one.
  const counted = humans.flatMap((human) => {
    const own = valid.filter(({ voter }) => humanOf(voter) === human);
    return (no.has(human) ? own.findLast(({ decision }) => decision === "reject") : own[0]) ?? [];
  });
  const firstUser = new Map<string, string>();
  for (const { voter, onBehalfOf } of valid)
    for (const each of onBehalfOf ?? [])
      if (!firstUser.has(humanOf(each))) firstUser.set(humanOf(each), humanOf(voter));
  const yes = counted.flatMap(({ voter, decision, onBehalfOf }): readonly Seated[] => {
    const lent = (onBehalfOf ?? []).filter((each) => firstUser.get(humanOf(each)) === humanOf(voter));
    const free = lent.filter((each) => mayCount(scene, each) && !humans.includes(humanOf(each)));
    const owners = [voter, ...free].filter((each) => each.kind === "known");
    return decision === "approve" && voter.kind === "known" ? [{ voter, owners }] : [];
  });
  return policy.alternatives.some((parts) => canSeat(seatsOf(parts), yes)) ? "granted" : "open";
}

function seatsOf(parts: readonly Part[]): readonly Part[] {
  return parts.flatMap((each) => Array.from({ length: each.count }, () => each));
}

function canSeat(seats: readonly Part[], voters: readonly Seated[]): boolean {
  const [seat, ...rest] = seats;
  if (seat === undefined) return true;
  return voters.some(
    ({ owners }, index) => owners.some((owner) => sits(owner, seat)) && canSeat(rest, voters.toSpliced(index, 1)),
  );
}

function sits(voter: Ballot["voter"], { users, groups: lists }: Part): boolean {
  return voter.kind === "known" && (users.includes(voter.userId) || lists.some((each) => voter.groups.includes(each)));
}

/** Whether the seats are filled by distinct people, each in a list by themselves or in the place of one who is in none but that seat. */
function isOneOwnerPerSeat(seats: readonly Part[], voters: readonly Seated[], used: ReadonlySet<string>): boolean {
  const [seat, ...rest] = seats;
  if (seat === undefined) return true;
  return voters.some(({ owners }, index) =>
    owners.some(
      (owner) =>
        sits(owner, seat) &&
        !used.has(humanOf(owner)) &&
        isOneOwnerPerSeat(rest, voters.toSpliced(index, 1), new Set([...used, humanOf(owner)])),
    ),
  );
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

test("T29: as many different members of the lists as there are seats stand behind what is granted", () => {
  fc.assert(
    fc.property(scenes, (scene) => {
      const standing = tally({ ...scene, digest, expiresAt: addMs(at, 60_000) }, scene.ballots, at);
      if (standing.kind !== "granted") return;
      const voters = standing.approvedBy.map((id): Seated => {
        const own = scene.ballots.filter(({ voter, decision }) => voter.userId === id && decision === "approve");
        const people = own.flatMap(({ voter, onBehalfOf }) => [voter].concat(onBehalfOf ?? []));
        const owners = people.filter((each) => mayCount(scene, each));
        const voter = owners.find(({ userId }) => userId === id);
        if (voter === undefined) throw new Error(`${id} has no vote that may count`);
        return { voter, owners };
      });
      const isMet = ({ alternatives }: Policy): boolean =>
        alternatives.some((parts) => isOneOwnerPerSeat(seatsOf(parts), voters, new Set()));
      expect(isMet(scene.policy)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("the scenes reach the corners: several ways, lent places that are needed, two accounts of one human, a quorum of three", () => {
  const gateOf = (scene: Scene): Gate => ({ ...scene, digest, expiresAt: addMs(at, 60_000) });
  const drawn = fc.sample(scenes, { numRuns: 3_000, seed: 7 });
  const granted = drawn.flatMap((scene) => {
    const standing = tally(gateOf(scene), scene.ballots, at);
    return standing.kind === "granted" ? [{ scene, standing }] : [];
  });
  const withoutLending = ({ ballots, ...scene }: Scene) =>
    tally(
      gateOf({ ...scene, ballots }),
      ballots.map((ballot) => ({ ...ballot, onBehalfOf: [] })),
      at,
    ).kind;
  const isDouble = ({ ballots }: Scene): boolean =>
    ballots.some(({ voter }) =>
      ballots.some(({ voter: other }) => voter.userId !== other.userId && humanOf(voter) === humanOf(other)),
    );
  expect(granted.length).toBeGreaterThan(200);
  expect(granted.filter(({ scene }) => scene.policy.alternatives.length > 1).length).toBeGreaterThan(100);
  expect(granted.filter(({ scene }) => withoutLending(scene) !== "granted").length).toBeGreaterThan(8);
  const lenders = ({ ballots }: Scene) => ballots.filter(({ onBehalfOf }) => onBehalfOf?.includes(absent) === true);
  expect(drawn.filter((scene) => lenders(scene).length > 1).length).toBeGreaterThan(100);
  expect(granted.filter(({ scene }) => isDouble(scene)).length).toBeGreaterThan(50);
  expect(granted.filter(({ standing }) => standing.approvedBy.length > 2).length).toBeGreaterThan(4);
  expect(drawn.filter((scene) => tally(gateOf(scene), scene.ballots, at).kind === "refused").length).toBeGreaterThan(
    20,
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

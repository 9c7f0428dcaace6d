import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import { instantOf } from "#src/kernel/instant.ts";
import type { PeopleLists } from "#approvals/policy.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { Story, id, request } from "#test/support/given.ts";
import {
  alice,
  bob,
  carol,
  dave,
  dora,
  erin,
  frank,
  gina,
  inSlack,
  person,
  sampleEnvironment,
  sampleFacts,
} from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { openStage } from "./stage.ts";
import type { Stage } from "./stage.ts";

const minuteMs = 60_000;
const boss = person("U0BOSS001", { groups: ["S0BOSSES1"] });
const everybody = [alice, carol, dave, erin, frank, gina, dora, boss];

const policy = (over: Partial<Policy> = {}): Policy =>
  quorumPolicy(
    { users: [erin.userId, alice.userId], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 240 * minuteMs },
    {
      // Due at once; whatever is later comes after it.
      reminders: { everyMs: 1, atMost: 1 },
      escalations: [{ afterMs: 60 * minuteMs, users: [frank.userId], groups: ["S0BOSSES1"] }],
      ...over,
    },
  );

const quiet = { reminders: { everyMs: 60 * minuteMs, atMost: 1 } };

/** An upgrade that waits at its first gate. */
function waiting(irreversible = policy()): Story {
  const story = new Story();
  story.now = instantOf(Date.now());
  const operators = { users: [alice.userId, bob.userId, frank.userId], groups: [] };
  return story
    .must({ ...request, environment: sampleEnvironment({ operators, policies: { irreversible } }) })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
}

function vote(story: Story, voter: Person): Story {
  const { step, progress } = currentStep(story.active) ?? {};
  if (step === undefined || progress?.kind !== "ready" || progress.approval === undefined) throw new Error("no gate");
  const { digest } = progress.approval;
  return story.must({
    intent: "vote",
    stepId: step.id,
    attempt: progress.attempt,
    voter,
    decision: "approve",
    digest,
  });
}

/** The lists as the Slack side tells them. */
function listed(people: readonly Person[] = everybody, unreadGroups: readonly string[] = []) {
  return async ({ users, groups }: PeopleLists) => ({
    unreadGroups,
    people: people.flatMap((each): readonly Person[] => {
      if (each.kind === "unknown") return [each];
      const lists = each.groups.filter((group) => groups.includes(group));
      return users.includes(each.userId) || lists.length > 0 ? [{ ...each, groups: lists }] : [];
    }),
  });
}

async function nudges({ record }: Stage, after: number) {
  const events: readonly RecordedEvent[] = await record.events(id, after);
  return events.flatMap(({ event }) => (event.type === "approvers_reminded" ? [event] : []));
}

/** A clock that tells how often somebody looked: reminders are at every second or third look. */
function countedClock() {
  let looks = 0;
  const now = async () => {
    looks += 1;
    return instantOf(Date.now());
  };
  return { now, looks: () => looks };
}

const mayVote = (...people: readonly Person[]) => people.map(({ userId }) => ({ userId, mayVote: true }));

test("whoever can still vote is reminded once, by however many replicas: not requesters, voters, or people who left", async () => {
  const story = vote(waiting(), carol);
  await using stage = await openStage(story.events);
  let looks = 0;
  const everyReplicaLooks = Promise.withResolvers<void>();
  const counted = async (lists: PeopleLists) => {
    looks += 1;
    if (looks === 3) everyReplicaLooks.resolve();
    await everyReplicaLooks.promise;
    return listed()(lists);
  };
  let rounds = 0;
  const projected = (): void => {
    rounds += 1;
  };
  for (let replicas = 0; replicas < 3; replicas += 1) stage.conduct({ listed: counted, project: projected });

  await waitUntil("the reminder", async () => (await nudges(stage, 0)).length > 0);
  await waitUntil("the answers to all replicas", () => rounds >= 6);

  expect(await nudges(stage, 0)).toMatchObject([{ nudge: { kind: "reminder", number: 1 }, to: mayVote(dave, erin) }]);
});

test("an escalation tells its list, with who may vote, and names who can to the others", async () => {
  const story = waiting(policy({ escalations: [{ afterMs: 2, users: [frank.userId], groups: ["S0BOSSES1"] }] }));
  await using stage = await openStage(story.events);
  stage.conduct({ listed: listed() });

  const found = await waitUntil("both", async () => {
    const all = await nudges(stage, 0);
    return all.length >= 2 ? all : undefined;
  });

  expect(found.map(({ nudge }) => nudge.kind)).toEqual(["reminder", "escalation"]);
  expect(found[1]).toMatchObject({
    to: [
      { userId: frank.userId, mayVote: false },
      { userId: boss.userId, mayVote: false },
    ],
    voters: [carol, dave, erin].map(({ userId, name }) => ({ userId, name })),
  });
});

test("a Slack that is away delays a reminder and does not repeat it", async () => {
  const story = waiting();
  await using stage = await openStage(story.events);
  let aheadMs = 0;
  let isAway = true;
  let failures = 0;
  stage.conduct({
    now: async () => instantOf(Date.now() + aheadMs),
    listed: async (lists) => {
      if (!isAway) return listed()(lists);
      failures += 1;
      return listed([alice, erin], ["S0APPROVE"])(lists);
    },
  });
  await waitUntil("the first try", () => failures > 0);
  isAway = false;
  aheadMs = 31_000;

  await waitUntil("the reminder", async () => (await nudges(stage, 0)).length > 0);

  expect(await nudges(stage, 0)).toMatchObject([{ to: mayVote(carol, dave, erin) }]);
  expect(failures).toBe(1);
});

test("somebody who cannot be looked up is waited for, but not for ever", async () => {
  const away = { kind: "unknown", userId: dave.userId, problem: "timeout" } as const;
  const people = [carol, away, erin];
  await using soon = await openStage(waiting().events);
  let asked = 0;
  const { now, looks } = countedClock();
  soon.conduct({
    now,
    listed: async (lists) => {
      asked += 1;
      return listed(people)(lists);
    },
  });
  await waitUntil("a look", () => asked > 0);
  await waitUntil("what follows from it", () => looks() >= 8);
  expect(await nudges(soon, 0)).toEqual([]);
  await using late = await openStage(waiting().events);
  late.conduct({
    now: async () => instantOf(Date.now() + 11 * minuteMs),
    listed: listed(people),
  });
  await waitUntil("the reminder", async () => (await nudges(late, 0)).length > 0);
  expect(await nudges(late, 0)).toMatchObject([{ to: mayVote(carol, erin) }]);
});

test("at most 50 people are written to, and the others are counted", async () => {
  const crowd = Array.from({ length: 60 }, (_, index) =>
    person(`U0CROWD${String(index).padStart(2, "0")}`, { groups: ["S0APPROVE"] }),
  );
  const story = waiting();
  await using stage = await openStage(story.events);
  stage.conduct({ listed: listed(crowd) });

  await waitUntil("the reminder", async () => (await nudges(stage, 0)).length > 0);

  const [nudge] = await nudges(stage, 0);
  expect(nudge?.to).toHaveLength(50);
  expect(nudge?.leftOut).toBe(10);
});

test("when a vote that had counted is lost, whoever can still vote is told at once, and once", async () => {
  const story = vote(vote(waiting(policy(quiet)), carol), erin);
  const gone = { ...carol, isDeactivated: true };
  await using stage = await openStage(story.events);
  for (const each of [gone, erin]) stage.answer(each);
  stage.conduct({ listed: listed([gone, dave, erin]) });
  stage.conduct({ listed: listed([gone, dave, erin]) });

  await waitUntil("the news", async () => (await nudges(stage, story.events.length)).length > 0);

  expect(await stage.typesSince(story.events.length)).toEqual(["approval_voided", "approvers_reminded"]);
  expect(await nudges(stage, 0)).toMatchObject([{ nudge: { kind: "reopening", number: 1 }, to: mayVote(dave) }]);
});

test("whoever votes in the place of somebody is reminded instead of them", async () => {
  const story = waiting();
  story.must({
    intent: "delegate_vote",
    from: dave,
    to: frank,
    until: instantOf(Date.now() + 60 * minuteMs),
  });
  await using stage = await openStage(story.events);
  stage.conduct({ listed: listed() });

  await waitUntil("the reminder", async () => (await nudges(stage, 0)).length > 0);

  expect(await nudges(stage, 0)).toMatchObject([{ to: mayVote(carol, erin, frank) }]);
});

test("nobody is reminded while the upgrade is paused", async () => {
  const story = waiting().must({ intent: "pause", reason: "traffic", by: inSlack(alice) });
  await using stage = await openStage(story.events);
  let asked = 0;
  const { now, looks } = countedClock();
  stage.conduct({
    now,
    listed: async () => {
      asked += 1;
      return { people: everybody, unreadGroups: [] };
    },
  });
  await waitUntil("several looks", () => looks() >= 8);
  await stage.record.submit(id, { intent: "resume", by: inSlack(alice) }, { kind: "bot", replica: "test" });
  expect(asked).toBe(0);

  await waitUntil("the reminder after the resumption", async () => (await nudges(stage, 0)).length > 0);
});

import { expect, test } from "vitest";
import { addMs, instantOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { startGraceMs } from "#src/upgrade/decide-calendar.ts";
import { Story, id, request } from "#test/support/given.ts";
import { alice, carol, dave, erin, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { openStage } from "./stage.ts";
import type { Stage } from "./stage.ts";

/** A plan whose start alice scheduled for so long ago; the record's clock is that of the database. */
function scheduled(agoMs: number): Story {
  const at = instantOf(Date.now() - agoMs);
  return plannedAt(addMs(at, -3_600_000)).must({ intent: "schedule_start", at, timeZone: "UTC", by: inSlack(alice) });
}

function plannedAt(now: Instant): Story {
  const story = new Story();
  story.now = now;
  return story.must(request).must({ intent: "report_survey", facts: sampleFacts() });
}

/** Schedules the start, and tells for when: however busy the machine is, that lies ahead when it is recorded, else it is said again. */
function scheduleAhead(stage: Stage, aheadMs: number): Promise<Instant> {
  return waitUntil("the time to be recorded", async () => {
    const at = addMs(await stage.record.now(), aheadMs);
    const schedule = { intent: "schedule_start", at, timeZone: "UTC", by: inSlack(alice) } as const;
    return (await stage.record.submit(id, schedule, { kind: "bot", replica: "test" })).ok && at;
  });
}

const countOf = async (stage: Stage, type: string): Promise<number> =>
  (await stage.typesSince(0)).filter((each) => each === type).length;

test("of several replicas exactly one begins a start that is due, after looking everybody up again", async () => {
  await using stage = await openStage(scheduled(1_000).events);
  for (const person of [alice, carol, dave, erin]) stage.answer(person);
  for (let replicas = 0; replicas < 3; replicas += 1) stage.conduct();

  await waitUntil("the start", async () => (await countOf(stage, "upgrade_started")) > 0);
  await waitUntil("the ring", () => stage.rung.length > 0);

  expect(await countOf(stage, "upgrade_started")).toBe(1);
  expect(await countOf(stage, "scheduled_start_missed")).toBe(0);
});

test("a start begins by itself at its time, and not before, although the bot was restarted after it was scheduled", async () => {
  await using stage = await openStage(plannedAt(instantOf(Date.now() - 3_600_000)).events);
  for (const person of [alice, carol, dave, erin]) stage.answer(person);
  await scheduleAhead(stage, 3_600_000);
  const before = stage.conduct();
  await waitUntil("the first bot to look", () => stage.projected.length > 0);
  await before[Symbol.asyncDispose]();
  expect(await countOf(stage, "upgrade_started")).toBe(0);

  const at = await scheduleAhead(stage, 1_000);
  stage.conduct();
  const started = await waitUntil("the start", async () =>
    (await stage.record.events(id, 0)).find(({ event }) => event.type === "upgrade_started"),
  );
  expect(Date.parse(started.at)).toBeGreaterThanOrEqual(Date.parse(at));
  expect(Date.parse(started.at)).toBeLessThan(Date.parse(at) + startGraceMs);
  expect(started.event).toMatchObject({ by: { kind: "slack", person: { userId: alice.userId } } });
});

test("a start whose grace passed while everything was down is not made up for; the record says so", async () => {
  await using stage = await openStage(scheduled(startGraceMs + 1_000).events);
  for (const person of [alice, carol, dave, erin]) stage.answer(person);
  stage.conduct();

  await waitUntil("the answer", async () => (await countOf(stage, "scheduled_start_missed")) > 0);

  expect(await countOf(stage, "upgrade_started")).toBe(0);
});

test("while Slack does not tell who scheduled it, nothing is begun; where nobody is left to approve, people are told", async () => {
  await using stage = await openStage(scheduled(1_000).events);
  stage.answer({ ...carol, groups: [] });
  stage.answer(erin);
  const asked: string[] = [];
  stage.conduct({
    lookUpFor: async (userId) => {
      asked.push(userId);
      return asked.length < 2 ? { kind: "unknown", userId, problem: "Slack is away" } : alice;
    },
  });

  await waitUntil("the first look", () => asked.length > 0);
  expect(await countOf(stage, "upgrade_started")).toBe(0);

  const missed = await waitUntil("the answer", async () =>
    (await stage.record.events(id, 0)).find(({ event }) => event.type === "scheduled_start_missed"),
  );
  expect(missed.event).toMatchObject({ reason: expect.stringContaining("needed to approve") });
  expect(await countOf(stage, "upgrade_started")).toBe(0);
});

test("a freeze that was declared after it was scheduled holds it, also where the record was not told of it yet", async () => {
  await using stage = await openStage(scheduled(1_000).events);
  for (const person of [alice, carol, dave, erin]) stage.answer(person);
  const freeze = {
    name: "incident",
    from: instantOf(Date.now() - 60_000),
    to: instantOf(Date.now() + 3_600_000),
    reason: "",
    mayLift: { users: [], groups: [] },
    yieldsToBrokenGlass: false,
  };
  // A replica that does not lead tells the record nothing.
  stage.conduct({ environments: [{ ...sampleEnvironment(), calendar: { freezes: [freeze] } }] });

  const answer = await waitUntil("the answer", async () =>
    (await stage.record.events(id, 0)).find(({ event }) => /upgrade_started|start_missed/u.test(event.type)),
  );

  expect(answer.event).toMatchObject({ type: "scheduled_start_missed", reason: expect.stringContaining("“incident”") });
});

test("a queue that does not answer holds up no start", async () => {
  await using stage = await openStage(plannedAt(instantOf(Date.now() - 3_600_000)).events);
  for (const person of [alice, carol, dave, erin]) stage.answer(person);
  await scheduleAhead(stage, 3_600_000);
  const asked: string[] = [];
  const hanging = Promise.withResolvers<undefined>();
  const bot = stage.conduct({
    wakes: {
      set: (_, upgrade) => {
        asked.push(upgrade);
        return hanging.promise;
      },
      hear: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
    },
  });

  await waitUntil("the queue to be asked", () => asked.length > 0);
  // From here on the queue hangs, and only then the time comes.
  await scheduleAhead(stage, 1_000);
  await waitUntil("the start", async () => (await countOf(stage, "upgrade_started")) > 0);
  expect(await countOf(stage, "scheduled_start_missed")).toBe(0);

  hanging.resolve(undefined);
  await bot[Symbol.asyncDispose]();
});

import { expect, test } from "vitest";
import { openLog } from "#src/log.ts";
import { openDoorbell } from "#src/run/queue/doorbell.ts";
import { Wakes } from "#src/serve/wakes.ts";
import { instantOf } from "#src/kernel/instant.ts";
import { signRing } from "#src/signing/ring.ts";
import { createDatabase } from "#test/support/database.ts";
import { Story, id, request } from "#test/support/given.ts";
import { alice, inSlack, sampleFacts } from "#test/support/samples.ts";
import { knownKey } from "#test/src/signing/known-key.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const log = openLog("silent", "test");
const minuteMs = 60_000;

/** A plan whose start is scheduled an hour ahead of the story's clock. */
function scheduled(): Story {
  const story = new Story().must(request).must({ intent: "report_survey", facts: sampleFacts() });
  const at = instantOf(Date.parse(story.now) + 60 * minuteMs);
  return story.must({ intent: "schedule_start", at, timeZone: "UTC", by: inSlack(alice) });
}

test("a wake is made at the start, for what the record says, anew every minute and when that changes", async () => {
  const story = scheduled();
  const made: string[] = [];
  const wakes = new Wakes(async (at) => void made.push(at), log);
  const look = () => wakes.look(story.upgrade === undefined ? [] : [story.upgrade], story.now);
  await look();
  await look();
  expect(made).toEqual(["2026-11-21T04:00:00.000Z"]);
  story.wait(minuteMs);
  await look();
  expect(made).toHaveLength(2);
  story.must({ intent: "schedule_start", at: "2026-11-21T05:00:00.000Z", timeZone: "UTC", by: inSlack(alice) });
  await look();
  expect(made.at(-1)).toBe("2026-11-21T05:00:00.000Z");
  story.must({ intent: "unschedule", reason: "", by: inSlack(alice) }).wait(2 * minuteMs);
  await look();
  expect(made).toHaveLength(3);
});

test("a queue that is away holds nothing up, and is tried again after a minute", async () => {
  const story = scheduled();
  let tries = 0;
  const wakes = new Wakes(async () => {
    tries += 1;
    throw new Error("the queue is away");
  }, log);
  const look = () => wakes.look(story.upgrade === undefined ? [] : [story.upgrade], story.now);
  await look();
  story.wait(minuteMs);
  await look();
  expect(tries).toBe(2);
});

test("a wake is heard at its time and not before, and a later one takes its place", async () => {
  await using database = await createDatabase();
  const bell = await openDoorbell({ databaseUrl: database.url });
  try {
    const heard: number[] = [];
    await using _hearing = await bell.attend(["CLOCK"], () => heard.push(Date.now()));
    const ring = signRing({ environment: "CLOCK", upgradeId: id, at: instantOf(Date.now()) }, knownKey());
    const first = Date.now() + 3_600_000;
    const second = Date.now() + 1_500;
    await bell.ringAt(instantOf(first), "CLOCK", id, ring);
    await bell.ringAt(instantOf(second), "CLOCK", id, ring);
    await waitUntil("the wake", () => heard.length > 0);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toBeGreaterThanOrEqual(second - 50);
  } finally {
    await bell.close();
  }
});

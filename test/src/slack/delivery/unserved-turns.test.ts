import { expect, test } from "vitest";
import { UnservedTurns } from "#src/slack/delivery/unserved-turns.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { KnownRunner } from "#src/upgrade/known-runner.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { MemoryLog, startBot } from "#test/src/slack/bot.ts";
import { at, freeze, frozen, inFreeze, planned, start } from "#test/src/upgrade/calendar-given.ts";
import { started } from "#test/support/given.ts";
import { sampleRunner } from "#test/support/memory-desk.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const ID = "KU-2026-0001";
const missing =
  "no runner of practice is alive, so nothing of it is looked at or run; start one near its Kong: kong-upgrade runner --environment practice";

/** Follows one upgrade that stays as it is, while time and runners change. */
class Watch {
  runners: readonly KnownRunner[] = [];
  reads = 0;
  isAway = false;
  now: number;
  readonly log = new MemoryLog();
  readonly changed: UpgradeId[] = [];
  readonly turns: UnservedTurns;

  constructor(upgrade: Upgrade | undefined, now: number) {
    this.now = now;
    this.turns = new UnservedTurns({
      desk: { find: async () => upgrade },
      read: async () => {
        this.reads += 1;
        if (this.isAway) throw new Error("the database is away");
        return this.runners;
      },
      now: () => this.now,
      everyMs: 5,
      log: this.log,
      onChange: (id) => void this.changed.push(id),
    });
  }

  [Symbol.dispose](): void {
    this.turns.stop();
  }
}

test("who waits for a runner that is not there is told so after a moment, and no longer once one is there", async () => {
  const story = started();
  using watch = new Watch(story.upgrade, Date.parse(story.now));
  await watch.turns.follow(ID);
  expect([watch.reads, watch.turns.of(ID)]).toEqual([0, undefined]);

  await waitUntil("the first look", () => watch.changed.length > 0);
  expect(watch.turns.of(ID)).toBe(missing);
  const before = watch.reads;
  await waitUntil("another look", () => watch.reads > before + 1);
  expect(watch.changed).toEqual([ID]);

  watch.runners = [sampleRunner({ isDraining: true })];
  await waitUntil("other words", () => watch.turns.of(ID)?.includes("is draining") === true);
  watch.runners = [sampleRunner()];
  await waitUntil("nothing to tell", () => watch.turns.of(ID) === undefined);
  expect(watch.changed).toEqual([ID, ID, ID]);
});

test("a bot that was started in between knows at once, so that the words do not come and go", async () => {
  const story = started();
  using watch = new Watch(story.upgrade, Date.parse(story.now) + 60_000);
  await watch.turns.follow(ID);
  expect(watch.turns.of(ID)).toBe(missing);
  expect(watch.changed).toEqual([]);
});

test("what the calendar holds waits for no runner, until the end of it, which no event tells", async () => {
  const story = at(planned(frozen).must(start).runUntil("stop-kong-1"), inFreeze);
  using watch = new Watch(story.upgrade, Date.parse(story.now));
  await watch.turns.follow(ID);
  expect([watch.reads, watch.turns.of(ID)]).toEqual([0, undefined]);
  watch.now = Date.parse(freeze.to) + 1;
  await waitUntil("the words", () => watch.turns.of(ID) === missing);
});

test("while nobody can read who lives, what was told stays, and the log says so once", async () => {
  const story = started();
  using watch = new Watch(story.upgrade, Date.parse(story.now) + 60_000);
  await watch.turns.follow(ID);
  watch.isAway = true;
  const before = watch.reads;
  await waitUntil("three looks that fail", () => watch.reads > before + 3);
  expect(watch.turns.of(ID)).toBe(missing);
  expect(watch.log.lines).toHaveLength(1);
});

test("the card says that no runner is there and what to start, instead of that nobody has to act", async () => {
  let runners: readonly KnownRunner[] = [];
  const bot = await startBot({ options: { readRunners: async () => runners, now: () => Date.now() + 10_000 } });
  const card = async (): Promise<string> => {
    const { ts } = bot.posts.rows.get(`${ID}/card`) ?? {};
    const messages = await bot.s.sees("U0ALICE01", "C0PRACTCE");
    return JSON.stringify(messages.find((each) => each["ts"] === ts) ?? "");
  };
  await bot.type("U0ALICE01", "plan practice --to 3.4.2");
  await waitUntil("the words", async () => (await card()).includes(missing));
  expect(await card()).toContain("*Who must act:* whoever looks after the runners");
  expect(await card()).not.toContain("nobody");

  runners = [sampleRunner()];
  await bot.type("U0ALICE01", "note Somebody starts a runner");
  await waitUntil("the card without them", async () => !(await card()).includes(missing));
  expect(await card()).toContain("*Who must act:* nobody");
});

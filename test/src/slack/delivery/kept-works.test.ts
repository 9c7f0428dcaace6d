import { expect, test } from "vitest";
import { KeptWorks } from "#src/slack/delivery/kept-works.ts";
import { newWork } from "#src/slack/delivery/work.ts";
import type { UpgradeWork } from "#src/slack/delivery/work.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import { names, recordOf } from "#test/src/slack/recorded.ts";
import { startBot, survey } from "#test/src/slack/bot.ts";
import { started } from "#test/support/given.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const ID = "KU-2026-0001";
const byAlice = { kind: "person", userId: alice.userId, teamId: alice.teamId, name: alice.name } as const;

function note(desk: Desk, text: string): ReturnType<Desk["submit"]> {
  return desk.submit(ID, { intent: "add_note", text, by: inSlack(alice) }, byAlice);
}

test("of a record that Slack shows completely only what is new is read for what follows", async () => {
  const bot = await startBot();
  await bot.type("U0ALICE01", "plan practice --to 3.4.2");
  await survey(bot.desk, ID);
  await bot.settled();
  const read: number[] = [];
  const { desk } = bot;
  const events = desk.events.bind(desk);
  desk.events = async (id, afterVersion) => {
    const found = await events(id, afterVersion);
    read.push(found.length);
    return found;
  };
  for (const text of ["one", "two", "three"]) {
    await note(desk, text);
    await bot.settled();
  }
  const texts = (await bot.thread(ID)).map((message) => String(message["text"]));
  expect(texts.slice(-3).map((text) => text.slice(-5))).toEqual([": one", ": two", "three"]);
  // The newest that is known, and the one that follows it.
  expect(Math.max(...read)).toBeLessThanOrEqual(2);
});

test("a database that was put back is believed, not what was kept of the record", async () => {
  const desks = [new MemoryDesk(), new MemoryDesk()] as const;
  let [desk] = desks;
  const swapped: Desk = {
    find: (id) => desk.find(id),
    findOpen: (environment) => desk.findOpen(environment),
    list: (filter) => desk.list(filter),
    events: (id, afterVersion) => desk.events(id, afterVersion),
    runners: () => desk.runners(),
    request: (intent, actor) => desk.request(intent, actor),
    submit: (id, intent, actor) => desk.submit(id, intent, actor),
  };
  const bot = await startBot({ options: { desk: swapped } });
  for (const each of desks) {
    desk = each;
    each.onChange = (id) => bot.app.upgradeChanged(id);
    await bot.type("U0ALICE01", "plan practice --to 3.4.2");
    await survey(each, ID);
    await note(each, each === desks[0] ? "what is lost" : "what happened instead");
    await bot.settled();
  }
  const lines = await waitUntil("the other record to be shown", async () => {
    const texts = (await bot.thread(ID)).map((message) => String(message["text"]));
    return texts.some((text) => text.includes("what happened instead")) ? texts : undefined;
  });
  expect(lines.filter((text) => text.includes("what is lost"))).toEqual([]);
});

test("what another replica has sent meanwhile is not sent again", async () => {
  const bot = await startBot();
  await bot.type("U0ALICE01", "plan practice --to 3.4.2");
  await survey(bot.desk, ID);
  await bot.settled();
  const before = await bot.thread(ID);
  const next = (await bot.desk.events(ID, 0)).length + 1;
  const card = bot.posts.rows.get(`${ID}/card`);
  if (card === undefined) throw new Error("there is no card");
  await bot.posts.save({ ...card, key: `line-${next}`, threadTs: card.ts, ts: String(before.at(-1)?.["ts"]) });
  await note(bot.desk, "said once");
  await bot.settled();
  expect(await bot.thread(ID)).toHaveLength(before.length);
});

test("what is kept is bounded, in upgrades, events and steps, and nothing that is closed is kept", () => {
  const record = recordOf(started());
  const workOf = (number: number, events: number): UpgradeWork => {
    const work = newWork(upgradeIdSchema.parse(`KU-2026-${String(number).padStart(4, "0")}`), names);
    work.thread.grow(record.slice(0, events));
    return work;
  };
  const works = [1, 2, 3, 4].map((number) => workOf(number, 2));
  const kept = new KeptWorks({ works: 100, weight: 7 });
  for (const work of works) kept.keep(work);
  // The oldest made room for the fourth.
  expect(works.map(({ id }) => kept.take(id))).toEqual([undefined, ...works.slice(1)]);
  expect(works.map(({ id }) => kept.take(id))).toEqual([undefined, undefined, undefined, undefined]);

  const few = new KeptWorks({ works: 3, weight: 1_000 });
  for (const work of works) few.keep(work);
  expect(works.map(({ id }) => few.take(id))).toEqual([undefined, ...works.slice(1)]);

  const withPlan = workOf(5, record.length);
  const steps = started().active.forward.plan.steps.length;
  for (const [weight, isKept] of [
    [record.length + 4 * steps, true],
    [record.length + 4 * steps - 1, false],
  ] as const) {
    const tight = new KeptWorks({ works: 3, weight });
    tight.keep(withPlan);
    expect(tight.take(withPlan.id) === withPlan).toBe(isKept);
  }

  const ended = newWork(ID, names);
  ended.thread.grow(recordOf(started().must({ intent: "abort", reason: "", leaveAsIs: false, by: inSlack(alice) })));
  kept.keep(ended);
  expect(kept.take(ID)).toBeUndefined();
});

import { expect, test } from "vitest";
import { instantOf } from "#src/kernel/instant.ts";
import { alice, frank, inSlack } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { buttonsOf, startBot, survey } from "./bot.ts";
import { clickAndHear, prompt, submitWords } from "./hands.ts";

const ID = "KU-2026-0001";
const dayMs = 86_400_000;

test("a scheduled start is taken back by its button, and a freeze is lifted by whom it names, with a reason", async () => {
  const bot = await startBot();
  await bot.type("U0ALICE01", "plan practice --to 3.4.2");
  await survey(bot.desk, ID);
  const replica = { kind: "bot", replica: "test" } as const;
  const at = instantOf(Date.now() + dayMs);
  await bot.desk.submit(ID, { intent: "schedule_start", at, timeZone: "UTC", by: inSlack(alice) }, replica);
  await bot.settled();
  const card = bot.posts.rows.get(`${ID}/card`)?.ts;
  expect(await clickAndHear(bot, "U0ALICE01", { ts: card, action: "ku_unschedule" })).toContain(
    "is not scheduled any more",
  );
  await bot.type("U0ALICE01", "start");
  const freeze = {
    name: "black friday",
    from: instantOf(Date.now() - dayMs),
    to: instantOf(Date.now() + dayMs),
    reason: "the shop",
    mayLift: { users: [frank.userId], groups: [] },
    yieldsToBrokenGlass: false,
  };
  await bot.desk.submit(ID, { intent: "report_calendar", calendar: { freezes: [freeze] } }, replica);
  const { ts } = await prompt(bot, "ku_lift");
  expect(await clickAndHear(bot, "U0ALICE01", { ts, action: "ku_lift" })).toContain("cannot be lifted by you");
  await bot.s.person("actions", { user: frank.userId, channel: "C0PRACTCE", ts, action_id: "ku_lift" });
  await submitWords(bot, frank.userId, "agreed with the board");
  const lifted = await waitUntil("the lift", async () =>
    (await bot.desk.events(ID, 0)).find(({ event }) => event.type === "hold_lifted"),
  );
  expect(lifted.event).toMatchObject({
    by: { userId: frank.userId },
    reason: "agreed with the board",
    hold: { kind: "freeze", name: "black friday" },
  });
  await bot.settled();
  const message = (await bot.thread(ID)).find((each) => each["ts"] === ts);
  expect(buttonsOf(message)).toEqual([]);
  expect(await clickAndHear(bot, frank.userId, { ts, action: "ku_lift" })).toContain("outdated");
});

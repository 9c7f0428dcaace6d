import { expect, test } from "vitest";
import { currentStep } from "#src/upgrade/next.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { buttonsOf, privately, runUntilIrreversible, startBot, survey } from "./bot.ts";

const ALICE = "U0ALICE01";
const BOB = "U0BOB0001";
const CAROL = "U0CAROL01";
const ID = "KU-2026-0001";

test("from the plan over an approval to a finished step, everybody sees it in the card and its thread", async () => {
  const bot = await startBot();
  const { s, desk } = bot;
  expect(await bot.type(ALICE, "plan practice --to 3.4.2")).toContain("KU-2026-0001");
  await survey(desk, ID);
  await bot.settled();
  const card = (await s.sees(BOB)).find((message) => String(message["text"]).startsWith(ID));
  expect(String(card?.["text"])).toContain("Planned");
  expect(buttonsOf(card)).toEqual(["ku_start", "ku_abort"]);
  expect((await bot.thread(ID)).map((message) => message["text"]).join("\n")).toContain("head sha256:");

  expect(await bot.type(ALICE, "start")).toContain("started");
  await runUntilIrreversible(bot, ID);
  await bot.settled();
  const approval = (await bot.thread(ID)).findLast((message) => buttonsOf(message).includes("ku_approve"));
  expect(String(approval?.["text"])).toContain("<!subteam^S0APPROVE> <@U0ERIN001>");
  const click = (user: string, action = "ku_approve") =>
    s.person("actions", { user, channel: "C0PRACTCE", ts: approval?.["ts"], action_id: action, stale: true });
  await click(ALICE);
  await waitUntil("the refusal", async () =>
    (await privately(s, ALICE))
      .concat(await s.sees(ALICE, "C0PRACTCE", String((await bot.thread(ID))[0]?.["ts"])))
      .some((message) => String(message["text"]).includes("you cannot approve it")),
  );
  await click(CAROL);
  await click("U0ERIN001");
  await waitUntil("the approval", async () => {
    const now = await desk.find(ID);
    const progress = now?.status === "active" ? currentStep(now)?.progress : undefined;
    return progress?.kind === "ready" && progress.approval?.outcome.kind === "granted";
  });
  await bot.settled();
  const decided = (await bot.thread(ID)).find((message) => message["ts"] === approval?.["ts"]);
  expect(buttonsOf(decided)).toEqual(["ku_reject", "ku_withdraw_vote", "ku_show_everything"]);
  expect(String(decided?.["text"])).toContain("Approved by carol, erin");
  expect(await bot.type(ALICE, "verify")).toContain("is whole");
  expect(await bot.type(ALICE, "record")).toContain("KU-2026-0001.json");
  expect(bot.log.lines.filter((line) => line.level !== "info")).toEqual([]);
});

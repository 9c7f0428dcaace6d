import { expect, test } from "vitest";
import { quorumPolicy } from "#approvals/policy.ts";
import { sampleEnvironment } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { buttonsOf, privately, runUntilIrreversible, startBot, survey } from "./bot.ts";
import type { Bot } from "./bot.ts";

const ALICE = "U0ALICE01";
const ERIN = "U0ERIN001";
const ID = "KU-2026-0001";

/** Presses a button of the thread and gives what is said privately. */
async function press(bot: Bot, user: string, actionId: string): Promise<string> {
  await bot.settled();
  const message = (await bot.thread(ID)).findLast((each) => buttonsOf(each).includes(actionId));
  const root = bot.posts.rows.get(`${ID}/card`)?.ts;
  const heard = async () => [
    ...(await privately(bot.s, user)),
    ...(await bot.s.sees(user, "C0PRACTCE", root)).filter((each) => each["is_ephemeral"] === true),
  ];
  const before = (await heard()).length;
  const where = { user, channel: "C0PRACTCE", ts: message?.["ts"] };
  expect(await bot.s.person("actions", { ...where, action_id: actionId })).toMatchObject({ delivered: true });
  const answers = await waitUntil(`an answer to ${user}`, async () => {
    const now = await heard();
    return now.length > before ? now : undefined;
  });
  return String(answers.toSorted((left, right) => Number(left["ts"]) - Number(right["ts"])).at(-1)?.["text"]);
}

test("the members of the lists are looked up in Slack before a plan: who is deactivated does not count", async () => {
  const bot = await startBot();
  await bot.s.person("faults", { set_group: { group: "S0APPROVE", users: ["U0DORA001"] } });
  const said = await bot.type(ALICE, "plan practice --to 3.4.2");
  expect(said).toContain(
    "2 of @kong-approvers or erin are needed to approve irreversible steps: only erin can (dora is deactivated). 1 more of @kong-approvers or erin is missing.",
  );
  expect(await bot.desk.list({ limit: 5 })).toEqual([]);
});

test("an approver who cannot be looked up is told as such", async () => {
  const policy = quorumPolicy({ users: [ERIN, "U0NOBODY1"], groups: [], quorum: 2, expiresAfterMs: 3_600_000 });
  const environments = [sampleEnvironment({ policies: { irreversible: policy } })];
  const bot = await startBot({ options: { environments } });
  const said = await bot.type(ALICE, "plan practice --to 3.4.2");
  expect(said).toContain("only erin can (U0NOBODY1 could not be looked up)");
  expect(said).toContain("Please try again in a moment.");
});

test("the Start button refuses whoever would exclude the last approvers, and the way back only warns", async () => {
  const bot = await startBot();
  await bot.s.person("faults", { set_group: { group: "S0APPROVE", users: ["U0CAROL01"] } });
  await bot.type(ALICE, "plan practice --to 3.4.2");
  await survey(bot.desk, ID);
  expect(await press(bot, ERIN, "ku_start")).toContain(
    "If you start it, nobody is left who can approve it. 2 of @kong-approvers or erin are needed to approve irreversible steps: only carol can (erin would have started it).",
  );
  expect((await bot.desk.find(ID))?.status).toBe("planned");
  expect(await press(bot, ALICE, "ku_start")).toContain("is started");
  await runUntilIrreversible(bot, ID);
  const said = await press(bot, ERIN, "ku_roll_back");
  expect(said).toContain("is on its way back");
  expect(said).toContain("only carol can (erin asked for this upgrade).");
});

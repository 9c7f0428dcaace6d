import { expect, test } from "vitest";
import { z } from "zod";
import { startSlackApp } from "#src/slack/app.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { factsWith, sampleFinding, sampleQuestion } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { MemoryLog, botOptions, buttonsOf, startBot, survey } from "./bot.ts";
import type { Bot } from "./bot.ts";

const ALICE = "U0ALICE01";
const ID: UpgradeId = "KU-2026-0001";
const many = Array.from({ length: 20 }, (_, index) => ({ text: `route r${index}: paths[0] = /r${index}/\\d+` }));
const facts = factsWith(
  [sampleFinding({ evidence: many, count: 20 }), sampleQuestion()],
  [{ input: "template", problem: "not given", hazards: ["t1", "t2"] }],
);

const filesSchema = z.array(z.object({ id: z.string(), name: z.string(), title: z.string() }));

/** The files in the thread of an upgrade, with their texts. */
async function filesOf(bot: Bot, id: UpgradeId = ID) {
  const thread = await bot.thread(id);
  const files = thread.flatMap((message) => filesSchema.parse(message["files"] ?? []));
  return Promise.all(
    files.map(async (file) => {
      const text = await (await fetch(`${bot.s.workspace.address}/practice/files/${file.id}`)).text();
      return Object.assign({ text }, file);
    }),
  );
}

const texts = async (bot: Bot, id: UpgradeId = ID) => (await bot.thread(id)).map(({ text }) => String(text)).join("\n");

test("a check has a card that sums it up, its findings in the thread, and the whole report as a file", async () => {
  const bot = await startBot();
  await bot.type(ALICE, "check practice --to 3.4.2");
  await survey(bot.desk, ID, facts);
  await bot.settled();
  const card = (await bot.s.sees(ALICE)).find(({ text }) => String(text).startsWith(ID));
  for (const part of [
    "Checked 2.8.5 → 3.4.2: 3 findings (1 breaks traffic, 2 good to know), 1 question for people",
    "Path: possible.",
    "Recommended strategy: in-place, because ",
    "Not looked at: the custom nginx template (2 hazards)",
  ]) {
    expect(String(card?.["text"])).toContain(part);
  }
  expect(buttonsOf(card)).toEqual([]);
  expect(JSON.stringify(await bot.thread(ID))).toContain("…15 more in the report");
  const [report, ...others] = await filesOf(bot);
  expect(others).toEqual([]);
  expect(report).toMatchObject({
    name: "KU-2026-0001-report-3.md",
    title: "Report of KU-2026-0001: practice to 3.4.2",
  });
  expect(report?.text).toMatch(/^# Kong 2\\?\.8\.5 → 3\\?\.4\.2: practice$/mu);
  expect(report?.text).toContain("r19");
  expect(report?.text).toContain("the custom nginx template: 2 hazards");
});

test("a report is posted once, and whoever takes over posts none again", async () => {
  const bot = await startBot();
  await bot.type(ALICE, "plan practice --to 3.4.2");
  await survey(bot.desk, ID, facts);
  await bot.settled();
  await bot.type(ALICE, `answer ${sampleQuestion().id} no`);
  await bot.settled();
  await bot.app[Symbol.asyncDispose]();
  const log = new MemoryLog();
  await using again = await startSlackApp(botOptions(bot.s, { desk: bot.desk, posts: bot.posts, log }));
  await waitUntil("the comparison with Slack", () => again.isUpToDate);
  expect((await filesOf(bot)).map(({ name }) => name)).toEqual(["KU-2026-0001-report-3.md"]);
  expect(log.lines.filter(({ level }) => level !== "info")).toEqual([]);
});

test("a dry run shows the whole plan with its digest, the report, and nothing to press", async () => {
  const bot = await startBot();
  await bot.type(ALICE, "plan practice --to 3.4.2 --dry-run");
  await survey(bot.desk, ID, facts);
  await bot.settled();
  const upgrade = await bot.desk.find(ID);
  const digest = upgrade?.status === "closed" ? upgrade.plan?.digest : undefined;
  const said = await texts(bot);
  expect(said).toContain(`exactly what \`start\` would execute for ${ID}`);
  expect(said).toContain(digest);
  expect(said).toMatch(/^KU-2026-0001 · dry run of practice: 2\.8\.5 → 3\.4\.2/u);
  expect((await bot.thread(ID)).flatMap(buttonsOf)).toEqual([]);
  expect(JSON.stringify(await bot.thread(ID))).not.toContain("ku_answer");
  const [report] = await filesOf(bot);
  expect(report?.name).toBe("KU-2026-0001-report-3.md");
  expect(report?.text).toContain("## Steps");
});

test("a plan is shown with what changed since the one that was named", async () => {
  const bot = await startBot();
  await bot.type(ALICE, "plan practice --to 3.4.2 --dry-run");
  await survey(bot.desk, ID, facts);
  await bot.type(ALICE, `plan practice --to 3.4.2 --diff ${ID}`);
  await survey(bot.desk, "KU-2026-0002", factsWith([]));
  await bot.settled();
  const said = await texts(bot, "KU-2026-0002");
  expect(said).toMatch(/What changed since KU-2026-0001 \(plan `[0-9a-f]{12}`\): 1 step removed; 2 findings gone\./u);
  expect(JSON.stringify(await bot.thread("KU-2026-0002"))).toMatch(/`- step \d+, acknowledge-findings: /u);
});

import { expect, test } from "vitest";
import { z } from "zod";
import { currentStep } from "#src/upgrade/next.ts";
import type { Json } from "#test/practice/slack/stage.ts";
import { factsWith, sampleFinding, sampleQuestion } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { buttonsOf, runStep, startBot, survey } from "./bot.ts";
import type { Bot } from "./bot.ts";

const ALICE = "U0ALICE01";
const BOB = "U0BOB0001";
const ID = "KU-2026-0001";
const targets = sampleQuestion();
const tls = sampleQuestion({ id: "34-old-tls", severity: "breaks_traffic", title: "Do clients use TLS 1.0 or 1.1?" });
const facts = factsWith([sampleFinding(), targets, tls]);

const messageSchema = z.object({
  ts: z.string(),
  text: z.string(),
  blocks: z
    .array(
      z.object({
        block_id: z.string(),
        accessory: z.object({ action_id: z.string(), value: z.string() }).optional(),
      }),
    )
    .default([]),
});
type Message = z.infer<typeof messageSchema>;

async function planned(bot: Bot): Promise<void> {
  await bot.type(ALICE, "plan practice --to 3.4.2");
  await survey(bot.desk, ID, facts);
  await bot.settled();
}

/** The message of the thread that asks (or asked) the questions. */
async function questionMessage(bot: Bot): Promise<Message> {
  await bot.settled();
  const found = (await bot.thread(ID)).find(({ text }) =>
    /Questions 1 to|superseded plan; the newer/u.test(String(text)),
  );
  return messageSchema.parse(found);
}

/** Clicks the button beside a question; `seen` is the message as the person still shows it. */
async function clickQuestion(
  bot: Bot,
  user: string,
  question: { readonly id: string; readonly seen: Message },
): Promise<void> {
  const block = question.seen.blocks.find(({ accessory }) => accessory?.value.includes(question.id) === true);
  if (block?.accessory === undefined) throw new Error(`no button for ${question.id}`);
  const { action_id, value } = block.accessory;
  const where = { user, channel: "C0PRACTCE", ts: question.seen.ts, block_id: block.block_id, stale: true };
  expect(await bot.s.person("actions", { ...where, action_id, value })).toMatchObject({ delivered: true, shown: null });
}

async function modalOf(bot: Bot, user: string): Promise<Json> {
  return waitUntil("the dialog", async () => {
    const { modals } = await bot.s.look(`views?user=${user}`);
    return Array.isArray(modals) && modals.length === 1
      ? z.record(z.string(), z.unknown()).parse(modals[0])
      : undefined;
  });
}

async function answer(
  bot: Bot,
  user: string,
  given: { readonly answer?: string; readonly note?: string },
): Promise<Json> {
  const modal = await modalOf(bot, user);
  const values = {
    ...(given.answer === undefined ? {} : { answer: { choice: given.answer } }),
    ...(given.note === undefined ? {} : { words: { text: given.note } }),
  };
  return bot.s.person("views/submit", { user, view_id: modal["id"], values });
}

async function heard(bot: Bot, user: string, pattern: RegExp): Promise<string> {
  const root = bot.posts.rows.get(`${ID}/card`)?.ts;
  return waitUntil(`${user} being told ${String(pattern)}`, async () => {
    const all = [...(await bot.s.sees(user)), ...(await bot.s.sees(user, "C0PRACTCE", root))];
    return all
      .filter((message) => message["is_ephemeral"] === true)
      .map(({ text }) => String(text))
      .find((text) => pattern.test(text));
  });
}

test("a question is answered by its button and a dialog, and everybody sees it beside the question and on the card", async () => {
  const bot = await startBot();
  await planned(bot);
  const seen = await questionMessage(bot);
  expect(seen.blocks.flatMap(({ accessory }) => accessory?.action_id ?? [])).toEqual(["ku_answer", "ku_answer"]);
  await clickQuestion(bot, BOB, { id: tls.id, seen });
  expect(JSON.stringify(await modalOf(bot, BOB))).toContain(tls.title);
  expect(await answer(bot, BOB, { answer: "yes", note: "the till in Ulm" })).toMatchObject({
    delivered: true,
    shown: null,
  });
  expect(await heard(bot, BOB, /your answer/u)).toContain("recorded with your name");
  const after = await questionMessage(bot);
  expect(after.text).toMatch(/Do clients use TLS 1\.0 or 1\.1\?: yes, so it hits, bob.*: the till in Ulm/u);
  expect(after.text).toContain("Do scripts send POST to targets that exist?: not answered yet");
  const thread = (await bot.thread(ID)).map(({ text }) => String(text));
  expect(thread).toContain("🔴 bob on “Do clients use TLS 1.0 or 1.1?”: it hits: the till in Ulm");
  const card = (await bot.s.sees(ALICE)).find(({ text }) => String(text).startsWith(ID));
  expect(JSON.stringify(card)).toContain("1 of 2 questions answered (1 yes)");
  expect(JSON.stringify(await bot.thread(ID))).toContain("❓ 1 of 2 questions answered (1 yes)");

  await clickQuestion(bot, ALICE, { id: tls.id, seen: after });
  expect(JSON.stringify(await modalOf(bot, ALICE))).toMatch(/"initial_option":\{[^}]*"value":"yes"/u);
  await answer(bot, ALICE, { answer: "no" });
  await heard(bot, ALICE, /your answer/u);
  expect((await questionMessage(bot)).text).toContain("1.1?: no, alice");
  const changed = (await bot.thread(ID)).map(({ text }) => String(text));
  expect(changed).toContain("✏️ alice on “Do clients use TLS 1.0 or 1.1?”: no, after another answer before");
  expect(bot.log.lines.filter(({ level }) => level !== "info")).toEqual([]);
});

test("a dialog without an answer, or with not applicable and no note, stays open and says what is missing", async () => {
  const bot = await startBot();
  await planned(bot);
  await clickQuestion(bot, ALICE, { id: targets.id, seen: await questionMessage(bot) });
  expect(await answer(bot, ALICE, { note: "hm" })).toMatchObject({ delivered: false });
  expect(await answer(bot, ALICE, { answer: "not_applicable" })).toMatchObject({ delivered: true });
  expect(JSON.stringify(await modalOf(bot, ALICE))).toContain("why the question does not apply");
  expect((await bot.desk.find(ID))?.answers.size).toBe(0);
  await answer(bot, ALICE, { answer: "not_applicable", note: "nobody calls the Admin API" });
  await heard(bot, ALICE, /your answer/u);
  expect((await bot.desk.find(ID))?.answers.get(targets.id)).toMatchObject({
    answer: "not_applicable",
    note: "nobody calls the Admin API",
  });
});

test("a guest is told privately that they cannot answer, before a dialog opens", async () => {
  const bot = await startBot();
  await planned(bot);
  await clickQuestion(bot, "U0GUEST01", { id: tls.id, seen: await questionMessage(bot) });
  await heard(bot, "U0GUEST01", /Guests cannot operate/u);
  expect((await bot.s.look("views?user=U0GUEST01"))["modals"]).toEqual([]);
  expect((await bot.desk.find(ID))?.answers.size).toBe(0);
});

test("a button of a superseded plan does nothing, its message is dead, and answers to what is still asked are kept", async () => {
  const bot = await startBot();
  await planned(bot);
  await bot.type(ALICE, `answer ${tls.id} yes`);
  const seen = await questionMessage(bot);
  await bot.type(ALICE, "plan practice --to 3.4.2 --order documented");
  await survey(bot.desk, ID, facts);
  await clickQuestion(bot, ALICE, { id: targets.id, seen });
  await heard(bot, ALICE, /not the one in force any more/u);
  expect((await bot.s.look(`views?user=${ALICE}`))["modals"]).toEqual([]);
  await bot.settled();
  const messages = (await bot.thread(ID)).filter(({ text }) => String(text).includes("uestions"));
  expect(JSON.stringify(messages[0])).not.toContain("ku_answer");
  expect(JSON.stringify(messages.at(-1))).toContain("ku_answer");
  expect(String(messages[0]?.["text"])).toContain("belong to a superseded plan");
  expect((await bot.desk.find(ID))?.answers.get(tls.id)).toMatchObject({ answer: "yes" });
  const diff = (await bot.thread(ID)).find(({ text }) => String(text).includes("What changed"));
  expect(String(diff?.["text"])).toContain("order test-first → documented; ");
});

test("“All are decided” waits for every answer; afterwards the buttons are gone and a stale one changes nothing", async () => {
  const bot = await startBot();
  await planned(bot);
  const seen = await questionMessage(bot);
  await bot.type(ALICE, "start");
  for (let round = 0; round < 20; round += 1) {
    const upgrade = await bot.desk.find(ID);
    const current = upgrade?.status === "active" ? currentStep(upgrade)?.step.id : undefined;
    if (current === "acknowledge-findings") break;
    if ((await runStep(bot.desk, ID)) === undefined) await confirm(bot);
  }
  await bot.settled();
  const prompt = async () => (await bot.thread(ID)).find(({ text }) => String(text).includes("by hand: Decide on"));
  expect(String((await prompt())?.["text"])).toContain("0 of 2 questions answered; no answer yet: `30-post-targets`");
  await confirm(bot);
  expect(await heard(bot, ALICE, /have no answer yet/u)).toContain("`34-old-tls`");
  await bot.type(BOB, `answer ${targets.id} no`);
  await bot.type(BOB, `answer ${tls.id} n/a no clients of our own`);
  await bot.settled();
  expect(String((await prompt())?.["text"])).toContain("2 of 2 questions answered (1 no, 1 not applicable)");
  await confirm(bot);
  await waitUntil("the decision", async () =>
    (await bot.desk.events(ID, 0)).some(
      ({ event }) => event.type === "manual_step_confirmed" && event.stepId === "acknowledge-findings",
    ),
  );
  const dead = await questionMessage(bot);
  expect(dead.blocks.flatMap(({ accessory }) => accessory?.action_id ?? [])).toEqual([]);
  await clickQuestion(bot, BOB, { id: tls.id, seen });
  await heard(bot, BOB, /were decided by/u);
  expect((await bot.desk.find(ID))?.answers.get(tls.id)).toMatchObject({ answer: "not_applicable" });
});

/** Clicks the button of the newest manual step as alice; it is acknowledged once it is recorded or refused. */
async function confirm(bot: Bot): Promise<void> {
  await bot.settled();
  const prompt = (await bot.thread(ID)).findLast((message) => buttonsOf(message).includes("ku_confirm_manual"));
  const where = { user: ALICE, channel: "C0PRACTCE", ts: prompt?.["ts"], action_id: "ku_confirm_manual" };
  expect(await bot.s.person("actions", where)).toMatchObject({ delivered: true, shown: null });
}

import { expect, test } from "vitest";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import type { SlackAppOptions } from "#src/slack/app.ts";
import type { StepUp } from "#src/step-up/step-up.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { pick } from "#test/practice/slack/stage.ts";
import type { Json } from "#test/practice/slack/stage.ts";
import { carol, frank, sampleEnvironment } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { buttonsOf, privately, runUntilApproval, startBot } from "./bot.ts";
import type { Bot } from "./bot.ts";
import { clickAndHear, prompt, submitModal, submitWords } from "./hands.ts";

const ALICE = "U0ALICE01";
const BOB = "U0BOB0001";
const CAROL = "U0CAROL01";
const ERIN = "U0ERIN001";
const FRANK = "U0FRANK01";
const ID = "KU-2026-0001";

/** A bot whose irreversible steps ask for this, with a request that is open. */
async function asked(
  policy: Partial<Policy>,
  over: Partial<SlackAppOptions> = {},
): Promise<{ readonly bot: Bot; readonly ts: unknown }> {
  const irreversible = quorumPolicy(
    { users: [ERIN], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 3_600_000 },
    policy,
  );
  const environment = sampleEnvironment({
    policies: { irreversible },
    operators: { users: [ALICE, BOB, FRANK], groups: [] },
  });
  const bot = await startBot({ options: { environments: [environment], ...over } });
  await runUntilApproval(bot);
  return { bot, ts: (await prompt(bot, "ku_approve"))["ts"] };
}

async function approvalOf(bot: Bot): Promise<ApprovalRequest> {
  const upgrade = await bot.desk.find(ID);
  const progress = upgrade?.status === "active" ? currentStep(upgrade)?.progress : undefined;
  if (progress?.kind !== "ready" || progress.approval === undefined) throw new Error("no request");
  return progress.approval;
}

async function press(bot: Bot, user: string, click: { readonly ts: unknown; readonly action: string }): Promise<void> {
  const where = { user, channel: "C0PRACTCE", ts: click.ts, action_id: click.action, stale: true };
  expect(await bot.s.person("actions", where)).toMatchObject({ delivered: true, shown: null });
}

async function modalsOf(bot: Bot, user: string): Promise<string> {
  return JSON.stringify((await bot.s.look(`views?user=${user}`))["modals"]);
}

async function ballots(bot: Bot): Promise<ApprovalRequest["ballots"]> {
  return (await approvalOf(bot)).ballots;
}

/** Everything that was told to somebody only, in the channel of the environment. */
async function heard(bot: Bot, user: string): Promise<string> {
  return (await privately(bot.s, user)).map((message) => String(message["text"])).join("\n---\n");
}

function errorsIn(sent: Json): unknown {
  return Reflect.get(Object(sent["answer"]), "errors");
}

test("an approval that wants the name of the environment opens a dialog, and only the exact name counts", async () => {
  const { bot, ts } = await asked({ stepUp: "confirm" });
  await press(bot, CAROL, { ts, action: "ku_approve" });
  const wrong = await submitModal(bot, CAROL, { environment: { text: "Practice" } });
  expect(errorsIn(wrong)).toEqual({ environment: "That is not the name. Type it exactly: practice" });
  expect(await ballots(bot)).toEqual([]);
  const right = await submitModal(bot, CAROL, { environment: { text: " practice " }, words: { text: "reviewed" } });
  expect(right).toMatchObject({ delivered: true, shown: null, answer: null });
  await waitUntil("the vote", async () => (await ballots(bot)).length === 1);
  expect((await ballots(bot))[0]).toMatchObject({ stepUp: "confirm", reason: "reviewed", voter: { userId: CAROL } });
  await waitUntil("the answer", async () => (await heard(bot, CAROL)).includes("Still missing: 1 more of"));
  await bot.settled();
  const card = (await bot.thread(ID)).find((message) => message["ts"] === ts);
  expect(JSON.stringify(card)).toContain("carol approved by typing the environment's name");
});

type CodeAnswer = Awaited<ReturnType<StepUp["verify"]>>;

/** A store of codes that only verifies. */
function verifying(verify: StepUp["verify"]): StepUp {
  const never = (): Promise<never> => Promise.reject(new Error("not asked"));
  return { verify, begin: never, replace: never, confirm: never, reset: never, stateOf: never };
}

/** Takes note of who asked, and answers what it is told to. */
function answering(answers: readonly CodeAnswer[]) {
  const left = [...answers];
  const asks: { readonly identity: string; readonly code: string }[] = [];
  return {
    asks,
    codes: verifying(async (identity, code) => {
      asks.push({ identity, code });
      return left.shift() ?? { outcome: "wrong_code", attemptsLeft: 4 };
    }),
  };
}

test("T12: a one-time code is checked beside its field, counted once, and stands nowhere", async () => {
  const until = "2026-11-21T03:10:00.000Z";
  const { asks, codes } = answering([
    { outcome: "wrong_code", attemptsLeft: 4 },
    { outcome: "used_already" },
    { outcome: "locked_until", until },
    { outcome: "not_enrolled" },
    { outcome: "accepted" },
  ]);
  const { bot, ts } = await asked({ stepUp: "totp" }, { codes });
  await press(bot, CAROL, { ts, action: "ku_approve" });
  const send = async (environment: string, code: string): Promise<Json> =>
    submitModal(bot, CAROL, { environment: { text: environment }, code: { text: code } });
  expect(errorsIn(await send("practice", "12 34"))).toEqual({ code: "A code has six digits." });
  expect(errorsIn(await send("prod", "730164"))).toHaveProperty("environment");
  expect(asks).toEqual([]);
  const said = [];
  for (let round = 0; round < 4; round += 1) said.push(JSON.stringify(errorsIn(await send("practice", "730164"))));
  expect(said[0]).toContain("That code is wrong; 4 attempts are left");
  expect(said[1]).toContain("used already");
  expect(said[2]).toContain("2026-11-21 03:10 UTC");
  expect(said[3]).toContain("no one-time codes yet");
  expect(await ballots(bot)).toEqual([]);
  expect(await send("practice", "730 164")).toMatchObject({ answer: null });
  await waitUntil("the vote", async () => (await ballots(bot)).length === 1);
  expect((await ballots(bot))[0]).toMatchObject({ stepUp: "totp", voter: { userId: CAROL } });
  expect(asks.at(-1)).toEqual({ identity: CAROL, code: "730164" });
  await bot.settled();
  const everything = JSON.stringify([await bot.desk.events(ID, 0), bot.log.lines, await bot.thread(ID)]);
  expect(everything).not.toMatch(/730 ?164/u);
});

test("an answer about a code that comes after Slack closed the dialog is told privately, with what was written", async () => {
  const { promise, resolve } = Promise.withResolvers<CodeAnswer>();
  const { bot, ts } = await asked({ stepUp: "totp" }, { codes: verifying(() => promise) });
  await press(bot, CAROL, { ts, action: "ku_approve" });
  const values = { environment: { text: "practice" }, code: { text: "730164" }, words: { text: "it is right" } };
  expect(await submitModal(bot, CAROL, values)).toMatchObject({ delivered: true, shown: null, answer: null });
  resolve({ outcome: "wrong_code", attemptsLeft: 4 });
  await waitUntil("the answer", async () => (await heard(bot, CAROL)).includes("That code is wrong"));
  expect(await heard(bot, CAROL)).toContain("it is right");
  expect(await ballots(bot)).toEqual([]);
});

test("a code is not used up by somebody whose vote does not count", async () => {
  const { asks, codes } = answering([{ outcome: "accepted" }]);
  const { bot, ts } = await asked({ stepUp: "totp" }, { codes });
  await press(bot, CAROL, { ts, action: "ku_approve" });
  await bot.s.person("faults", { set_group: { group: "S0APPROVE", users: ["U0DAVE001"] } });
  await submitModal(bot, CAROL, {
    environment: { text: "practice" },
    code: { text: "730164" },
    words: { text: "it is right" },
  });
  await waitUntil("the refusal", async () => (await heard(bot, CAROL)).includes("are not named as an approver"));
  expect(await heard(bot, CAROL)).toContain("You wrote:");
  expect(await heard(bot, CAROL)).toContain("it is right");
  expect(asks).toEqual([]);
});

test("without a store of codes nobody passes for enrolled", async () => {
  const { bot, ts } = await asked({ stepUp: "totp" });
  await press(bot, CAROL, { ts, action: "ku_approve" });
  const sent = await submitModal(bot, CAROL, { environment: { text: "practice" }, code: { text: "123456" } });
  expect(errorsIn(sent)).toHaveProperty("code");
  expect(await ballots(bot)).toEqual([]);
});

test("T02: whoever may not approve is told so before any dialog, with those who can", async () => {
  const { bot, ts } = await asked({ stepUp: "confirm" });
  const told = await clickAndHear(bot, ALICE, { ts, action: "ku_approve" });
  expect(told).toContain("You asked for this upgrade, or for this attempt, so you cannot approve it.");
  expect(told).toContain("2 more of @kong-approvers, erin are needed: erin, carol and dave can.");
  expect(await modalsOf(bot, ALICE)).toBe("[]");
});

test("a request that ended while a dialog was open is told when it is sent, with what was written", async () => {
  const { bot, ts } = await asked({ stepUp: "confirm" });
  await press(bot, CAROL, { ts, action: "ku_approve" });
  await press(bot, ERIN, { ts, action: "ku_reject" });
  await submitWords(bot, ERIN, "not tonight");
  await waitUntil("the rejection", async () => (await approvalOf(bot)).outcome.kind === "refused");
  const sent = await submitModal(bot, CAROL, {
    environment: { text: "no" },
    words: { text: "the change was reviewed" },
  });
  expect(sent).toMatchObject({ answer: null });
  const told = await waitUntil("the truth", async () => {
    const text = await heard(bot, CAROL);
    return text.includes("Already rejected by") ? text : undefined;
  });
  expect(told).toContain("the change was reviewed");
  expect(await ballots(bot)).toHaveLength(1);
});

test("whoever asked cancels the request with a reason, others are refused before they write", async () => {
  const { bot, ts } = await asked({});
  const told = await clickAndHear(bot, BOB, { ts, action: "ku_cancel_request" });
  expect(told).toContain("Only whoever asked for this can take the request back.");
  expect(await modalsOf(bot, BOB)).toBe("[]");
  await press(bot, ALICE, { ts, action: "ku_cancel_request" });
  await submitWords(bot, ALICE, "wrong evening");
  await waitUntil("the end", async () => (await approvalOf(bot)).outcome.kind === "cancelled");
  await bot.settled();
  const card = (await bot.thread(ID)).find((message) => message["ts"] === ts);
  expect(buttonsOf(card)).toEqual([]);
  expect(String(card?.["text"])).toContain("Taken back by alice: wrong evening");
});

test("a vote is taken back until the step starts, also when all was granted", async () => {
  const { bot, ts } = await asked({});
  expect(await clickAndHear(bot, CAROL, { ts, action: "ku_approve" })).toContain("Still missing: 1 more of");
  await bot.settled();
  expect(await clickAndHear(bot, CAROL, { ts, action: "ku_withdraw_vote" })).toContain(
    "does not count your vote any more",
  );
  expect(await ballots(bot)).toEqual([]);
  await clickAndHear(bot, CAROL, { ts, action: "ku_approve" });
  expect(await clickAndHear(bot, ERIN, { ts, action: "ku_approve" })).toContain("Nothing is missing any more.");
  await bot.settled();
  const granted = (await bot.thread(ID)).find((message) => message["ts"] === ts);
  expect(buttonsOf(granted)).toEqual(["ku_reject", "ku_withdraw_vote", "ku_show_everything"]);
  await clickAndHear(bot, ERIN, { ts, action: "ku_withdraw_vote" });
  expect((await approvalOf(bot)).outcome.kind).toBe("open");
});

test("a granted step is still stopped by a no", async () => {
  const { bot, ts } = await asked({});
  for (const user of [CAROL, ERIN]) await clickAndHear(bot, user, { ts, action: "ku_approve" });
  await bot.settled();
  await press(bot, "U0DAVE001", { ts, action: "ku_reject" });
  await submitWords(bot, "U0DAVE001", "the disk is full");
  await waitUntil("the no", async () => (await approvalOf(bot)).outcome.kind === "refused");
  expect((await approvalOf(bot)).outcome).toMatchObject({ by: "U0DAVE001", reason: "the disk is full" });
});

/** The request's buttons in another place, as somebody who copies a card makes them. */
async function copyOf(bot: Bot, channel: string): Promise<{ readonly channel: string; readonly ts: string }> {
  const original = (await bot.thread(ID)).findLast((message) => buttonsOf(message).includes("ku_approve"));
  const blocks = (Array.isArray(original?.["blocks"]) ? original["blocks"] : []).filter(
    (block: unknown) => Reflect.get(Object(block), "type") === "actions",
  );
  const posted = await bot.s.api("chat.postMessage", { channel, text: "approve here", blocks });
  return { channel: pick(posted, "channel"), ts: pick(posted, "ts") };
}

test("T07: a copy of the card in another channel does nothing and shows nothing; in a direct message it works", async () => {
  const { bot } = await asked({});
  const copy = await copyOf(bot, "C0LEGACY1");
  for (const [index, action] of ["ku_approve", "ku_reject", "ku_show_everything", "ku_cancel_request"].entries()) {
    await bot.s.person("actions", { user: CAROL, ...copy, action_id: action });
    const told = await waitUntil(`the refusal of ${action}`, async () => {
      const all = await privately(bot.s, CAROL, "C0LEGACY1");
      return all.length > index ? String(all.at(-1)?.["text"]) : undefined;
    });
    expect(told).toContain("This is a copy of a card of KU-2026-0001 in another channel; nothing was done.");
    expect(told).toContain("<#C0PRACTCE>");
  }
  expect(await modalsOf(bot, CAROL)).toBe("[]");
  expect(await ballots(bot)).toEqual([]);
  const direct = await copyOf(bot, CAROL);
  expect(direct.channel).toMatch(/^D/u);
  await bot.s.person("actions", { user: CAROL, ...direct, action_id: "ku_approve" });
  await waitUntil("the vote", async () => (await ballots(bot)).length === 1);
});

test("a vote in somebody's place is recorded with them as they are at that moment", async () => {
  const { bot, ts } = await asked({});
  const delegate = { intent: "delegate_vote", from: carol, to: frank } satisfies Partial<Intent>;
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await bot.desk.submit(ID, { ...delegate, until }, { kind: "bot", replica: "test" });
  expect(await clickAndHear(bot, CAROL, { ts, action: "ku_approve" })).toContain("votes in your place until");
  expect(await clickAndHear(bot, FRANK, { ts, action: "ku_approve" })).toContain("has your approval");
  expect((await ballots(bot))[0]).toMatchObject({
    voter: { userId: FRANK },
    stepUp: "none",
    onBehalfOf: [{ userId: CAROL, name: "carol", groups: ["S0APPROVE"] }],
  });
});

test("a delegation is worth nothing once the one who gave it is no approver any more", async () => {
  const { bot, ts } = await asked({});
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await bot.desk.submit(
    ID,
    { intent: "delegate_vote", from: carol, to: frank, until },
    { kind: "bot", replica: "test" },
  );
  await bot.s.person("faults", { set_group: { group: "S0APPROVE", users: ["U0DAVE001"] } });
  expect(await clickAndHear(bot, FRANK, { ts, action: "ku_approve" })).toContain("are not named as an approver");
  expect(await ballots(bot)).toEqual([]);
});

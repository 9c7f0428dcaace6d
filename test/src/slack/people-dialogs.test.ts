import { expect, test } from "vitest";
import { z } from "zod";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { StepUp } from "#src/step-up/step-up.ts";
import type { Json } from "#test/practice/slack/stage.ts";
import { appWith, openStage } from "#test/src/step-up/stage.ts";
import type { Stage as CodeStage } from "#test/src/step-up/stage.ts";
import { sampleEnvironment } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { buttonsOf, runUntilApproval, startBot } from "./bot.ts";
import type { Bot } from "./bot.ts";

const ALICE = "U0ALICE01";
const BOB = "U0BOB0001";
const CAROL = "U0CAROL01";
const FRANK = "U0FRANK01";
const ID = "KU-2026-0001";

/** The bot with an environment in which frank may break the glass. */
async function botWithGlass(over: Partial<Policy> = {}, codes?: StepUp): Promise<Bot> {
  const irreversible = quorumPolicy(
    { users: ["U0ERIN001"], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 3_600_000 },
    { breakGlass: [FRANK], ...over },
  );
  const environments = [sampleEnvironment({ policies: { irreversible } })];
  return startBot({ options: { environments, ...(codes === undefined ? {} : { codes }) } });
}

async function dialogOf(bot: Bot, user: string): Promise<Json> {
  return waitUntil(`a dialog of ${user}`, async () => {
    const { modals } = await bot.s.look(`views?user=${user}`);
    return Array.isArray(modals) && modals.length === 1
      ? z.record(z.string(), z.unknown()).parse(modals[0])
      : undefined;
  });
}

async function submit(bot: Bot, user: string, given: Readonly<Record<string, string>>): Promise<Json> {
  const { id } = await dialogOf(bot, user);
  const values = Object.fromEntries(Object.entries(given).map(([block, text]) => [block, { text }]));
  return bot.s.person("views/submit", { user, view_id: id, values });
}

/** Types a command that is answered by a dialog. */
async function typeForDialog(bot: Bot, user: string, text: string): Promise<Json> {
  await bot.s.person("commands", { user, channel: "C0PRACTCE", text: `/kong-upgrade ${text}` });
  return dialogOf(bot, user);
}

/** What the bot wrote to somebody directly, oldest first. */
async function directly(bot: Bot, user: string): Promise<readonly Json[]> {
  const { channels } = z
    .object({ channels: z.array(z.object({ id: z.string(), kind: z.string(), members: z.array(z.string()) })) })
    .parse(await bot.s.look("state"));
  const own = channels.find(({ kind, members }) => kind === "im" && members.includes(user));
  return own === undefined ? [] : bot.s.sees(user, own.id);
}

async function brokenGlass(bot: Bot): Promise<readonly Json[]> {
  const events = await bot.desk.events(ID, 0);
  return events.flatMap(({ event }) => (event.type === "glass_broken" ? [{ ...event }] : []));
}

test("a broken glass asks for reason, incident and the environment's name, and is told to the channel once, without a ping", async () => {
  const bot = await botWithGlass();
  await runUntilApproval(bot);
  const pinged = (await bot.s.look(`notifications?user=${BOB}`))["notifications"];
  await typeForDialog(bot, FRANK, "break-glass practice");
  const words = { words: "orders are failing", incident: "INC-4711" };
  expect(await submit(bot, FRANK, { ...words, environment: "prod" })).toMatchObject({ delivered: true });
  expect(JSON.stringify(await dialogOf(bot, FRANK))).toContain("Please type practice, exactly so.");
  expect(await brokenGlass(bot)).toEqual([]);

  expect(await submit(bot, FRANK, { ...words, environment: "practice" })).toMatchObject({ shown: null });
  await waitUntil("the broken glass", async () => (await brokenGlass(bot)).length === 1);
  expect(await brokenGlass(bot)).toMatchObject([
    {
      by: { userId: FRANK },
      reason: "orders are failing",
      incident: "INC-4711",
      stepUp: "confirm",
      skipped: ["U0ERIN001", CAROL, "U0DAVE001"],
    },
  ]);
  await bot.settled();
  const channel = (await bot.s.sees(BOB))
    .filter((message) => message["is_ephemeral"] !== true)
    .map(({ text }) => String(text));
  expect(channel.filter((text) => text.includes("Glass broken: frank lets"))).toHaveLength(1);
  expect(channel.find((text) => text.startsWith(ID))).toContain("Glass broken by frank (INC-4711); review open");
  expect((await bot.s.look(`notifications?user=${BOB}`))["notifications"]).toEqual(pinged);
});

test("T27: whoever is not named for it, or is late, is told so, and nothing is recorded", async () => {
  const bot = await botWithGlass();
  await runUntilApproval(bot);
  expect(await bot.type(CAROL, "break-glass")).toContain("You are not named for breaking the glass");
  await typeForDialog(bot, FRANK, "break-glass");
  await bot.type(ALICE, "rollback");
  await submit(bot, FRANK, { words: "all down", incident: "INC-1", environment: "practice" });
  await waitUntil("the answer", async () =>
    (await bot.s.sees(FRANK)).some(({ text }) => /does not wait for an approval|is outdated/u.test(String(text))),
  );
  expect(await brokenGlass(bot)).toEqual([]);
});

test("the glass is not broken while another organisation is in the channel", async () => {
  const bot = await botWithGlass();
  await runUntilApproval(bot);
  await typeForDialog(bot, FRANK, "break-glass");
  await bot.s.person("faults", { share_channel: { channel: "C0PRACTCE", shared: true } });
  await submit(bot, FRANK, { words: "all down", incident: "INC-1", environment: "practice" });
  await waitUntil("the answer", async () =>
    (await bot.s.sees(FRANK)).some(({ text }) => String(text).includes("is shared with another organisation")),
  );
  expect(await brokenGlass(bot)).toEqual([]);
});

test("the review is offered in the thread when it has ended, opens only for people without a part, and ends the wait", async () => {
  const bot = await botWithGlass();
  await runUntilApproval(bot);
  await typeForDialog(bot, FRANK, "break-glass");
  await submit(bot, FRANK, { words: "all down", incident: "INC-1", environment: "practice" });
  await waitUntil("the broken glass", async () => (await brokenGlass(bot)).length === 1);
  await bot.type(ALICE, "abort --leave-as-is --reason enough");
  await bot.settled();
  expect(await bot.type(ALICE, "plan practice --to 3.4.2")).toContain("takes no new upgrade yet");

  const offer = (await bot.thread(ID)).find((message) => buttonsOf(message).includes("ku_review"));
  const where = { channel: "C0PRACTCE", ts: offer?.["ts"], action_id: "ku_review" };
  await bot.s.person("actions", { user: FRANK, ...where });
  const root = bot.posts.rows.get(`${ID}/card`)?.ts;
  await waitUntil("a refusal", async () =>
    (await bot.s.sees(FRANK, "C0PRACTCE", root)).some(({ text }) => String(text).includes("You had a part in this")),
  );
  await bot.s.person("actions", { user: BOB, ...where });
  expect(JSON.stringify(await dialogOf(bot, BOB))).toContain("all down");
  await submit(bot, BOB, { words: "read it all, it was right" });
  await waitUntil("the review", async () => (await bot.desk.find(ID))?.review !== undefined);
  await bot.settled();
  const after = (await bot.thread(ID)).find(({ ts }) => ts === offer?.["ts"]);
  expect(buttonsOf(after)).toEqual([]);
  expect(String(after?.["text"])).toContain("is reviewed by bob");
  expect(await bot.type(ALICE, "plan practice --to 3.4.2")).toContain("KU-2026-0002");
});

/** The secret that a message of the bot holds. */
function secretIn(message: Json | undefined): { readonly uri: string; readonly secret: string } {
  const shown = JSON.stringify(message).replaceAll("&amp;", "&");
  const uri = /otpauth:[^`"]+/u.exec(shown)?.[0] ?? "";
  const secret = /Type it: `([A-Z2-7 ]+)`/u.exec(shown)?.[1]?.replaceAll(" ", "") ?? "";
  return { uri, secret };
}

/** Enrols somebody through Slack; gives their app. */
async function enrolInSlack(bot: Bot, codes: CodeStage, user: string): Promise<ReturnType<typeof appWith>> {
  expect(await bot.type(user, "totp")).toContain("I sent you a direct message");
  const message = (await directly(bot, user)).at(-1);
  const { uri, secret } = secretIn(message);
  const app = appWith(uri, secret, codes.now);
  const state = await bot.s.look("state");
  const { channels } = z
    .object({ channels: z.array(z.object({ id: z.string(), kind: z.string(), members: z.array(z.string()) })) })
    .parse(state);
  const channel = channels.find(({ kind, members }) => kind === "im" && members.includes(user))?.id;
  await bot.s.person("actions", { user, channel, ts: message?.["ts"], action_id: "ku_confirm_code" });
  await submit(bot, user, { code: app.wrongCode() });
  expect(JSON.stringify(await dialogOf(bot, user))).toContain("That code is wrong; 4 attempts are left");
  await submit(bot, user, { code: app.code(-1) });
  await waitUntil("the enrolment", () =>
    bot.log.lines.some(({ message: said }) => said === "one-time codes were set up"),
  );
  const after = (await directly(bot, user)).find(({ ts }) => ts === message?.["ts"]);
  expect(JSON.stringify(after)).not.toContain(secret);
  expect(JSON.stringify(after)).toContain("is taken out");
  return app;
}

test("T34: a secret is shown in the person's own direct message until it is confirmed, and nowhere else", async () => {
  await using codes = await openStage();
  const bot = await botWithGlass({}, codes.stepUp);
  const { secret, uri } = await enrolInSlack(bot, codes, FRANK);
  expect(secret).toMatch(/^[A-Z2-7]{32}$/u);
  expect(await bot.type(FRANK, "totp status")).toContain("are set up since");
  const seen = [
    ...(await bot.s.sees(FRANK)),
    ...(await bot.s.sees(ALICE)),
    ...(await directly(bot, FRANK)),
    ...bot.log.lines,
    ...bot.posts.rows.values(),
  ];
  const shown = JSON.stringify(seen);
  expect(shown).not.toContain(secret);
  expect(shown).not.toContain(uri);
  expect(shown).not.toContain(secret.slice(0, 4) + " " + secret.slice(4, 8));
});

test("a secret is replaced only with a current code of the one before, which counts until the new one is confirmed", async () => {
  await using codes = await openStage();
  const bot = await botWithGlass({}, codes.stepUp);
  const app = await enrolInSlack(bot, codes, FRANK);
  await typeForDialog(bot, FRANK, "totp replace");
  await submit(bot, FRANK, { code: app.wrongCode() });
  expect(JSON.stringify(await dialogOf(bot, FRANK))).toContain("That code is wrong");
  expect(secretIn((await directly(bot, FRANK)).at(-1)).secret).toBe("");
  await submit(bot, FRANK, { code: app.code() });
  const fresh = await waitUntil("a new secret", async () => {
    const { secret } = secretIn((await directly(bot, FRANK)).at(-1));
    return secret === "" ? undefined : secret;
  });
  expect(fresh).not.toBe(app.secret);
  codes.pass(60_000);
  expect(await codes.stepUp.verify(FRANK, app.code())).toEqual({ outcome: "accepted" });
});

test("where the policy asks for a code, a wrong or used one keeps the dialog open, and the record says that one was used", async () => {
  await using codes = await openStage();
  const bot = await botWithGlass({ stepUp: "totp" }, codes.stepUp);
  await runUntilApproval(bot);
  expect(await bot.type(FRANK, "break-glass")).toContain("takes a one-time code, and you have none");
  const app = await enrolInSlack(bot, codes, FRANK);
  await typeForDialog(bot, FRANK, "break-glass");
  const words = { words: "all down", incident: "INC-1", environment: "practice" };
  // What cannot be a code is no attempt: after more of these than there are attempts, codes are still taken.
  for (let round = 0; round < 6; round += 1) await submit(bot, FRANK, { ...words, code: "12 34 5x" });
  expect(JSON.stringify(await dialogOf(bot, FRANK))).toContain("A code has six digits");
  await submit(bot, FRANK, { ...words, code: app.code(-1) });
  expect(JSON.stringify(await dialogOf(bot, FRANK))).toContain("That code was used already");
  expect(await brokenGlass(bot)).toEqual([]);
  await submit(bot, FRANK, { ...words, code: app.code() });
  await waitUntil("the broken glass", async () => (await brokenGlass(bot)).length === 1);
  expect(await brokenGlass(bot)).toMatchObject([{ stepUp: "totp" }]);
  const step = await bot.desk.find(ID);
  expect(step?.status === "active" && currentStep(step)?.progress).toMatchObject({
    approval: { outcome: { kind: "granted", approvedBy: [] } },
  });
});

import { expect, test } from "vitest";
import { z } from "zod";
import { quorumPolicy } from "#approvals/policy.ts";
import { startSlackApp } from "#src/slack/app.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { Json } from "#test/practice/slack/stage.ts";
import { pick } from "#test/practice/slack/stage.ts";
import { sampleEnvironment } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { MemoryLog, botOptions, buttonsOf, privately, runUntilApproval, startBot } from "./bot.ts";
import type { Bot } from "./bot.ts";

const ID = "KU-2026-0001";
const CAROL = "U0CAROL01";
const DAVE = "U0DAVE001";
const ERIN = "U0ERIN001";
const NOBODY = "U0NOBODY1";

/** Reminders are due almost at once, so that nobody waits for the clock; the last one not before a slow test is over. */
const irreversible = quorumPolicy(
  { users: [ERIN], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 3_600_000 },
  { reminders: { everyMs: 500, atMost: 50 } },
);
const environments = [sampleEnvironment({ policies: { irreversible } })];

async function waiting(): Promise<Bot> {
  const bot = await startBot({ options: { environments } });
  await runUntilApproval(bot);
  await bot.settled();
  return bot;
}

async function current({ desk }: Bot) {
  const upgrade = await desk.find(ID);
  const found = upgrade?.status === "active" ? currentStep(upgrade) : undefined;
  if (found?.progress.kind !== "ready" || found.progress.approval === undefined) throw new Error("nothing is asked");
  const { attempt, approval } = found.progress;
  return { stepId: found.step.id, attempt, approval };
}

/** Records that these people are told; the newest reminder that is due. */
async function remind(bot: Bot, ...userIds: readonly string[]): Promise<void> {
  const { stepId, attempt, approval } = await current(bot);
  const to = userIds.map((userId) => ({ userId, mayVote: true }));
  await waitUntil("the reminder", async () => {
    for (let number = approval.reminders + 1; number <= 50; number += 1) {
      const nudge = { kind: "reminder", number } as const;
      const intent = { intent: "remind", stepId, attempt, nudge, to } as const;
      const result = await bot.desk.submit(ID, intent, { kind: "bot", replica: "test" });
      if (result.ok && result.value.recorded.length > 0) return true;
    }
    return undefined;
  });
}

/** What the bot wrote to somebody directly. */
async function direct({ s }: Bot, user: string): Promise<readonly Json[]> {
  const channel = user.replace("U", "D");
  const { channels } = await s.look("state");
  return JSON.stringify(channels).includes(channel) ? s.sees(user, channel) : [];
}

const notices = z.object({ notifications: z.array(z.object({ channel: z.string(), user: z.string() })) });

/** Who was notified where, oldest first. */
async function notified({ s }: Bot) {
  const { notifications } = notices.parse(await s.look("notifications"));
  return notifications.map(({ channel, user }) => ({ channel, user }));
}

const reject = async (bot: Bot): Promise<void> => {
  const { stepId, attempt, approval } = await current(bot);
  const voter = await bot.app.lookUp(ERIN, ["S0APPROVE"]);
  await bot.desk.submit(
    ID,
    { intent: "vote", stepId, attempt, voter, decision: "reject", digest: approval.digest, reason: "not today" },
    actorOf({ kind: "slack", person: voter }),
  );
};

test("a reminder is one direct message to each, with what is asked, a link to the thread, and buttons that die with the decision", async () => {
  const bot = await waiting();
  const pinged = await notified(bot);
  await remind(bot, CAROL, ERIN);
  await bot.settled();

  const [message, ...others] = await direct(bot, CAROL);
  expect(others).toEqual([]);
  expect(buttonsOf(message)).toEqual(["ku_approve", "ku_reject", "ku_show_everything"]);
  const { approval } = await current(bot);
  expect(String(message?.["text"])).toContain(approval.digest.slice("sha256:".length, "sha256:".length + 12));
  expect(String(message?.["text"])).toMatch(/Missing: 2 more of .+; until [\s\S]+Destroys: [\s\S]+Way back: /u);
  expect(JSON.stringify(message?.["blocks"])).toContain("|Open the thread>");
  expect(await direct(bot, ERIN)).toHaveLength(1);
  expect(await notified(bot)).toEqual([
    ...pinged,
    { channel: "D0CAROL01", user: CAROL },
    { channel: "D0ERIN001", user: ERIN },
  ]);

  await reject(bot);
  await bot.settled();
  const [dead, ...more] = await direct(bot, CAROL);
  expect(more).toEqual([]);
  expect(dead?.["ts"]).toBe(message?.["ts"]);
  expect(buttonsOf(dead)).toEqual([]);
  expect(String(dead?.["text"])).toContain("Rejected; nothing to do for you");
});

test("a click in the direct message counts, and is answered there", async () => {
  const bot = await waiting();
  await remind(bot, CAROL);
  await bot.settled();
  const [message] = await direct(bot, CAROL);
  const place = { user: CAROL, channel: "D0CAROL01", ts: message?.["ts"] };
  expect(await bot.s.person("actions", { ...place, action_id: "ku_approve" })).toMatchObject({ delivered: true });
  await waitUntil("the vote", async () => (await current(bot)).approval.ballots.length === 1);
  await waitUntil("the answer", async () =>
    (await direct(bot, CAROL)).some((each) => String(each["text"]).includes("has your approval")),
  );
  await bot.settled();
  const redrawn = (await direct(bot, CAROL)).find((each) => each["ts"] === message?.["ts"]);
  expect(buttonsOf(redrawn)).toEqual([]);
  expect(String(redrawn?.["text"])).toContain("You have voted");
});

test("a later reminder takes the buttons of the earlier one", async () => {
  const bot = await waiting();
  await remind(bot, CAROL);
  await bot.settled();
  await remind(bot, CAROL);
  await bot.settled();
  const messages = await direct(bot, CAROL);
  expect(messages.map((each) => buttonsOf(each).length)).toEqual([0, 3]);
});

test("a reminder that was not sent before the decision is never sent", async () => {
  const bot = await waiting();
  await bot.app[Symbol.asyncDispose]();
  await remind(bot, CAROL);
  const voter = { ...(await lookedUp(bot)), userId: ERIN };
  const { stepId, attempt, approval } = await current(bot);
  await bot.desk.submit(
    ID,
    { intent: "vote", stepId, attempt, voter, decision: "reject", digest: approval.digest, reason: "not today" },
    actorOf({ kind: "slack", person: voter }),
  );
  await using again = await startSlackApp({ ...botOptions(bot.s, { ...bot, log: new MemoryLog() }), environments });
  await waitUntil(
    "the comparison with Slack",
    () => again.isUpToDate && bot.posts.rows.has(`${ID}/failure-${stepId}-1`),
  );
  expect(await direct(bot, CAROL)).toEqual([]);
});

test.each([
  ["is lost", { lose_response_next: { method: "chat.postMessage", count: 1 } }],
  ["is an error of the server", { fail_next: { method: "chat.postMessage", count: 2, status: 503 } }],
])("a message whose answer %s is there once", async (_, fault) => {
  const bot = await waiting();
  await bot.s.person("faults", fault);
  await remind(bot, CAROL, ERIN);
  await waitUntil("both", () =>
    [CAROL, ERIN].every((user) =>
      [...bot.posts.rows.values()].some(({ key, state }) => key.endsWith(user) && state === "sent"),
    ),
  );
  await bot.settled();
  expect(await direct(bot, CAROL)).toHaveLength(1);
  expect(await direct(bot, ERIN)).toHaveLength(1);
});

test("a direct message that was being sent when the bot was killed is found again, and edited later", async () => {
  const bot = await waiting();
  await remind(bot, CAROL);
  await bot.settled();
  await bot.app[Symbol.asyncDispose]();
  for (const [key, row] of bot.posts.rows) {
    if (!key.includes("/nudge-")) continue;
    const { ts: _, ...unsure } = row;
    bot.posts.rows.set(key, { ...unsure, channel: CAROL, state: "sending" });
  }
  await using again = await startSlackApp({ ...botOptions(bot.s, { ...bot, log: new MemoryLog() }), environments });
  bot.desk.onChange = (id) => again.upgradeChanged(id);
  const row = await waitUntil("the message", () =>
    [...bot.posts.rows.values()].find(({ key, ts }) => key.startsWith("nudge-") && ts !== undefined),
  );
  expect(row.channel).toBe("D0CAROL01");
  await reject({ ...bot, app: again });
  await waitUntil("the end", async () => buttonsOf((await direct(bot, CAROL))[0]).length === 0);
  expect(await direct(bot, CAROL)).toHaveLength(1);
});

test.each(["cannot_dm_bot", "user_disabled", "messages_tab_disabled", "is_inactive", "missing_scope"])(
  "whom Slack refuses with %s is written down and not tried again",
  async (error) => {
    const bot = await waiting();
    await bot.s.person("faults", { fail_next: { method: "chat.postMessage", count: 1, error } });
    await remind(bot, CAROL, ERIN);
    await bot.settled();
    expect(await direct(bot, CAROL)).toEqual([]);
    expect(await direct(bot, ERIN)).toHaveLength(1);
    expect(bot.log.lines.some(({ context }) => JSON.stringify(context).includes(error))).toBe(true);
  },
);

test("somebody who cannot be written to is left out, and holds up neither the others nor the thread", async () => {
  const bot = await waiting();
  await remind(bot, NOBODY, ERIN);
  const by = { kind: "terminal", account: "root", host: "h" } as const;
  await bot.desk.submit(ID, { intent: "add_note", text: "all calm", by }, by);
  await bot.settled();
  expect(await direct(bot, ERIN)).toHaveLength(1);
  const gone = [...bot.posts.rows.values()].find(({ key }) => key.endsWith(NOBODY));
  expect(gone?.state).toBe("gone");
  expect(bot.log.lines.some(({ context }) => JSON.stringify(context).includes(NOBODY))).toBe(true);
  expect(JSON.stringify(await bot.thread(ID))).toContain("all calm");
});

test("a card that somebody deletes is posted again without a second mention", async () => {
  const bot = await waiting();
  const { stepId } = await current(bot);
  const key = `${ID}/approval-${stepId}-1`;
  const ts = bot.posts.rows.get(key)?.ts;
  const before = await notified(bot);
  await bot.s.api("chat.delete", { channel: "C0PRACTCE", ts });
  const voter = await bot.app.lookUp(ERIN, ["S0APPROVE"]);
  const { attempt, approval } = await current(bot);
  const vote = { intent: "vote", stepId, attempt, voter, decision: "approve", digest: approval.digest } as const;
  await bot.desk.submit(ID, vote, actorOf({ kind: "slack", person: voter }));
  await bot.settled();
  const again = (await bot.thread(ID)).find((each) => each["ts"] === bot.posts.rows.get(key)?.ts);
  expect(again?.["ts"]).not.toBe(ts);
  expect(buttonsOf(again)).toContain("ku_approve");
  expect(JSON.stringify(again)).not.toContain("<!subteam");
  expect(await notified(bot)).toEqual(before);
});

test("the list of approvals has buttons that work in any channel, for whoever can still approve", async () => {
  const bot = await waiting();
  const said = await bot.type(CAROL, "approvals", "C0GENERAL");
  expect(said).toContain("Waiting for you");
  expect(said).toMatch(/Missing: 2 more of /u);
  const shown = (await privately(bot.s, CAROL, "C0GENERAL")).at(-1);
  expect(buttonsOf(shown)).toEqual(["ku_approve", "ku_reject", "ku_show_everything"]);
  const click = { user: CAROL, channel: "C0GENERAL", ts: shown?.["ts"], action_id: "ku_approve" };
  expect(await bot.s.person("actions", click)).toMatchObject({ delivered: true });
  await waitUntil("the vote", async () => (await current(bot)).approval.ballots.length === 1);
  expect(await bot.type(CAROL, "approvals", "C0GENERAL")).toMatch(
    /No approval waits for you[\s\S]+Missing: 1 more of/u,
  );
  expect(await bot.type("U0ALICE01", "approvals practice")).toMatch(
    /No approval waits for you[\s\S]+Missing: 1 more of/u,
  );
});

test("App Home has the buttons; a click there is answered directly, and the home is drawn anew", async () => {
  const bot = await waiting();
  const home = async (): Promise<Json> => {
    const { home: view } = await bot.s.look(`views?user=${DAVE}`);
    return JSON.parse(JSON.stringify(view ?? {}));
  };
  await bot.s.person("home", { user: DAVE });
  const view = await waitUntil("the home", async () => {
    const shown = await home();
    return JSON.stringify(shown).includes("ku_approve") ? shown : undefined;
  });
  const click = { user: DAVE, view_id: pick(view, "id"), action_id: "ku_approve" };
  expect(await bot.s.person("actions", click)).toMatchObject({ delivered: true });
  await waitUntil("the answer", async () =>
    (await direct(bot, DAVE)).some((each) => String(each["text"]).includes("has your approval")),
  );
  await waitUntil("the new home", async () => JSON.stringify(await home()).includes("Nothing waits for you"));
});

async function lookedUp({ desk }: Bot) {
  const upgrade = await desk.find(ID);
  const by = upgrade?.request.by;
  if (by?.kind !== "slack" || by.person.kind !== "known") throw new Error("nobody asked");
  return by.person;
}

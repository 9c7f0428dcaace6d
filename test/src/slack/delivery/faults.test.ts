import { expect, test } from "vitest";
import { z } from "zod";
import { startSlackApp } from "#src/slack/app.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { MemoryLog, botOptions, startBot, survey } from "#test/src/slack/bot.ts";
import type { Bot } from "#test/src/slack/bot.ts";

const ALICE = "U0ALICE01";
const ID = "KU-2026-0001";

const answer = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z.object({ event_payload: z.object({ key: z.string() }) }).optional(),
      files: z.array(z.object({ name: z.string() })).default([]),
    }),
  ),
});

/** The keys of our messages in a thread, as Slack stores them; a file carries its key in its name. */
async function keysInThread({ s, posts }: Bot, root = posts.rows.get(`${ID}/card`)?.ts): Promise<readonly string[]> {
  const replies = await s.api("conversations.replies", {
    channel: "C0PRACTCE",
    ts: root,
    include_all_metadata: true,
    limit: 200,
  });
  return answer
    .parse(replies)
    .messages.map(
      ({ metadata, files }) => metadata?.event_payload.key ?? /report-\d+/u.exec(files[0]?.name ?? "")?.[0] ?? "?",
    );
}

const nothingBehind = { card: { seconds: 0, events: 0 }, thread: { seconds: 0, events: 0 } };

async function planned(bot: Bot): Promise<void> {
  await bot.type(ALICE, "plan practice --to 3.4.2");
  await survey(bot.desk, ID);
  await bot.settled();
}

/** What a planned upgrade has in its thread: the card, the plan in as many parts as it needs, the report, the head of the record. */
function whole({ posts }: Bot): readonly string[] {
  const plan = [...posts.rows.values()].flatMap(({ key }) => (key.startsWith("plan-") ? [key] : []));
  return ["card", ...plan.toSorted(), "report-3", "head-3"];
}

/** A file is never edited, so nobody remembers a ts of it. */
function isFile(key: string): boolean {
  return key.startsWith("report-");
}

test.each([
  ["the answers to posts are lost", { lose_response_next: { method: "chat.postMessage", count: 3 } }],
  ["posts fail with 503", { fail_next: { method: "chat.postMessage", count: 3, status: 503 } }],
  ["the answers to edits are lost", { lose_response_next: { method: "chat.update", count: 2 } }],
  ["the answers to uploads are lost", { lose_response_next: { method: "files.completeUploadExternal", count: 2 } }],
  ["uploads fail with 503", { fail_next: { method: "files.getUploadURLExternal", count: 3, status: 503 } }],
])("nothing is missing and nothing is there twice when %s", async (_, fault) => {
  const bot = await startBot();
  await bot.s.person("faults", fault);
  await planned(bot);
  expect(await keysInThread(bot)).toEqual(whole(bot));
  const channel = (await bot.s.sees(ALICE)).filter((message) => message["is_ephemeral"] !== true);
  expect(channel).toHaveLength(1);
  expect(String(channel[0]?.["text"])).toContain("Planned");
});

test("a clock of the day that is put back by an hour holds up no message and no edit", async () => {
  let offMs = 0;
  const bot = await startBot({ options: { now: () => Date.now() + offMs } });
  await planned(bot);
  offMs = -3_600_000;
  await bot.s.person("faults", { fail_next: { method: "chat.update", count: 1, status: 503 } });
  await bot.type(ALICE, "start");
  await bot.type(ALICE, "pause");
  await bot.settled();
  const shown = (await bot.s.sees(ALICE)).find((message) => message["is_ephemeral"] !== true);
  expect(String(shown?.["text"])).not.toContain("Planned");
});

test("Slack's own limits are kept, all arrives in order, and people are answered meanwhile", async () => {
  const bot = await startBot({ stage: { rateLimits: "real" } });
  await planned(bot);
  await bot.type(ALICE, "start");
  for (const word of ["one", "two", "three"]) await bot.type(ALICE, `note ${word}`);
  const asked = await bot.s.person("commands", { user: "U0BOB0001", channel: "C0PRACTCE", text: "status" });
  expect(Number(asked["ack_ms"])).toBeLessThan(3_000);
  await waitUntil("all lines", () => bot.posts.rows.get(`${ID}/line-7`)?.state === "sent");
  await bot.s.person("faults", { rate_limits: "off" });
  const keys = await keysInThread(bot);
  expect(new Set(keys).size).toBe(keys.length);
  const lines = keys.filter((key) => key.startsWith("line-"));
  expect(lines).toEqual(["line-4", "line-5", "line-6", "line-7"]);
});

test("a message does not overtake the one before it when the pause between messages ends while they are compared", async () => {
  let looks = 0;
  const bot = await startBot({
    options: {
      // Every look takes time, as on a busy machine: the pause may be over for the last message and not for the first.
      steadyNow: () => performance.now() + (looks += 1),
      pace: { everyMs: 40, burst: 1, editEveryMs: 5, allEditsEveryMs: 1, tailEveryMs: 10 },
    },
  });
  await planned(bot);
  const by = { kind: "terminal", account: "root", host: "h" } as const;
  const lines = Array.from({ length: 20 }, (_, place) => `line-${place + 4}`);
  for (const line of lines) await bot.desk.submit(ID, { intent: "add_note", text: line, by }, by);
  await bot.settled();
  expect(await keysInThread(bot)).toEqual([...whole(bot), ...lines]);
});

test("during an outage the lag tells how far the thread is behind; after it the thread catches up in order, and nothing is there twice", async () => {
  const bot = await startBot();
  await planned(bot);
  expect(bot.app.lag()).toEqual(nothingBehind);
  await bot.s.person("faults", { fail_next: { count: 10_000, status: 503 } });
  const by = { kind: "terminal", account: "root", host: "h" } as const;
  for (let number = 1; number <= 8; number += 1) {
    await bot.desk.submit(ID, { intent: "add_note", text: `note ${number}`, by }, by);
  }
  await waitUntil("a failed try", () => bot.log.lines.some((line) => line.level === "warn"));
  await waitUntil("all notes to be missing", () => bot.app.lag()?.thread.events === 8);
  const seconds = bot.app.lag()?.thread.seconds ?? 0;
  await waitUntil("the lag to grow", () => (bot.app.lag()?.thread.seconds ?? 0) > seconds);
  await bot.s.person("faults", { reset: true, rate_limits: "off" });
  await waitUntil("Slack to be up to date", () => bot.app.isUpToDate);
  expect(bot.app.lag()).toEqual(nothingBehind);
  expect(await keysInThread(bot)).toEqual([
    ...whole(bot),
    ...[4, 5, 6, 7, 8, 9, 10, 11].map((version) => `line-${version}`),
  ]);
});

test("a message that was being sent when the bot was killed is found again instead of being sent twice", async () => {
  const bot = await startBot();
  await planned(bot);
  await bot.app[Symbol.asyncDispose]();
  for (const [key, row] of bot.posts.rows) {
    const { ts: _, ...unsure } = row;
    if (!key.endsWith("/plan-3-1")) bot.posts.rows.set(key, { ...unsure, state: "sending" });
  }
  const log = new MemoryLog();
  await using again = await startSlackApp(botOptions(bot.s, { desk: bot.desk, posts: bot.posts, log }));
  await waitUntil("the comparison with Slack", () =>
    [...bot.posts.rows.values()].every((row) => row.state === "sent" && (row.ts !== undefined || isFile(row.key))),
  );
  await waitUntil("the end of it", () => again.isUpToDate);
  expect(await keysInThread(bot)).toEqual(whole(bot));
});

test("a deleted card is posted again at the next change", async () => {
  const bot = await startBot();
  await planned(bot);
  const before = bot.posts.rows.get(`${ID}/card`)?.ts;
  await bot.s.api("chat.delete", { channel: "C0PRACTCE", ts: before });
  await bot.type(ALICE, "start");
  await bot.settled();
  const after = bot.posts.rows.get(`${ID}/card`)?.ts;
  expect(after).not.toBe(before);
  const card = (await bot.s.sees(ALICE)).find((message) => message["ts"] === after);
  expect(String(card?.["text"])).toContain(ID);
});

test("a channel that takes nothing is tried again until it does", async () => {
  const bot = await startBot();
  await bot.s.person("faults", { archive_channel: "C0PRACTCE" });
  const by = { kind: "slack" as const, person: lookedUp() };
  const made = await bot.desk.request(
    {
      intent: "request",
      mode: "plan",
      environment: botOptions(bot.s, bot).environments[0] ?? raise("no environment"),
      to: "3.4.2",
      strategy: "in-place",
      options: { order: "test-first" },
      channel: "C0PRACTCE",
      by,
    },
    { kind: "bot", replica: "test" },
  );
  expect(made.ok).toBe(true);
  await waitUntil("a refused post", () =>
    bot.log.lines.some((line) => JSON.stringify(line.context).includes("is_archived")),
  );
  expect(bot.app.isUpToDate).toBe(false);
  await bot.s.person("faults", { archive_channel: { channel: "C0PRACTCE", archived: false } });
  await bot.settled();
  expect(await keysInThread(bot)).toEqual(["card"]);
});

function lookedUp() {
  return {
    kind: "known" as const,
    userId: ALICE,
    teamId: "T0ACME001",
    name: "alice",
    isHomeTeam: true,
    isDeactivated: false,
    isBot: false,
    isGuest: false,
    groups: [],
  };
}

function raise(problem: string): never {
  throw new Error(problem);
}

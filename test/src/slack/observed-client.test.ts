import { expect, test } from "vitest";
import { createClients } from "#src/slack/clients.ts";
import type { SlackCallOutcome } from "#src/slack/observed-client.ts";
import { MemoryLog } from "./bot.ts";
import { fakeSlack } from "./fake-slack.ts";

const message = { channel: "C0PRACTCE", text: "x" };

test("every call of Slack is counted once, by its method and by how it ended", async () => {
  const slack = await fakeSlack({
    "auth.test": () => ({ ok: true }),
    "chat.update": () => ({ status: 429, ok: false, error: "ratelimited" }),
    "chat.postMessage": () => ({ ok: false, error: "channel_not_found" }),
    "reactions.add": () => ({ ok: false, error: "ratelimited" }),
    "users.info": () => ({ status: 503, ok: false }),
  });
  const calls: [string, SlackCallOutcome][] = [];
  const onCall = (method: string, outcome: SlackCallOutcome): void => void calls.push([method, outcome]);
  const { interactive, background } = createClients("xoxb-practice-x", slack.apiUrl, new MemoryLog(), { onCall });
  const asked = [
    () => interactive.auth.test(),
    () => background.chat.update({ ...message, ts: "1.2" }),
    () => background.chat.postMessage(message),
    () => background.reactions.add({ channel: "C0PRACTCE", name: "x", timestamp: "1.2" }),
    () => interactive.users.info({ user: "U0ALICE01" }),
  ];
  // One after the other, so that the order is that of the calls; whoever calls still gets the answer or the error.
  const ends: string[] = [];
  for (const ask of asked) ends.push((await Promise.allSettled([ask()]))[0].status);
  expect(ends).toEqual(["fulfilled", "rejected", "rejected", "rejected", "rejected"]);
  expect(calls).toEqual([
    ["auth.test", "ok"],
    ["chat.update", "limited"],
    ["chat.postMessage", "refused"],
    ["reactions.add", "limited"],
    ["users.info", "unanswered"],
  ]);
});

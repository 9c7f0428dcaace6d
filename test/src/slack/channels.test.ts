import { WebClient } from "@slack/web-api";
import { expect, test } from "vitest";
import { createChannels } from "#src/slack/channels.ts";
import { slackLogger } from "#src/slack/clients.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { stage } from "#test/practice/slack/stage.ts";
import { MemoryLog, manifestPath } from "./bot.ts";

/** Many channels in a workspace that keeps Slack's limits, some of which were asked about already. */
async function manyChannels(count: number) {
  const s = await stage({ manifestPath, rateLimits: "real" });
  const all = Array.from({ length: count }, (_, index) => `C0ENV${String(index + 1).padStart(4, "0")}`);
  for (const channel of all) await s.person("channels", { channel });
  const client = new WebClient(CREDENTIALS.bot_token, {
    slackApiUrl: s.workspace.slackApiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: slackLogger(new MemoryLog()),
  });
  const clock = { nowMs: 1_000_000 };
  return { s, all, clock, channels: createChannels(client, new MemoryLog(), () => clock.nowMs) };
}

test("more channels are known than Slack answers questions about in a minute", async () => {
  const { all, channels } = await manyChannels(120);
  const reaches = await Promise.all(all.map((channel) => channels.reachLately(channel)));
  expect(new Set(reaches)).toEqual(new Set(["own"]));
});

test("beyond that a channel is still seen as it is now: one that was shared meanwhile counts as shared", async () => {
  const { s, all, clock, channels } = await manyChannels(60);
  for (const channel of all) await channels.reachNow(channel);
  const [first = "", second = "", third = ""] = all;
  await s.person("channels", { channel: first, is_ext_shared: true });
  await s.person("channels", { channel: second, is_pending_ext_shared: true });
  clock.nowMs += 1_000;
  expect(await channels.reachNow(first)).toBe("shared");
  expect(await channels.reachNow(second)).toBe("shared");
  expect(await channels.reachNow(third)).toBe("own");
});

test("a channel that the bot is not in stays unknown then", async () => {
  const { s, all, channels } = await manyChannels(60);
  const [gone = "", ...others] = all;
  for (const channel of others) await channels.reachNow(channel);
  await s.person("channels", { channel: gone, remove: ["U0BOT0001"] });
  expect(await channels.reachNow(gone)).toBe("unknown");
});

import { expect, test } from "vitest";
import { z } from "zod";
import { stage } from "#test/practice/slack/stage.ts";
import { manifestPath } from "./bot.ts";
import { hostileGates } from "./gate-stories.ts";
import { postsOf } from "./recorded.ts";
import { hostileCheck, hostileStory, hostileTexts } from "./stories.ts";

const CHANNEL = "C0PRACTCE";
const notices = z.object({ notifications: z.array(z.object({ channel: z.string(), user: z.string() })) });

/**
 * Who is notified in the channel when every message with this text is posted there, without the mentions that the bot adds
 * by itself where somebody must act.
 */
async function notifiedBy(text: string): Promise<readonly string[]> {
  const s = await stage({ manifestPath });
  const posts = [hostileStory(text), hostileCheck(text), ...hostileGates(text)].flatMap(postsOf);
  const messages = posts.filter(({ file }) => file === undefined);
  expect(messages.length).toBeGreaterThan(10);
  for (const { text: said, blocks } of messages)
    expect(await s.api("chat.postMessage", { channel: CHANNEL, text: said, blocks })).toMatchObject({ ok: true });
  return notices.parse(await s.look("notifications")).notifications.map(({ user }) => user);
}

test.each(hostileTexts)(
  "T30: no message with a hostile text notifies anybody in the practice workspace (%#)",
  async (text) => {
    expect(await notifiedBy(text)).toEqual([]);
  },
);

test("the same text as it is would be counted by the practice workspace", async () => {
  const s = await stage({ manifestPath });
  await s.api("chat.postMessage", { channel: CHANNEL, text: hostileTexts[0] });
  expect(notices.parse(await s.look("notifications")).notifications.length).toBeGreaterThan(0);
});

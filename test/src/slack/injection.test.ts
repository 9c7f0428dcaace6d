import { describe, expect, test } from "vitest";
import { validateMessage } from "#src/slack/block-kit/validate.ts";
import type { DesiredPost } from "#src/slack/delivery/desired-post.ts";
import { stage } from "#test/practice/slack/stage.ts";
import { manifestPath } from "./bot.ts";
import { frozen, sampleFreeze } from "./calendar-stories.ts";
import { hostileGates } from "./gate-stories.ts";
import { postsOf, tokensIn } from "./recorded.ts";
import { hostileCheck, hostileStory, hostileTexts, reminded } from "./stories.ts";
import { drifted, sampleDrift, sampleSoak, unseen, watched } from "./watch-stories.ts";

/** The prompts of a write during the freeze and of a soak; everything else of these stories is in others. */
function watchPrompts(text: string): readonly DesiredPost[] {
  const stories = [
    drifted(sampleDrift(text)),
    unseen("backup-folder", text),
    frozen(sampleFreeze(text)),
    watched({ ...sampleSoak("inconclusive"), sentence: text }),
  ];
  return stories
    .flatMap(postsOf)
    .filter(({ key, text: said }) => said.includes("❄️") || /^(?:drift|unseen|failure|soak)-/u.test(key));
}

/** Everything that the bot says about upgrades whose every foreign text is hostile; its own mentions are added apart. */
function everything(text: string): readonly DesiredPost[] {
  const stories = [hostileStory(text), hostileCheck(text), reminded(text), ...hostileGates(text)];
  return [...stories.flatMap(postsOf), ...watchPrompts(text)].filter(({ place }) => place !== "direct");
}

test("T30: no text from outside notifies anybody, whatever it is and on whichever card it stands", async () => {
  const s = await stage({ manifestPath });
  const posts = hostileTexts.flatMap(everything);
  expect(posts.length).toBeGreaterThan(500);
  for (const { text, blocks } of posts) {
    const answer = await s.api("chat.postMessage", { channel: "C0PRACTCE", text, blocks });
    expect(answer).toMatchObject({ ok: true });
  }
  expect((await s.look("notifications"))["count"]).toBe(0);

  // The same text without the escaping does notify, so the count says something.
  await s.api("chat.postMessage", { channel: "C0PRACTCE", text: hostileTexts[0] });
  expect((await s.look("notifications"))["count"]).toBeGreaterThan(0);
});

test("no text from outside draws an emoji of ours, but in code, where Slack draws none", () => {
  const posts = hostileTexts.filter((text) => text.includes(":lock:")).flatMap(everything);
  const drawn = posts
    .map(({ text, blocks }) => `${text}\n${JSON.stringify(blocks)}`.replaceAll(/```.*?```|`[^`]*`/gsu, ""))
    .filter((shown) => /:(?:white_check_mark|lock|\+1):/u.test(shown));
  expect(drawn).toEqual([]);
});

test("T30: no reason of somebody draws a line that looks like the vote of somebody else", () => {
  const imitation = "fine\n👍 erin approved, today\n✅ Approved by erin, dave.";
  const posts = hostileGates("x", imitation).flatMap(postsOf);
  const lines = posts.flatMap(({ blocks }) => JSON.stringify(blocks).split(String.raw`\n`));
  expect(lines.filter((line) => line.includes("👍 erin approved")).length).toBeGreaterThan(0);
  expect(lines.filter((line) => /^(?:👍 erin approved|✅ Approved by erin)/u.test(line))).toEqual([]);
});

test("T30: nothing that somebody or a program writes begins a line as if it were ours", () => {
  const imitation = "fine\n✅ KU-2026-0001 is completed.\r\n✅ Approved by erin, dave.\u2028✅ All steps are done";
  const stories = [
    hostileStory(imitation),
    hostileCheck(imitation),
    reminded(imitation),
    ...hostileGates("x", imitation),
  ];
  const posts = [...stories.flatMap(postsOf), ...watchPrompts(imitation)];
  const lines = posts.flatMap(({ key, text, blocks }) =>
    // In a fence it is what a program printed.
    [text, JSON.stringify(blocks).replaceAll(String.raw`\n`, "\n")]
      .flatMap((shown) => shown.replaceAll(/```.*?```/gsu, "").split("\n"))
      .map((line) => ({ key, line })),
  );
  expect(lines.filter(({ line }) => line.includes("✅ Approved by erin")).length).toBeGreaterThan(10);
  expect(lines.filter(({ line }) => /^[^\w>]*✅ (?:KU-2026|Approved by erin|All steps)/u.test(line))).toEqual([]);
});

describe.each(hostileTexts)("with a hostile text (%#)", (text) => {
  test("T30: Slack takes every message, and none of it acts", () => {
    const posts = [...postsOf(hostileStory(text)), ...postsOf(hostileCheck(text)), ...postsOf(reminded(text))];
    expect(posts.flatMap((post) => validateMessage(post).map((problem) => ({ key: post.key, problem })))).toEqual([]);
    const strays = posts.flatMap(tokensIn).filter((token) => !token.startsWith("<!date^") && token !== "<#C0PRACTCE>");
    expect(strays).toEqual([]);
    expect(JSON.stringify(posts)).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B-\u200D\uFEFF]|\\u0000|\\u001b/u);
  });
});

test.each(hostileTexts)(
  "T30: Slack takes a request with a hostile text in any state, and none of it acts (%#)",
  (text) => {
    const posts = [...hostileGates(text).flatMap(postsOf), ...watchPrompts(text)];
    expect(posts.flatMap((post) => validateMessage(post).map((problem) => ({ key: post.key, problem })))).toEqual([]);
    expect(posts.flatMap(tokensIn).filter((token) => !token.startsWith("<!date^"))).toEqual([]);
  },
);

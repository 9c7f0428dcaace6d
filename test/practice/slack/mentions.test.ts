import { expect, test } from "vitest";
import { type Json, type Stage, pick, stage } from "./stage.ts";

const CHANNEL = "C0PRACTCE";
const EVERYBODY = [
  "U0ALICE01",
  "U0BOB0001",
  "U0CAROL01",
  "U0DAVE001",
  "U0ERIN001",
  "U0FRANK01",
  "U0GUEST01",
  "U0MALLO01",
  "U0HANNA01",
  "U0IVAN001",
  "U0JULIA01",
  "U0KARL001",
  "U0MARTA01",
  "U0MARTA02",
  "U0OTTO001",
];

async function notified(s: Stage): Promise<readonly string[]> {
  const lines = await Promise.all(
    [...EVERYBODY, "U0EVE0X01", "U0DORA001"].map(async (user) => {
      const { notifications } = await s.look(`notifications?user=${user}`);
      return (Array.isArray(notifications) ? notifications : []).map((it) => `${user} ${pick(it, "reason")}`);
    }),
  );
  return lines.flat();
}

const section = (text: string, type = "mrkdwn"): Json => ({ type: "section", text: { type, text } });
const rich = (element: Json): Json => ({
  type: "rich_text",
  elements: [{ type: "rich_text_section", elements: [element] }],
});

const posts: readonly (readonly [string, Json, readonly string[]])[] = [
  ["a person in the text", { text: "<@U0BOB0001> and <@U0BOB0001|bob>" }, ["U0BOB0001 user"]],
  ["a group", { text: "<!subteam^S0APPROVE>" }, ["U0CAROL01 usergroup", "U0DAVE001 usergroup"]],
  ["the channel", { text: "<!channel>" }, EVERYBODY.map((user) => `${user} channel`)],
  ["everybody who is here", { text: "<!here>" }, EVERYBODY.map((user) => `${user} here`)],
  ["everyone, outside #general", { text: "<!everyone>" }, []],
  ["escaped brackets", { text: "&lt;!channel&gt; &lt;@U0BOB0001&gt;" }, []],
  ["a person in a section", { text: "x", blocks: [section("<@U0CAROL01>")] }, ["U0CAROL01 user"]],
  ["plain text of a section", { text: "x", blocks: [section("<@U0CAROL01>", "plain_text")] }, []],
  ["a rich text user", { text: "x", blocks: [rich({ type: "user", user_id: "U0ERIN001" })] }, ["U0ERIN001 user"]],
  ["rich text that only looks like one", { text: "x", blocks: [rich({ type: "text", text: "<@U0ERIN001>" })] }, []],
  ["people outside, gone and unknown", { text: "<@U0EVE0X01> <@U0DORA001> <@U0NOBODY1>" }, []],
  ["a name with link_names", { text: "ask @erin", link_names: true }, ["U0ERIN001 user"]],
  ["a bare name", { text: "ask @erin" }, []],
];

test.each(posts)("a message with %s notifies exactly those whom Slack would notify", async (_, args, expected) => {
  const s = await stage();
  expect(await s.api("chat.postMessage", { channel: CHANNEL, ...args })).toMatchObject({ ok: true });
  expect(await notified(s)).toEqual(expected);
});

test("edits and ephemerals notify nobody", async () => {
  const s = await stage();
  const ts = pick(await s.api("chat.postMessage", { channel: CHANNEL, text: "x" }), "ts");
  await s.api("chat.update", { channel: CHANNEL, ts, text: "<!channel>" });
  await s.api("chat.postEphemeral", { channel: CHANNEL, user: "U0BOB0001", text: "<@U0CAROL01>" });
  expect(await notified(s)).toEqual([]);
});

test("a person who types brackets mentions nobody, one who types a name does", async () => {
  const s = await stage();
  await s.person("messages", { user: "U0FRANK01", channel: CHANNEL, text: "<!channel> <!subteam^S0APPROVE> & @bob" });
  expect(await notified(s)).toEqual(["U0BOB0001 user"]);
  expect(await s.sees("U0BOB0001")).toMatchObject([
    { text: "&lt;!channel&gt; &lt;!subteam^S0APPROVE&gt; &amp; <@U0BOB0001>" },
  ]);
});

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

const said = (text: string, type = "mrkdwn"): Json => ({ type, text });
const HEADER = { type: "header", text: said("<!channel>", "plain_text") };
const BUTTON = {
  type: "actions",
  elements: [
    {
      type: "button",
      action_id: "go",
      text: said("<@U0BOB0001>", "plain_text"),
      // Read by whoever clicks, not part of what is posted.
      confirm: {
        title: said("Sure?", "plain_text"),
        text: said("<!channel> will know"),
        confirm: said("Yes", "plain_text"),
        deny: said("No", "plain_text"),
      },
    },
  ],
};
const FIELDS = { type: "section", fields: [said("<@U0ERIN001>"), said("<@U0CAROL01>", "plain_text")] };
const CONTEXT = { type: "context", elements: [said("<@U0BOB0001>")] };
const DBAS = ["U0HANNA01", "U0IVAN001", "U0KARL001", "U0MARTA01"].map((user) => `${user} usergroup`);
const DBAS_AND_LEADS = ["U0HANNA01", "U0IVAN001", "U0JULIA01", "U0KARL001", "U0MARTA01", "U0MARTA02"].map(
  (user) => `${user} usergroup`,
);

function others(reason: string): readonly string[] {
  return EVERYBODY.filter((user) => !DBAS.includes(`${user} usergroup`)).map((user) => `${user} ${reason}`);
}

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
  ["bare names that are to be parsed", { text: "@dba @here", parse: "full" }, [...DBAS, ...others("here")]],
  ["several groups of one person", { text: "<!subteam^S0DBA0001> <!subteam^S0LEADS01|@sre-leads>" }, DBAS_AND_LEADS],
  ["a group that is none", { text: "<!subteam^S0NOBODY1>" }, []],
  ["a rich text group", { text: "x", blocks: [rich({ type: "usergroup", usergroup_id: "S0DBA0001" })] }, DBAS],
  [
    "a rich text broadcast",
    { text: "x", blocks: [rich({ type: "broadcast", range: "channel" })] },
    EVERYBODY.map((user) => `${user} channel`),
  ],
  [
    "a mention in the text that blocks hide, and another in the blocks",
    { text: "<@U0BOB0001>", blocks: [section("<@U0CAROL01>")] },
    ["U0BOB0001 user", "U0CAROL01 user"],
  ],
  ["a mention in a header and a button", { text: "x", blocks: [HEADER, BUTTON] }, []],
  [
    "a mention in a field and a context",
    { text: "x", blocks: [FIELDS, CONTEXT] },
    ["U0BOB0001 user", "U0ERIN001 user"],
  ],
  ["a mention in an attachment", { text: "x", attachments: [{ text: "<@U0BOB0001>" }] }, ["U0BOB0001 user"]],
];

test.each(posts)("a message with %s notifies exactly those whom Slack would notify", async (_, args, expected) => {
  const s = await stage();
  expect(await s.api("chat.postMessage", { channel: CHANNEL, ...args })).toMatchObject({ ok: true });
  expect((await notified(s)).toSorted()).toEqual(expected.toSorted());
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

test("a direct message is one notification of its person, whatever it mentions, and an edit none", async () => {
  const s = await stage();
  const sent = await s.api("chat.postMessage", { channel: "U0BOB0001", text: "<@U0BOB0001> <!channel> <@U0CAROL01>" });
  await s.api("chat.update", { channel: sent["channel"], ts: sent["ts"], text: "<@U0BOB0001> again" });
  expect(await notified(s)).toEqual(["U0BOB0001 direct_message"]);
  expect(await s.look("notifications")).toMatchObject({ count: 1, by_channel: { D0BOB0001: { broadcasts: 0 } } });
});

test("a disabled group reaches nobody", async () => {
  const s = await stage();
  await s.person("groups", { group: "S0DBA0001", disabled: true });
  await s.api("chat.postMessage", { channel: CHANNEL, text: "<!subteam^S0DBA0001>" });
  expect(await notified(s)).toEqual([]);
});

test("the sums say who was notified how often, which message rang for a channel, and can be narrowed", async () => {
  const s = await stage();
  const first = pick(await s.api("chat.postMessage", { channel: CHANNEL, text: "<!channel> look" }), "ts");
  await s.api("chat.postMessage", { channel: CHANNEL, thread_ts: first, text: "<!subteam^S0APPROVE> <@U0BOB0001>" });
  await s.api("chat.postMessage", { channel: "U0CAROL01", text: "you" });
  await s.api("chat.postMessage", { channel: CHANNEL, text: "&lt;!channel&gt;" });
  await s.person("messages", { user: "U0ALICE01", channel: "C0LEGACY1", text: "@carol" });
  const size = EVERYBODY.length;
  expect(await s.look("notifications")).toMatchObject({
    count: size + 3 + 1 + 1,
    by_person: { U0CAROL01: 4, U0BOB0001: 2, U0FRANK01: 1 },
    by_reason: { channel: size, usergroup: 2, user: 2, direct_message: 1 },
    by_channel: {
      C0PRACTCE: { messages: 2, notifications: size + 3, broadcasts: 1, group_pings: 1 },
      D0CAROL01: { messages: 1, notifications: 1, broadcasts: 0, group_pings: 0 },
    },
    messages: [
      { ts: first, is_broadcast: true, reasons: ["channel"] },
      { groups: ["S0APPROVE"], notified: ["U0CAROL01", "U0DAVE001", "U0BOB0001"], is_broadcast: false },
      { channel: "D0CAROL01", notified: ["U0CAROL01"] },
      { channel: "C0LEGACY1", from: "U0ALICE01" },
    ],
  });
  expect(await s.look(`notifications?channel=${CHANNEL}&after=${first}`)).toMatchObject({ count: 3 });
  expect(await s.look("notifications?user=U0CAROL01&from=U0BOT0001")).toMatchObject({ count: 3 });
  expect(await s.look("notifications?user=U0NOBODY1")).toMatchObject({ error: "user_not_found" });
});

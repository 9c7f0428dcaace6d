import type { App } from "@slack/bolt";
import { expect, test } from "vitest";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { socketApp } from "./app.ts";
import { buttons, eventually, pick, reasonModal, stage } from "./stage.ts";

const ALICE = "U0ALICE01";
const BOB = "U0BOB0001";
const PLACE = { user: ALICE, channel: "C0PRACTCE" };

test("a command, a card, a click, a modal and its submission reach a real Bolt app and come back", async () => {
  const s = await stage();
  const heard: string[] = [];
  await socketApp(s, (app) => {
    app.command("/kong-upgrade", async ({ ack, command, client }) => {
      heard.push(`${command.user_name}: ${command.text}`);
      await ack();
      await client.chat.postMessage({ channel: command.channel_id, text: "a card", blocks: buttons("reject") });
    });
    app.action("reject", async ({ ack, body, client }) => {
      await ack();
      if (body.type !== "block_actions") return;
      heard.push(`${body.user.id} clicked in ${body.container["channel_id"]}`);
      await client.views.open({ trigger_id: body.trigger_id, view: reasonModal() });
    });
    app.view("reason", async ({ ack, view }) => {
      const why = view.state.values["why"]?.["text"]?.value ?? "";
      heard.push(`because ${why}`);
      await (why === "bad" ? ack({ response_action: "errors", errors: { why: "a better reason, please" } }) : ack());
    });
  });

  const typed = await s.person("commands", { ...PLACE, text: "/kong-upgrade plan practice @bob" });
  expect(typed).toMatchObject({ delivered: true, answer: null, shown: null });
  const card = await eventually("the card", async () => (await s.sees(BOB)).find((it) => it["text"] === "a card"));
  await s.person("actions", { user: BOB, channel: "C0PRACTCE", ts: card["ts"], action_id: "reject" });
  const viewId = await eventually("the modal", async () => {
    const { modals } = await s.look(`views?user=${BOB}`);
    return Array.isArray(modals) && modals.length === 1 ? pick(modals, "0.id") : undefined;
  });
  const first = await s.person("views/submit", { user: BOB, view_id: viewId, values: { why: "bad" } });
  expect(first).toMatchObject({ answer: { response_action: "errors" } });
  expect(await s.look(`views?user=${BOB}`)).toMatchObject({ modals: [{ errors: { why: "a better reason, please" } }] });
  await s.person("views/submit", { user: BOB, view_id: viewId, values: { why: { text: "tests are red" } } });
  expect(await s.look(`views?user=${BOB}`)).toMatchObject({ modals: [] });
  expect(heard).toEqual([
    "alice: plan practice <@U0BOB0001|bob>",
    `${BOB} clicked in C0PRACTCE`,
    "because bad",
    "because tests are red",
  ]);
});

test("opening App Home and naming the bot reach the app as events", async () => {
  const s = await stage();
  const heard: string[] = [];
  await socketApp(s, (app) => {
    app.event("app_home_opened", async ({ event, client }) => {
      heard.push(`home ${event.user} ${event.view === undefined ? "first" : "again"}`);
      const blocks = [
        { type: "section" as const, text: { type: "plain_text" as const, text: "nothing waits for you" } },
      ];
      await client.views.publish({ user_id: event.user, view: { type: "home", blocks: blocks } });
    });
    app.event("app_mention", async ({ event, say }) => {
      await say({ text: `yes, <@${event.user ?? ""}>?`, thread_ts: event.ts });
    });
  });
  await s.person("home", { user: ALICE });
  await eventually("the home view", async () => (await s.look(`views?user=${ALICE}`))["home"] ?? undefined);
  await s.person("home", { user: ALICE });
  const asked = await s.person("messages", { ...PLACE, text: "@kong-upgrade are you there? 1 < 2 & <!channel>" });
  const thread = await eventually("an answer in the thread", async () => {
    const messages = await s.sees(ALICE, "C0PRACTCE", pick(asked, "ts"));
    return messages.length === 2 ? messages : undefined;
  });
  expect(thread.map((it) => it["text"])).toEqual([
    "<@U0BOT0001> are you there? 1 &lt; 2 &amp; &lt;!channel&gt;",
    `yes, <@${ALICE}>?`,
  ]);
  expect(heard).toEqual([`home ${ALICE} first`, `home ${ALICE} again`]);
});

test("an app that does not acknowledge within the time makes Slack's error appear", async () => {
  const s = await stage({ ackTimeoutMs: 80 });
  const told = Promise.withResolvers<void>();
  await socketApp(s, (app) => {
    app.command("/kong-upgrade", async ({ ack }) => {
      await told.promise;
      await ack("too late");
    });
  });
  const outcome = await s.person("commands", { ...PLACE, text: "status" });
  told.resolve();
  expect(outcome).toMatchObject({
    delivered: true,
    ack_ms: null,
    error: "operation_timeout",
    shown: "/kong-upgrade failed because the app did not respond. Please try again or contact the app developer.",
  });
  await eventually("the late acknowledgement in the traffic", async () => {
    const { entries } = await s.look("traffic");
    return JSON.stringify(entries).includes("ack nobody waits for") ? true : undefined;
  });
  expect(await s.sees(ALICE)).toEqual([]);
});

test("a command while nothing is connected shows dispatch_failed and is not queued", async () => {
  const s = await stage();
  const outcome = await s.person("commands", { ...PLACE, text: "status" });
  expect(outcome).toMatchObject({ delivered: false, error: "dispatch_failed" });
  expect(outcome["shown"]).toBe('/kong-upgrade failed with the error "dispatch_failed"');
});

test("what the app answers in the acknowledgement of a command is shown to that person only", async () => {
  const s = await stage();
  await socketApp(s, (app) => {
    app.command("/kong-upgrade", async ({ ack, command }) => {
      await ack(
        command.text === "loud"
          ? { response_type: "in_channel", text: "everybody hears this" }
          : "did you mean status?",
      );
    });
  });
  expect(await s.person("commands", { ...PLACE, text: "stauts" })).toMatchObject({
    answer: { text: "did you mean status?" },
  });
  expect(await s.sees(ALICE)).toMatchObject([{ text: "did you mean status?", is_ephemeral: true }]);
  expect(await s.sees(BOB)).toEqual([]);
  await s.person("commands", { ...PLACE, text: "loud" });
  expect((await s.sees(BOB)).map((it) => it["text"])).toEqual(["/kong-upgrade loud", "everybody hears this"]);
});

test("an answer with blocks that break a rule is Slack's error to the person", async () => {
  const s = await stage();
  const many = Array.from({ length: 51 }, () => ({ type: "divider" as const }));
  await socketApp(s, (app) => {
    app.command("/kong-upgrade", async ({ ack }) => ack({ text: "x", blocks: many }));
  });
  const outcome = await s.person("commands", { ...PLACE, text: "status" });
  expect(outcome["shown"]).toBe('/kong-upgrade failed with the error "invalid_blocks"');
});

test("each envelope goes to exactly one of two connections", async () => {
  const s = await stage();
  let heard = 0;
  const listen = (app: App): void => {
    app.command("/kong-upgrade", async ({ ack }) => {
      heard += 1;
      await ack();
    });
  };
  await socketApp(s, listen);
  await socketApp(s, listen);
  expect(s.workspace.connections()).toBe(2);
  for (let i = 0; i < 6; i += 1) await s.person("commands", { ...PLACE, text: "status" });
  expect(heard).toBe(6);
});

test("files go up by the external flow of the real client and come down again", async () => {
  const s = await stage();
  const app = await socketApp(s, () => {});
  const parent = await app.client.chat.postMessage({ channel: "C0PRACTCE", text: "the record" });
  await app.client.filesUploadV2({
    channel_id: "C0PRACTCE",
    thread_ts: parent.ts ?? "",
    filename: "record.md",
    title: "Change record",
    content: "# It went well",
    initial_comment: "for the archive",
  });
  const [, shared] = await s.sees(BOB, "C0PRACTCE", parent.ts);
  expect(shared).toMatchObject({
    subtype: "file_share",
    text: "for the archive",
    files: [{ title: "Change record", mimetype: "text/markdown" }],
  });
  const file = await fetch(`${s.workspace.address}/practice/files/${pick(shared, "files.0.id")}`);
  expect(await file.text()).toBe("# It went well");
  const info = await app.client.files.info({ file: pick(shared, "files.0.id") });
  expect(info.file?.shares?.public?.["C0PRACTCE"]).toMatchObject([{ ts: pick(shared, "ts"), thread_ts: parent.ts }]);
});

test("a wrong token and the wrong kind of token are told apart", async () => {
  const s = await stage();
  expect(await s.api("auth.test", {}, "xoxb-something-else")).toMatchObject({ ok: false, error: "invalid_auth" });
  expect(await s.api("auth.test", {}, "")).toMatchObject({ ok: false, error: "not_authed" });
  expect(await s.api("apps.connections.open")).toMatchObject({ ok: false, error: "not_allowed_token_type" });
  expect(await s.api("chat.postMessage", {}, CREDENTIALS.app_token)).toMatchObject({ error: "not_allowed_token_type" });
});

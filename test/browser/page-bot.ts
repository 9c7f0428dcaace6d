import { App, LogLevel, SocketModeReceiver } from "@slack/bolt";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { gallery, homeView, rejectModal, upgradeCard } from "./page-cards.ts";

/** A small bot for the tests of the page: one slash command, the first word says what to do. */
export async function startBot(slackApiUrl: string): Promise<AsyncDisposable> {
  const clientOptions = { slackApiUrl, retryConfig: { retries: 0 } };
  const receiver = new SocketModeReceiver({
    appToken: CREDENTIALS.app_token,
    logLevel: LogLevel.ERROR,
    // Bolt waits this long before it reconnects, and for an answer to each of its pings, which may come late.
    clientPingTimeout: 3_000,
    installerOptions: {
      clientOptions: { ...clientOptions, retryConfig: { retries: 50, minTimeout: 200, maxTimeout: 500 } },
    },
  });
  const app = new App({
    token: CREDENTIALS.bot_token,
    receiver,
    convoStore: false,
    logLevel: LogLevel.ERROR,
    clientOptions,
  });
  commands(app);
  clicks(app);
  await app.start();
  return { [Symbol.asyncDispose]: async () => void (await app.stop()) };
}

function commands(app: App): void {
  app.command("/kong-upgrade", async ({ command, ack, client }) => {
    const [word = "", ...rest] = command.text.split(" ");
    const channel = command.channel_id;
    if (word === "slow") return;
    if (word !== "plan") {
      await ack(word === "say" ? undefined : { text: `There is no word *${word}*. Try \`help\`.` });
      if (word === "say") await client.chat.postMessage({ channel, text: rest.join(" ") });
      if (word === "gallery") await client.chat.postMessage({ channel, text: "All blocks", blocks: gallery });
      return;
    }
    await ack();
    const card = await client.chat.postMessage({
      channel,
      text: "KU-2026-0007 practice 2.8.5 → 3.4.2: step 9 of 14 waits for approval",
      blocks: upgradeCard,
    });
    const thread_ts = card.ts ?? "";
    await client.chat.postMessage({
      channel,
      thread_ts,
      text: ":white_check_mark: *Step 8* backup proven, 14.2 MB",
    });
    await client.filesUploadV2({
      channel_id: channel,
      thread_ts,
      filename: "KU-2026-0007.md",
      title: "Change record",
      content: "# KU-2026-0007\n\nRequested by **alice**.\n\n| step | outcome |\n|---|---|\n| 8 | done |\n",
    });
  });
}

function clicks(app: App): void {
  app.action("silent", async () => undefined);
  app.action("reject", async ({ ack, client, body }) => {
    await ack();
    if ("trigger_id" in body) await client.views.open({ trigger_id: body.trigger_id, view: rejectModal });
  });
  app.action(/.*/, async ({ ack, respond, body, action }) => {
    if ("action_id" in action && action.action_id === "silent") return;
    await ack();
    const what = JSON.stringify({ ...action, action_ts: undefined, text: undefined, confirm: undefined });
    if (body.type === "block_actions" && body.response_url !== undefined) {
      await respond({ response_type: "ephemeral", replace_original: false, text: `<@${body.user.id}> did ${what}` });
    }
  });
  app.options("service", async ({ ack, options }) => {
    const found = ["orders", "billing"].filter((name) => name.startsWith(options.value));
    await ack({ options: found.map((value) => ({ text: { type: "plain_text", text: value.toUpperCase() }, value })) });
  });
  app.view("reject_reason", async ({ ack, view, client, body }) => {
    const reason = view.state.values["reason"]?.["text"]?.value ?? "";
    if (reason.length < 10) return ack({ response_action: "errors", errors: { reason: "Please say a little more." } });
    await ack();
    await client.chat.postMessage({ channel: "C0PRACTCE", text: `<@${body.user.id}> rejected: ${reason}` });
  });
  app.event("app_home_opened", async ({ event, client }) => {
    await client.views.publish({ user_id: event.user, view: homeView(event.user) });
  });
}

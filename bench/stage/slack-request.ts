import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";
import { APP, CREDENTIALS, TEAM } from "#practice/slack/workspace.ts";

/** Sends what Slack would send, signed like Slack's requests (docs.slack.dev, verifying requests from Slack). */
export interface SlackRequests extends AsyncDisposable {
  /** Resolves with the milliseconds from sending to the whole answer. @throws Error for an answer other than 200 */
  send(form: Readonly<Record<string, string>>): Promise<number>;
}

const timeoutMs = 10_000;

/** To the request URL of an app on this machine, over connections that stay open. */
export function openSlackRequests(port: number): SlackRequests {
  const agent = new Agent({ keepAlive: true });
  return {
    send: (form) => {
      const body = new URLSearchParams(form).toString();
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const hmac = createHmac("sha256", CREDENTIALS.signing_secret).update(`v0:${timestamp}:${body}`).digest("hex");
      const headers = {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": Buffer.byteLength(body),
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": `v0=${hmac}`,
      };
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const startedAt = performance.now();
      const sent = request(
        { host: "127.0.0.1", port, path: "/slack/events", method: "POST", agent, headers, timeout: timeoutMs },
        (answer) => {
          answer.resume();
          answer.once("end", () => {
            if (answer.statusCode === 200) resolve(performance.now() - startedAt);
            else reject(new Error(`the app answered with ${String(answer.statusCode)}`));
          });
        },
      );
      sent.once("timeout", () => sent.destroy(new Error(`the app did not answer within ${timeoutMs} ms`)));
      sent.once("error", reject);
      sent.end(body);
      return promise;
    },
    [Symbol.asyncDispose]: async () => agent.destroy(),
  };
}

let count = 0;

/** A slash command as Slack sends it; each one another delivery. */
export function commandForm(text: string, responseUrl: string): Readonly<Record<string, string>> {
  count += 1;
  return {
    token: CREDENTIALS.verification_token,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: "C0PRACTCE",
    channel_name: "kong-practice",
    user_id: "U0ALICE01",
    user_name: "alice",
    command: "/kong-upgrade",
    text,
    api_app_id: APP.id,
    is_enterprise_install: "false",
    response_url: responseUrl,
    trigger_id: `bench.${count}`,
  };
}

/** Carol's click on a button of a message. */
export function clickForm(actionId: string, value: string, responseUrl: string): Readonly<Record<string, string>> {
  count += 1;
  const ts = `${Math.floor(Date.now() / 1_000)}.${String(count).padStart(6, "0")}`;
  const payload = {
    type: "block_actions",
    team: { id: TEAM.id, domain: TEAM.domain },
    user: { id: "U0CAROL01", username: "carol", name: "carol", team_id: TEAM.id },
    api_app_id: APP.id,
    token: CREDENTIALS.verification_token,
    enterprise: null,
    is_enterprise_install: false,
    container: { type: "message", message_ts: ts, channel_id: "C0PRACTCE", is_ephemeral: false },
    trigger_id: `bench.${count}`,
    channel: { id: "C0PRACTCE", name: "kong-practice" },
    message: { type: "message", ts, user: APP.bot_user_id, text: "a request for approval" },
    state: { values: {} },
    response_url: responseUrl,
    actions: [
      {
        type: "button",
        block_id: "bench",
        action_id: actionId,
        text: { type: "plain_text", text: "Approve" },
        value,
        action_ts: ts,
      },
    ],
  };
  return { payload: JSON.stringify(payload) };
}

import { LogLevel, WebAPIPlatformError, WebClient } from "@slack/web-api";
import type { Logger, WebClientOptions } from "@slack/web-api";
import { z } from "zod";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import type { Log } from "./log.ts";

/**
 * Two clients, because a 429 or a slow answer holds up the whole queue of the client that met it (measured with
 * web-api 8.2): what a person waits for never stands behind what nobody waits for.
 */
export interface Clients {
  /** Views, private answers, look-ups: short, few retries. */
  readonly interactive: WebClient;
  /** The card and the thread: no retries of its own, the delivery repeats what is safe to repeat. */
  readonly background: WebClient;
}

export function createClients(token: string, apiUrl: string, log: Log): Clients {
  const shared: WebClientOptions = {
    slackApiUrl: apiUrl,
    logger: slackLogger(log),
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  };
  return {
    interactive: new WebClient(token, { ...shared, timeout: 2_500, retryConfig: { retries: 0 } }),
    background: new WebClient(token, {
      ...shared,
      timeout: 10_000,
      retryConfig: { retries: 0 },
      maxRequestConcurrency: 10,
    }),
  };
}

const identitySchema = z.object({
  team_id: z.string(),
  team: z.string(),
  user_id: z.string(),
  user: z.string(),
  bot_id: z.string(),
});

/** Who this bot is, as Slack tells it. */
export interface Identity {
  readonly teamId: string;
  readonly team: string;
  readonly botUserId: string;
  readonly botId: string;
  readonly name: string;
  /** Payloads for another app are refused. */
  readonly appId: string;
}

/** Asks Slack who we are, before anything listens. @throws AppError `slack_rejected` or `slack_unreachable`. */
export async function identify({ background }: Clients, apiUrl: string): Promise<Identity> {
  try {
    const { team_id, team, user_id, user, bot_id } = identitySchema.parse(await background.auth.test());
    const { bot } = await background.bots.info({ bot: bot_id });
    if (bot?.app_id === undefined) throw new Error(`bots.info names no app for ${bot_id}`);
    return { teamId: team_id, team, botUserId: user_id, name: user, botId: bot_id, appId: bot.app_id };
  } catch (cause) {
    if (cause instanceof WebAPIPlatformError) {
      throw new AppError(
        "slack_rejected",
        `Slack at ${apiUrl} rejects the bot token: ${cause.data.error}; install the app from manifest.yml again and copy its new bot token`,
        { cause },
      );
    }
    throw new AppError(
      "slack_unreachable",
      `Slack at ${apiUrl} cannot be reached: ${errorMessage(cause)}; check network and proxy, and start again`,
      { cause },
    );
  }
}

/** Slack's libraries log through ours; never at debug, where they would write payloads. */
export function slackLogger(log: Log): Logger {
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts) => log.warn({ from: "slack" }, text(parts)),
    error: (...parts) => log.warn({ from: "slack" }, text(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}

function text(parts: readonly unknown[]): string {
  return parts.map(String).join(" ").slice(0, 1_000);
}

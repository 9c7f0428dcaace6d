import { LogLevel, WebAPIPlatformError } from "@slack/web-api";
import type { Logger, WebClient, WebClientOptions } from "@slack/web-api";
import { z } from "zod";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import { fetchOverHttp } from "./fetch-over-http.ts";
import type { Log } from "./log.ts";
import { ObservedClient } from "./observed-client.ts";
import type { OnSlackCall } from "./observed-client.ts";

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

export interface ClientExtras {
  /** Sent along with every call: a token of a whole organisation has to say which workspace it means. */
  readonly teamId?: string;
  /** Told how each call ended. */
  readonly onCall?: OnSlackCall | undefined;
}

export function createClients(
  token: string,
  apiUrl: string,
  log: Log,
  { teamId, onCall = () => undefined }: ClientExtras = {},
): Clients {
  const shared: WebClientOptions = {
    ...(teamId === undefined ? {} : { teamId }),
    slackApiUrl: apiUrl,
    fetch: fetchOverHttp,
    logger: slackLogger(log),
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  };
  return {
    interactive: new ObservedClient(onCall, token, { ...shared, timeout: 2_500, retryConfig: { retries: 0 } }),
    background: new ObservedClient(onCall, token, {
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
  enterprise_id: z
    .string()
    .nullish()
    .transform((id) => (id === null || id === "" ? undefined : id)),
  is_enterprise_install: z.boolean().nullish(),
});

/** Who this bot is, as Slack tells it. */
export interface Identity {
  /** The workspace whose members may decide. */
  readonly teamId: string;
  readonly team: string;
  /** The organisation of the workspace, on Enterprise Grid. */
  readonly enterpriseId?: string | undefined;
  /** Installed on the whole organisation: its payloads may name no workspace. */
  readonly isOrgInstall?: boolean | undefined;
  readonly botUserId: string;
  readonly botId: string;
  readonly name: string;
  /** Payloads for another app are refused. */
  readonly appId: string;
}

/** Asks Slack who we are, before anything listens. @throws AppError `config_invalid`, `slack_rejected` or `slack_unreachable`. */
export async function identify({ background }: Clients, apiUrl: string): Promise<Identity> {
  try {
    const who = identitySchema.parse(await background.auth.test());
    const isOrgInstall = who.is_enterprise_install === true;
    const teamId = isOrgInstall ? await onlyWorkspace(background) : who.team_id;
    const { bot } = await background.bots.info({ bot: who.bot_id, ...(isOrgInstall ? { team_id: teamId } : {}) });
    if (bot?.app_id === undefined) throw new Error(`bots.info names no app for ${who.bot_id}`);
    return {
      teamId,
      team: who.team,
      enterpriseId: who.enterprise_id,
      isOrgInstall,
      botUserId: who.user_id,
      name: who.user,
      botId: who.bot_id,
      appId: bot.app_id,
    };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
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

/** The home of an installation on a whole organisation; with several nobody could say whose members may decide. */
async function onlyWorkspace(client: WebClient): Promise<string> {
  const { teams } = await client.auth.teams.list({ limit: 2 });
  const [first, ...others] = teams ?? [];
  if (first?.id === undefined || others.length > 0) {
    throw new AppError(
      "config_invalid",
      `the Slack app is installed on a whole organisation and ${first === undefined ? "granted to no workspace" : "granted to several workspaces"}, so it is not clear whose members may approve; grant it to exactly the workspace of the approvers, or install it there only`,
    );
  }
  return first.id;
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

import { setTimeout as delay } from "node:timers/promises";
import { App, HTTPReceiver, SocketModeReceiver } from "@slack/bolt";
import type { Logger, WebClientOptions } from "@slack/web-api";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import type { Identity } from "./clients.ts";
import { fetchOverHttp } from "./fetch-over-http.ts";
import type { SlackSettings } from "./settings.ts";

/** A Bolt app with what delivers to it. */
export interface Connection {
  readonly app: App;
  /** @throws AppError `slack_unreachable` or `slack_rejected`. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether Slack can reach us now: by one socket at least, or because we listen. */
  isUp(): boolean;
}

export interface ConnectionOptions {
  readonly settings: SlackSettings;
  readonly apiUrl: string;
  readonly identity: Identity;
  readonly logger: Logger;
}

/** Slack says hello within a second or two; more means that nothing gets through. */
const helloTimeoutMs = 20_000;
/** Where Slack sends everything in HTTP mode; the request URL of the app's settings ends with it. */
const httpPath = "/slack/events";

/** Connects as configured: two sockets, or one HTTP endpoint that checks Slack's signature. */
export function connect(options: ConnectionOptions): Connection {
  return options.settings.delivery.kind === "socket"
    ? bySocket(options, options.settings.delivery.appToken)
    : byHttp(options, options.settings.delivery);
}

/**
 * Two sockets on one app: when Slack renews one, Bolt is deaf on it for 5 s (measured with socket-mode 3.1), and
 * clicks are not delivered again. The second one hears them.
 */
function bySocket(options: ConnectionOptions, appToken: string): Connection {
  let isStopped = false;
  const clientOptions: WebClientOptions = {
    slackApiUrl: options.apiUrl,
    timeout: 10_000,
    // For ever, with a cap: a reconnect that gives up would end the process by an unhandled rejection.
    retryConfig: { forever: true, minTimeout: 500, factor: 1.5, maxTimeout: 15_000, randomize: true },
    // After the stop no retry may keep the process alive: a promise alone does not.
    fetch: (url, init) => (isStopped ? new Promise<never>(() => {}) : fetchOverHttp(url, init)),
  };
  const receivers = [1, 2].map(
    () => new SocketModeReceiver({ appToken, logger: options.logger, installerOptions: { clientOptions } }),
  );
  for (const receiver of receivers) keepTrying(receiver.client, () => isStopped, options.logger);
  const [first, ...others] = receivers;
  if (first === undefined) throw new Error("there is no socket to start");
  const app = createApp(options, first);
  for (const receiver of others) receiver.init(app);
  return {
    app,
    start: async () => {
      await withDeadline(Promise.all(receivers.map((receiver) => receiver.start())), options.apiUrl);
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(receivers.map((receiver) => receiver.stop()));
    },
    isUp: () => receivers.some(({ client }) => client.websocket?.isActive() === true),
  };
}

const reconnectEveryMs = 5_000;

/**
 * Bolt's reconnect rejects a promise that nobody waits for when Slack refuses it or it is stopped meanwhile, which ends
 * the process. The first start may fail and be told; every later one is tried until it works.
 */
function keepTrying(socket: SocketModeReceiver["client"], isStopped: () => boolean, logger: Logger): void {
  const start = socket.start.bind(socket);
  let wasConnected = false;
  socket.start = async () => {
    for (;;) {
      try {
        const answer = await start();
        wasConnected = true;
        return answer;
      } catch (error) {
        if (isStopped()) return new Promise<never>(() => {});
        if (!wasConnected) throw error;
        logger.error(`a socket to Slack could not be opened again: ${errorMessage(error)}; it is tried every 5 s`);
        await delay(reconnectEveryMs, undefined, { ref: false });
      }
    }
  };
}

function byHttp(
  options: ConnectionOptions,
  { signingSecret, port }: { readonly signingSecret: string; readonly port: number },
): Connection {
  const receiver = new HTTPReceiver({
    signingSecret,
    endpoints: [httpPath],
    logger: options.logger,
    customPropertiesExtractor: (request) => ({ requestTimestamp: request.headers["x-slack-request-timestamp"] }),
  });
  const app = createApp(options, receiver);
  let isListening = false;
  app.use(async ({ context, next }) => {
    if (isFromTheFuture(context["requestTimestamp"]))
      throw new Error("a request is dated in the future; it was refused");
    await next();
  });
  return {
    app,
    start: async () => {
      await receiver.start(port);
      isListening = true;
    },
    isUp: () => isListening,
    stop: async () => {
      isListening = false;
      await receiver.stop();
    },
  };
}

/** Slack: no more than five minutes apart; Bolt checks only the past (measured with 5.1). */
function isFromTheFuture(timestamp: unknown): boolean {
  const toleranceS = 300;
  return typeof timestamp === "string" && Number(timestamp) - Date.now() / 1_000 > toleranceS;
}

function createApp(
  { apiUrl, identity, logger, settings }: ConnectionOptions,
  receiver: SocketModeReceiver | HTTPReceiver,
): App {
  return new App({
    receiver,
    logger,
    convoStore: false,
    // Given by us, so that Bolt does not ask again un-awaited and end the process when Slack says no.
    authorize: async () => ({
      botToken: settings.botToken,
      botId: identity.botId,
      botUserId: identity.botUserId,
      teamId: identity.teamId,
    }),
    clientOptions: {
      slackApiUrl: apiUrl,
      fetch: fetchOverHttp,
      retryConfig: { retries: 0 },
      timeout: 2_500,
      rejectRateLimitedCalls: true,
    },
  });
}

async function withDeadline(started: Promise<unknown>, apiUrl: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no hello within ${helloTimeoutMs / 1_000} s`)), helloTimeoutMs);
  });
  try {
    await Promise.race([started, deadline]);
  } catch (cause) {
    const message = errorMessage(cause);
    const isRejected = /invalid_auth|not_allowed_token_type|missing_scope|forbidden_team/u.test(message);
    throw isRejected
      ? new AppError(
          "slack_rejected",
          `Slack at ${apiUrl} rejects the app token: ${message}; make one with the scope connections:write on the page of the Slack app`,
          { cause },
        )
      : new AppError(
          "slack_unreachable",
          `Slack at ${apiUrl} opened no socket: ${message}; check that Socket Mode is on and that WebSockets pass your proxy`,
          { cause },
        );
  } finally {
    clearTimeout(timer);
  }
}

import type { JsonObject } from "#practice/slack/json.ts";

/** What Slack sends to the app. `retry` counts from 0 and is for events only. */
export type Envelope = {
  readonly kind: "slash_commands" | "interactive" | "events_api";
  readonly payload: JsonObject;
  readonly acceptsResponse: boolean;
  readonly retry: number;
};

/** What became of it. `answer` is the body that the app answered with, undefined when there was none. */
export type Outcome =
  | { readonly kind: "acked"; readonly ackMs: number; readonly answer: unknown }
  | { readonly kind: "timed_out"; readonly afterMs: number }
  | { readonly kind: "refused"; readonly ackMs: number; readonly status: number }
  | { readonly kind: "no_connection" };

/** The way to the app: Socket Mode or HTTP. */
export type Delivery = {
  readonly mode: "socket" | "http";
  /** Sends once and waits for the acknowledgement, at most the workspace's ack time. Never rejects. */
  deliver(envelope: Envelope): Promise<Outcome>;
  /** Sends the newest envelope again, byte for byte; answers whether there was one. */
  replayLast(): boolean;
  /** Open Socket Mode connections; 0 or 1 in HTTP mode, where it says whether an address is known. */
  connections(): number;
  /** Makes the URL of a one-time Socket Mode link. */
  openLink(): string;
  /** Cuts all sockets without a word, as a broken network does. */
  dropSockets(): number;
  /** Recycles all sockets the way Slack does: a disconnect message, then the close. */
  refreshSockets(): number;
  stop(): Promise<void>;
};

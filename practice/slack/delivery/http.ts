import { createHmac } from "node:crypto";
import type { Faults } from "#practice/slack/faults.ts";
import { parseJson } from "#practice/slack/json.ts";
import type { Traffic } from "#practice/slack/traffic.ts";
import { atDeadline } from "./deadline.ts";
import type { Delivery, Envelope, Outcome } from "./delivery.ts";
import { nameOf } from "./socket-mode.ts";

type Parts = {
  readonly url: string;
  readonly signingSecret: string;
  readonly now: () => number;
  readonly ackTimeoutMs: number;
  readonly faults: Faults;
  readonly traffic: Traffic;
};

type SignedRequest = { readonly body: string; readonly headers: Record<string, string> };

/** HTTP delivery: signed requests to one request URL (docs.slack.dev, verifying requests from Slack). */
export class HttpDelivery implements Delivery {
  readonly mode = "http";
  readonly #parts: Parts;
  readonly #stopped = new AbortController();
  #last: SignedRequest | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async deliver(envelope: Envelope): Promise<Outcome> {
    const { faults } = this.#parts;
    const startedAt = performance.now();
    if (faults.delayDeliveryMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayDeliveryMs));
    const request = this.#sign(envelope);
    this.#last = request;
    const outcome = this.#post(request, startedAt);
    if (faults.takeDuplicate()) void this.#post(request, startedAt);
    const result = await outcome;
    this.#parts.traffic.add({
      kind: "envelope",
      name: nameOf(envelope),
      ms: result.kind === "acked" ? result.ackMs : null,
      status: result.kind === "refused" ? `HTTP ${result.status}` : result.kind,
      request: { headers: request.headers, payload: envelope.payload },
      response: result.kind === "acked" ? result.answer : undefined,
    });
    return result;
  }

  replayLast(): boolean {
    if (this.#last === undefined) return false;
    void this.#post(this.#last, performance.now());
    return true;
  }

  connections(): number {
    return 1;
  }

  openLink(): string {
    throw new Error("this workspace delivers by HTTP; start it with socket delivery to use Socket Mode");
  }

  dropSockets(): number {
    return 0;
  }

  refreshSockets(): number {
    return 0;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
  }

  #sign(envelope: Envelope): SignedRequest {
    const { faults, now, signingSecret } = this.#parts;
    const isEvent = envelope.kind === "events_api";
    const body = isEvent ? JSON.stringify(envelope.payload) : encodeForm(envelope);
    const timestamp = String(Math.floor(now() / 1_000) + faults.clockSkewS);
    const secret = faults.takeBadSignature() ? `${signingSecret}-wrong` : signingSecret;
    const digest = createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
    return {
      body,
      headers: {
        "content-type": isEvent ? "application/json" : "application/x-www-form-urlencoded",
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": `v0=${digest}`,
        ...(envelope.retry > 0
          ? { "x-slack-retry-num": String(envelope.retry), "x-slack-retry-reason": "http_timeout" }
          : {}),
      },
    };
  }

  async #post(request: SignedRequest, startedAt: number): Promise<Outcome> {
    const { ackTimeoutMs, url } = this.#parts;
    const late = new AbortController();
    const callOff = atDeadline(ackTimeoutMs - (performance.now() - startedAt), () => late.abort());
    const signal = AbortSignal.any([late.signal, this.#stopped.signal]);
    try {
      const response = await fetch(url, { method: "POST", redirect: "error", signal, ...request });
      const text = await response.text();
      const ackMs = Math.round(performance.now() - startedAt);
      if (!response.ok) return { kind: "refused", ackMs, status: response.status };
      return { kind: "acked", ackMs, answer: text === "" ? undefined : (parseJson(text) ?? text) };
    } catch (error) {
      // An abort is the end of the 3 s; anything else means that nobody listens at the request URL.
      const isTimeout = error instanceof Error && error.name === "AbortError";
      return isTimeout ? { kind: "timed_out", afterMs: ackTimeoutMs } : { kind: "no_connection" };
    } finally {
      callOff();
    }
  }
}

function encodeForm(envelope: Envelope): string {
  if (envelope.kind === "interactive")
    return new URLSearchParams({ payload: JSON.stringify(envelope.payload) }).toString();
  const fields = Object.entries(envelope.payload).map(([key, value]): [string, string] => [key, String(value)]);
  return new URLSearchParams(fields).toString();
}

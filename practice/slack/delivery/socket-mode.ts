import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Faults } from "#practice/slack/faults.ts";
import { isObject, parseJson, stringAt } from "#practice/slack/json.ts";
import type { Traffic } from "#practice/slack/traffic.ts";
import { APP } from "#practice/slack/workspace.ts";
import { atDeadline } from "./deadline.ts";
import type { Delivery, Envelope, Outcome } from "./delivery.ts";

const MAX_CONNECTIONS = 10;
const TICKET_LIFE_MS = 30_000;
const PING_EVERY_MS = 10_000;
const CLOSE_AFTER_REFRESH_MS = 200;
const CLOSE_WITHIN_MS = 300;
const MAX_FRAME_BYTES = 4 * 1024 * 1024;

type Parts = {
  readonly now: () => number;
  readonly address: () => string;
  readonly ackTimeoutMs: number;
  readonly faults: Faults;
  readonly traffic: Traffic;
  readonly onConnectionsChanged: () => void;
};

type Waiting = { readonly startedAt: number; readonly settle: (outcome: Outcome) => void };

/** Socket Mode: up to 10 connections, each envelope to exactly one of them (docs.slack.dev, using Socket Mode). */
export class SocketModeDelivery implements Delivery {
  readonly mode = "socket";
  readonly #parts: Parts;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  readonly #sockets = new Set<WebSocket>();
  /** Sockets that were asked to go; they get no more envelopes. */
  readonly #leaving = new WeakSet<WebSocket>();
  readonly #tickets = new Map<string, number>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #pings: NodeJS.Timeout;
  #lastFrame: string | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#pings = setInterval(() => {
      for (const socket of this.#sockets) socket.ping();
    }, PING_EVERY_MS);
    this.#pings.unref();
  }

  openLink(): string {
    const ticket = randomBytes(18).toString("base64url");
    const now = this.#parts.now();
    for (const [old, madeAt] of this.#tickets) if (now - madeAt > TICKET_LIFE_MS) this.#tickets.delete(old);
    this.#tickets.set(ticket, now);
    const base = this.#parts.address().replace("http://", "ws://");
    return `${base}/link/?ticket=${ticket}&app_id=${APP.id}`;
  }

  /** Takes the WebSocket upgrade of a link that `openLink` made; a wrong or used ticket is refused. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? "/", "http://127.0.0.1").searchParams.get("ticket") ?? "";
    const madeAt = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    const isFresh = madeAt !== undefined && this.#parts.now() - madeAt <= TICKET_LIFE_MS;
    if (!isFresh || this.#parts.faults.hasNoSocket) {
      socket.end(`HTTP/1.1 ${isFresh ? "503 Service Unavailable" : "401 Unauthorized"}\r\nConnection: close\r\n\r\n`);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (link) => this.#greet(link));
  }

  async deliver(envelope: Envelope): Promise<Outcome> {
    const outcome = this.#send(envelope);
    if (this.#parts.faults.takeDuplicate()) void this.#send(envelope);
    return outcome;
  }

  replayLast(): boolean {
    const socket = this.#pick();
    if (socket === undefined || this.#lastFrame === undefined) return false;
    socket.send(this.#lastFrame);
    return true;
  }

  connections(): number {
    return this.#sockets.size;
  }

  dropSockets(): number {
    const count = this.#sockets.size;
    for (const socket of this.#sockets) socket.terminate();
    return count;
  }

  refreshSockets(): number {
    const count = this.#sockets.size;
    for (const socket of this.#sockets) {
      this.#leaving.add(socket);
      socket.send(disconnectFrame("warning"));
      socket.send(disconnectFrame("refresh_requested"));
      setTimeout(() => socket.close(1000), CLOSE_AFTER_REFRESH_MS).unref();
    }
    return count;
  }

  async stop(): Promise<void> {
    clearInterval(this.#pings);
    for (const [, waiting] of this.#waiting) waiting.settle({ kind: "no_connection" });
    const closed = [...this.#sockets].map((socket) => closeSoon(socket));
    await Promise.all(closed);
    this.#server.close();
  }

  #greet(socket: WebSocket): void {
    socket.on("error", () => socket.terminate());
    if (this.#sockets.size >= MAX_CONNECTIONS) {
      socket.send(disconnectFrame("too_many_websockets"));
      socket.close(1000);
      return;
    }
    this.#sockets.add(socket);
    socket.on("message", (data) => this.#acknowledge(frameText(data)));
    socket.on("close", () => this.#forget(socket));
    socket.send(
      JSON.stringify({
        type: "hello",
        num_connections: this.#sockets.size,
        connection_info: { app_id: APP.id },
        debug_info: {
          host: "applink-practice-1",
          started: new Date(this.#parts.now()).toISOString().replace("T", " ").replace("Z", ""),
          build_number: 1,
          approximate_connection_time: 18_060,
        },
      }),
    );
    this.#parts.onConnectionsChanged();
  }

  #forget(socket: WebSocket): void {
    this.#sockets.delete(socket);
    this.#parts.onConnectionsChanged();
  }

  #pick(): WebSocket | undefined {
    const open = [...this.#sockets].filter((socket) => socket.readyState === socket.OPEN && !this.#leaving.has(socket));
    return open[Math.floor(Math.random() * open.length)];
  }

  async #send(envelope: Envelope): Promise<Outcome> {
    const startedAt = performance.now();
    if (this.#parts.faults.delayDeliveryMs > 0) await wait(this.#parts.faults.delayDeliveryMs);
    const socket = this.#pick();
    if (socket === undefined) {
      this.#record(envelope, undefined, { kind: "no_connection" });
      return { kind: "no_connection" };
    }
    const id = randomUUID();
    const frame = {
      envelope_id: id,
      type: envelope.kind,
      accepts_response_payload: envelope.acceptsResponse,
      ...(envelope.kind === "events_api"
        ? { retry_attempt: envelope.retry, retry_reason: envelope.retry === 0 ? "" : "timeout" }
        : {}),
      payload: envelope.payload,
    };
    this.#lastFrame = JSON.stringify(frame);
    const spentMs = performance.now() - startedAt;
    const outcome = await new Promise<Outcome>((resolve) => {
      const afterMs = this.#parts.ackTimeoutMs;
      const callOff = atDeadline(afterMs - spentMs, () => settle({ kind: "timed_out", afterMs }));
      const settle = (result: Outcome): void => {
        callOff();
        this.#waiting.delete(id);
        resolve(result);
      };
      this.#waiting.set(id, { startedAt, settle });
      socket.send(this.#lastFrame ?? "");
    });
    this.#record(envelope, frame, outcome);
    return outcome;
  }

  #acknowledge(text: string): void {
    const frame = parseJson(text);
    if (!isObject(frame)) return;
    const waiting = this.#waiting.get(stringAt(frame, "envelope_id") ?? "");
    if (waiting === undefined) {
      this.#parts.traffic.add({
        kind: "socket",
        name: "ack nobody waits for (late or unknown)",
        ms: null,
        status: "ignored",
        request: frame,
        response: undefined,
      });
      return;
    }
    waiting.settle({ kind: "acked", ackMs: elapsed(waiting.startedAt), answer: frame["payload"] });
  }

  #record(envelope: Envelope, frame: unknown, outcome: Outcome): void {
    this.#parts.traffic.add({
      kind: "envelope",
      name: nameOf(envelope),
      ms: outcome.kind === "acked" ? outcome.ackMs : null,
      status: outcome.kind,
      request: frame ?? envelope,
      response: outcome.kind === "acked" ? outcome.answer : undefined,
    });
  }
}

/** A short name of what an envelope carries, for the traffic inspector. */
export function nameOf(envelope: Envelope): string {
  const event = envelope.payload["event"];
  const type = isObject(event) ? stringAt(event, "type") : stringAt(envelope.payload, "type");
  return `${envelope.kind}: ${type ?? stringAt(envelope.payload, "command") ?? "?"}`;
}

/** Closes politely; a client that does not answer in time is cut off. */
async function closeSoon(socket: WebSocket): Promise<void> {
  const timer = setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.close(1001);
  await closed;
  clearTimeout(timer);
}

function frameText(data: RawData): string {
  return Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(new Uint8Array(data)).toString();
}

function disconnectFrame(reason: string): string {
  return JSON.stringify({ type: "disconnect", reason, debug_info: { host: "applink-practice-1" } });
}

function elapsed(startedAt: number): number {
  return Math.round(performance.now() - startedAt);
}

async function wait(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

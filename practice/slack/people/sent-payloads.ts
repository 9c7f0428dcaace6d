import type { JsonObject } from "#practice/slack/json.ts";
import type { Report } from "./report.ts";

const MAX_KEPT = 500;

/** A hand-made payload that was sent: whom an answer goes to, and what was there before. */
export type SentPayload = {
  readonly id: string;
  readonly user: string;
  readonly payload: JsonObject;
  /** The path of its response_url; undefined where the workspace made none. */
  readonly responsePath: string | undefined;
  /** Messages after this `ts` came later than the payload. */
  readonly sinceTs: string;
  readonly viewsBefore: readonly string[];
  readonly report: Report | undefined;
};

/** The newest hand-made payloads, kept so that late answers can still be asked for. */
export class SentPayloads {
  readonly #sent = new Map<string, SentPayload>();

  keep(sent: SentPayload): void {
    this.#sent.set(sent.id, sent);
    const oldest = this.#sent.keys().next();
    if (this.#sent.size > MAX_KEPT && oldest.done !== true) this.#sent.delete(oldest.value);
  }

  get(id: string): SentPayload | undefined {
    return this.#sent.get(id);
  }
}

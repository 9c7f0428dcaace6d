import { randomBytes } from "node:crypto";

const TRIGGER_LIFE_MS = 3_000;
const MAX_TRIGGERS = 1_000;

type Trigger = { readonly user: string; readonly viewId: string | undefined; readonly madeAt: number; isUsed: boolean };

/** What became of a trigger id that the app wants to exchange. */
export type Exchange =
  | { readonly kind: "ok"; readonly user: string; readonly viewId: string | undefined }
  | { readonly kind: "refused"; readonly error: "invalid_trigger_id" | "expired_trigger_id" | "exchanged_trigger_id" };

/** Trigger ids: one use within 3 s (docs.slack.dev, handling user interaction). */
export class Triggers {
  readonly #triggers = new Map<string, Trigger>();
  readonly #now: () => number;
  #next = 7_000;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Makes a trigger for what a person just did; `viewId` is the modal that they did it in. */
  make(user: string, viewId?: string): string {
    this.#next += 1;
    const id = `${this.#next}.26768.${randomBytes(16).toString("hex")}`;
    this.#triggers.set(id, { user, viewId, madeAt: this.#now(), isUsed: false });
    const oldest = this.#triggers.keys().next();
    if (this.#triggers.size > MAX_TRIGGERS && oldest.done !== true) this.#triggers.delete(oldest.value);
    return id;
  }

  exchange(id: string): Exchange {
    const trigger = this.#triggers.get(id);
    if (trigger === undefined) return { kind: "refused", error: "invalid_trigger_id" };
    if (trigger.isUsed) return { kind: "refused", error: "exchanged_trigger_id" };
    if (this.#now() - trigger.madeAt > TRIGGER_LIFE_MS) return { kind: "refused", error: "expired_trigger_id" };
    trigger.isUsed = true;
    return { kind: "ok", user: trigger.user, viewId: trigger.viewId };
  }
}

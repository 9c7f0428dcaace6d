import { errorMessage } from "#src/kernel/app-error.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Logger } from "#src/log.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Upgrade } from "#src/upgrade/state.ts";

/** Delayed jobs of the queue; only a doorbell, like every ring: what is due is asked of the record. */
export interface WakePorts {
  /** Wakes one of the replicas then; a later time for the same upgrade takes the place of an earlier one. */
  readonly set: (at: Instant, id: UpgradeId) => Promise<void>;
  /** Calls back whenever one is heard, until disposed. */
  readonly hear: (onWake: () => void) => Promise<AsyncDisposable>;
}

/** A queue may be flushed or put back: each is made anew this often. */
const renewAfterMs = 60_000;

/** Keeps the queue's delayed jobs as the record wants them: made at the start of the bot, and anew every minute. */
export class Wakes {
  readonly #set: WakePorts["set"];
  readonly #log: Logger;
  readonly #made = new Map<UpgradeId, { readonly at: Instant; readonly madeAt: Instant }>();

  constructor(set: WakePorts["set"], log: Logger) {
    this.#set = set;
    this.#log = log;
  }

  /** One look at what is open. Never rejects: a wake that is missing only costs moments, as the record is looked at anyway. */
  async look(open: readonly Upgrade[], now: Instant): Promise<void> {
    const wanted = new Map(open.flatMap((upgrade) => wakeOf(upgrade, now)));
    for (const id of this.#made.keys()) if (!wanted.has(id)) this.#made.delete(id);
    await Promise.all([...wanted].map(([id, at]) => this.#make(id, at, now)));
  }

  async #make(id: UpgradeId, at: Instant, now: Instant): Promise<void> {
    const made = this.#made.get(id);
    if (made?.at === at && isAfter(addMs(made.madeAt, renewAfterMs), now)) return;
    this.#made.set(id, { at, madeAt: now });
    try {
      await this.#set(at, id);
    } catch (thrown) {
      this.#log.warn({ upgrade: id, at, problem: errorMessage(thrown) }, "a wake could not be set; tried again soon");
    }
  }
}

/** When something becomes due by itself: a scheduled start, or the end of what the calendar holds back. */
function wakeOf(upgrade: Upgrade, now: Instant): readonly (readonly [UpgradeId, Instant])[] {
  const at =
    upgrade.status === "planned"
      ? upgrade.schedule?.at
      : upgrade.status === "active"
        ? upgrade.heldBack?.hold.until
        : undefined;
  return at !== undefined && isAfter(at, now) ? [[upgrade.id, at]] : [];
}

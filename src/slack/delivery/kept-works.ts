import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { UpgradeWork } from "./work.ts";

/** How much is kept, over all upgrades together. */
export interface KeptAtMost {
  readonly works: number;
  /** In events (`Thread.weight`). */
  readonly weight: number;
}

/**
 * Upgrades that Slack shows completely, kept so that a long record is not read and drawn from its beginning for each event
 * that follows. Those that changed last stay; what is closed hardly changes any more and goes at once.
 */
export class KeptWorks {
  readonly #atMost: KeptAtMost;
  readonly #works = new Map<UpgradeId, UpgradeWork>();
  #weight = 0;

  constructor(atMost: KeptAtMost) {
    this.#atMost = atMost;
  }

  /** Hands an upgrade out; undefined where it has to be read. */
  take(id: UpgradeId): UpgradeWork | undefined {
    const work = this.#works.get(id);
    if (work === undefined) return undefined;
    this.#works.delete(id);
    this.#weight -= work.thread.weight;
    return work;
  }

  keep(work: UpgradeWork): void {
    this.take(work.id);
    if (work.thread.isClosed) return;
    // Another replica may have sent something by the time that it is needed again.
    work.isLoaded = false;
    this.#works.set(work.id, work);
    this.#weight += work.thread.weight;
    for (const oldest of this.#works.keys()) {
      if (this.#weight <= this.#atMost.weight && this.#works.size <= this.#atMost.works) return;
      this.take(oldest);
    }
  }
}

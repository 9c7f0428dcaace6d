import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Budget, Pace } from "./budget.ts";
import type { DesiredPost } from "./desired-post.ts";
import { editPaceOf } from "./work.ts";

/** The card changes with every event: a little slower than the rest, it leaves room for the lines. */
const steadyFactor = 1.5;
/**
 * How far the cards of all upgrades together may be ahead of what Slack takes: a few of them never wait, and those of fifty
 * leave room for edits that nobody may wait for.
 */
const steadyOverdraft = 6;
/** How long a message is remembered after it was sent or edited. */
const memoryMs = 60_000;

interface RhythmPorts {
  readonly pace: Pace;
  /** Of chat.update, over all channels. */
  readonly edits: Budget;
  readonly now: () => number;
}

/** How often one message is edited: those that people wait for at once, the others with some seconds between. */
export class EditRhythm {
  readonly #ports: RhythmPorts;
  readonly #lastSent = new Map<string, number>();

  constructor(ports: RhythmPorts) {
    this.#ports = ports;
  }

  sent(upgradeId: UpgradeId, key: string): void {
    this.#lastSent.set(`${upgradeId}/${key}`, this.#ports.now());
  }

  /** When an edit may be made, by the clock of the delivery in milliseconds: 0 for now. */
  dueAt(upgradeId: UpgradeId, post: DesiredPost): number {
    const { edits, pace } = this.#ports;
    const now = this.#ports.now();
    const last = this.#lastSent.get(`${upgradeId}/${post.key}`) ?? -Infinity;
    const editPace = editPaceOf(post);
    const sinceLast = { at_once: 0, steady: pace.editEveryMs * steadyFactor, spare: pace.editEveryMs }[editPace];
    const waitMs = {
      at_once: edits.pausedMs(now),
      steady: edits.waitMs(now, steadyOverdraft),
      spare: edits.waitMs(now),
    }[editPace];
    const forMethod = now + waitMs;
    const dueAt = Math.max(sinceLast === 0 ? 0 : last + sinceLast, forMethod);
    return dueAt <= now ? 0 : dueAt;
  }

  /** Memory is bounded by what was sent lately. */
  forgetOld(): void {
    const horizon = this.#ports.now() - memoryMs;
    for (const [key, at] of this.#lastSent) if (at < horizon) this.#lastSent.delete(key);
  }
}

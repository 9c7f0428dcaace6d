import { errorMessage } from "#src/kernel/app-error.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import { isTallyLine } from "#src/upgrade/node-tally.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { Log } from "#src/slack/log.ts";

/** One attempt of one step, as its output is stored. */
export interface AttemptRef {
  readonly upgradeId: UpgradeId;
  readonly stepId: string;
  readonly attempt: number;
}

/** The last lines that an attempt printed so far, redacted; none when there are none. */
export type ReadTail = (attempt: AttemptRef) => Promise<readonly string[]>;

/** The last lines of the step that runs now. */
export interface LiveTail extends AttemptRef {
  readonly lines: readonly string[];
  /** How many of its nodes are done, where it works on several; the newest that was seen. */
  readonly tally?: string;
}

interface LiveTailParts {
  readonly desk: Pick<Desk, "find">;
  readonly read: ReadTail;
  readonly everyMs: number;
  readonly log: Log;
  /** What an upgrade should show has changed. */
  readonly onChange: (id: UpgradeId) => void;
}

/** Open upgrades are fewer. */
const maxReads = 100;

/**
 * Knows the last lines of running steps. Slack takes some 50 edits a minute, over all channels: one upgrade at a time gets
 * new lines, in turns, so that all of them together leave room for the lines that tell how something ended.
 */
export class LiveTails {
  readonly #parts: LiveTailParts;
  /** In the order of whose turn it is. */
  readonly #live = new Map<UpgradeId, LiveTail>();
  #timer: NodeJS.Timeout | undefined;
  #isFailing = false;
  #isStopped = false;

  constructor(parts: LiveTailParts) {
    this.#parts = parts;
  }

  /** Undefined where nothing runs. */
  of(id: UpgradeId): LiveTail | undefined {
    return this.#live.get(id);
  }

  /** The record of this upgrade was read: what runs now is followed from here on. */
  async follow(id: UpgradeId): Promise<void> {
    const running = await this.#running(id);
    if (running === undefined) {
      this.#live.delete(id);
      return;
    }
    const known = this.#live.get(id);
    if (known?.stepId === running.stepId && known.attempt === running.attempt) return;
    // At once, so that a replica that takes over does not take the lines away first.
    this.#live.set(id, tailOf(running, (await this.#read(running)) ?? []));
    this.#wait();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#live.clear();
  }

  async #running(upgradeId: UpgradeId): Promise<AttemptRef | undefined> {
    const upgrade = await this.#parts.desk.find(upgradeId);
    const current = upgrade?.status === "active" ? currentStep(upgrade) : undefined;
    if (current?.progress.kind !== "running") return undefined;
    return { upgradeId, stepId: current.step.id, attempt: current.progress.attempt };
  }

  #wait(): void {
    if (this.#timer !== undefined || this.#isStopped || this.#live.size === 0) return;
    this.#timer = setTimeout(() => void this.#lookAndWait(), this.#parts.everyMs);
  }

  async #lookAndWait(): Promise<void> {
    await this.#look();
    this.#timer = undefined;
    this.#wait();
  }

  async #look(): Promise<void> {
    for (const [id, tail] of [...this.#live].slice(0, maxReads)) {
      const lines = await this.#read(tail);
      const isStill = this.#live.get(id) === tail;
      if (lines === undefined || !isStill) continue;
      const seen = tailOf(tail, lines);
      if (seen.tally === tail.tally && isSame(seen.lines, tail.lines)) continue;
      this.#live.delete(id);
      this.#live.set(id, seen);
      this.#parts.onChange(id);
      return;
    }
  }

  /** Undefined where they could not be read: the thread goes on without them. */
  async #read(attempt: AttemptRef): Promise<readonly string[] | undefined> {
    try {
      const lines = await this.#parts.read(attempt);
      this.#isFailing = false;
      return lines;
    } catch (error) {
      if (!this.#isFailing) {
        this.#parts.log.warn(
          { upgrade: attempt.upgradeId, problem: errorMessage(error) },
          "the output of a running step could not be read; tried again",
        );
      }
      this.#isFailing = true;
      return undefined;
    }
  }
}

/** Talkative commands push the tally out of the last lines: it stands until there is a newer one. */
function tailOf(before: AttemptRef & Pick<LiveTail, "tally">, lines: readonly string[]): LiveTail {
  const { upgradeId, stepId, attempt } = before;
  const tally = lines.findLast((line) => isTallyLine(line)) ?? before.tally;
  return {
    upgradeId,
    stepId,
    attempt,
    lines: lines.filter((line) => !isTallyLine(line)),
    ...(tally === undefined ? {} : { tally }),
  };
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((line, index) => line === right[index]);
}

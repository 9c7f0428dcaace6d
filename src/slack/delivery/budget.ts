/** Slack: one message per second and channel, short bursts allowed (docs.slack.dev, rate limits). */
export interface Pace {
  readonly everyMs: number;
  readonly burst: number;
  /** Least time between two edits of one message that nobody waits for. */
  readonly editEveryMs: number;
  /** Least time between edits that nobody waits for, over all channels: chat.update allows some 50 a minute (tier 3). */
  readonly allEditsEveryMs: number;
  /** Least time between two looks at what running steps print. */
  readonly tailEveryMs: number;
}

export const slackPace: Pace = {
  everyMs: 1_000,
  burst: 3,
  editEveryMs: 2_000,
  allEditsEveryMs: 1_700,
  tailEveryMs: 2_500,
};

/** What may be called how often: a channel's messages, or a method. Times are milliseconds of one steady clock. */
export class Budget {
  readonly #pace: Pick<Pace, "everyMs" | "burst">;
  #tokens: number;
  #filledAt: number;
  #pausedUntil = 0;

  constructor(pace: Pick<Pace, "everyMs" | "burst">, now: number) {
    this.#pace = pace;
    this.#tokens = pace.burst;
    this.#filledAt = now;
  }

  /**
   * Milliseconds until the next call may be made; 0 when it may be made now. `overdraft` is how many calls it may be ahead
   * of its time, which those after it have to wait for.
   */
  waitMs(now: number, overdraft = 0): number {
    this.#fill(now);
    const missing = 1 - overdraft - this.#tokens;
    const forToken = Math.max(0, missing) * this.#pace.everyMs;
    return Math.ceil(Math.max(forToken, this.pausedMs(now)));
  }

  /** Milliseconds until a pause ends, whatever was used. */
  pausedMs(now: number): number {
    return Math.max(0, this.#pausedUntil - now);
  }

  take(now: number): void {
    this.#fill(now);
    this.#tokens -= 1;
  }

  /** Slack said 429, or nothing can be reached: nothing is sent until then, and no burst follows. */
  pause(now: number, durationMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, now + durationMs);
    this.#tokens = Math.min(this.#tokens, 1);
  }

  #fill(now: number): void {
    const gained = (now - this.#filledAt) / this.#pace.everyMs;
    this.#tokens = Math.min(this.#pace.burst, this.#tokens + Math.max(0, gained));
    this.#filledAt = now;
  }
}

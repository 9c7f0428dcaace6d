/** Slack: one message per second and channel, short bursts allowed (docs.slack.dev, rate limits). */
export interface Pace {
  readonly everyMs: number;
  readonly burst: number;
  /** Least time between two edits of one message that nobody waits for. */
  readonly editEveryMs: number;
}

export const slackPace: Pace = { everyMs: 1_000, burst: 3, editEveryMs: 2_000 };

/** One budget for everything that is sent to a channel. Times are epoch milliseconds. */
export class Budget {
  readonly #pace: Pace;
  #tokens: number;
  #filledAt: number;
  #pausedUntil = 0;

  constructor(pace: Pace, now: number) {
    this.#pace = pace;
    this.#tokens = pace.burst;
    this.#filledAt = now;
  }

  /** Milliseconds until the next call may be made; 0 when it may be made now. */
  waitMs(now: number): number {
    this.#fill(now);
    const forToken = this.#tokens >= 1 ? 0 : (1 - this.#tokens) * this.#pace.everyMs;
    return Math.ceil(Math.max(forToken, this.#pausedUntil - now, 0));
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

import type { RateLimitMode } from "#practice/slack/faults.ts";

const MINUTE_MS = 60_000;
/** Slack lets short bursts through on 1 message per second and channel, without a number; this one is ours. */
const BURST = { real: 5, harsh: 1 } as const;
const HARSH_DIVISOR = 4;

type Bucket = { tokens: number; filledAt: number };

/** Tiers per method (sliding minute) and 1 message per second and channel (docs.slack.dev, rate limits). */
export class RateLimits {
  readonly #calls = new Map<string, number[]>();
  readonly #channels = new Map<string, Bucket>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a call; answers the seconds to wait when it is one too many, else undefined. */
  take(mode: RateLimitMode, method: string, perMinute: number): number | undefined {
    if (mode === "off") return undefined;
    const now = this.#now();
    const limit = mode === "harsh" ? Math.max(1, Math.floor(perMinute / HARSH_DIVISOR)) : perMinute;
    const recent = (this.#calls.get(method) ?? []).filter((at) => now - at < MINUTE_MS);
    const [first] = recent;
    if (recent.length >= limit && first !== undefined) {
      this.#calls.set(method, recent);
      return secondsUntil(first + MINUTE_MS - now);
    }
    this.#calls.set(method, [...recent, now]);
    return undefined;
  }

  /** Counts a message to a channel; answers the seconds to wait when it is one too many, else undefined. */
  takeMessage(mode: RateLimitMode, channel: string): number | undefined {
    if (mode === "off") return undefined;
    const now = this.#now();
    const burst = BURST[mode];
    const bucket = this.#channels.get(channel) ?? { tokens: burst, filledAt: now };
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.filledAt) / 1_000);
    const isAllowed = tokens >= 1;
    this.#channels.set(channel, { tokens: isAllowed ? tokens - 1 : tokens, filledAt: now });
    return isAllowed ? undefined : secondsUntil((1 - tokens) * 1_000);
  }
}

function secondsUntil(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}

import type { Answer } from "./request-outcome.ts";

const periods = [
  ["second", 1],
  ["minute", 60],
  ["hour", 3_600],
  ["day", 86_400],
] as const;

/** Counters are dropped when their window ends, and all at once when somebody sends from more addresses than this. */
const maxCounters = 10_000;

/** Limits of one plugin instance, requests per period. */
export type Limits = Readonly<Partial<Record<(typeof periods)[number][0], number | null>>>;

/** Counts requests per worker, like `policy = local`; months and years are not simulated. */
export class RateLimiter {
  readonly #counters = new Map<string, { count: number; readonly endsAt: number }>();

  /** Counts one request. The headers go with the answer either way; `exceeded` is set when it must be refused. */
  take(
    key: string,
    limits: Limits,
    nowSeconds: number,
  ): { headers: Record<string, string>; exceeded: Answer | undefined } {
    const headers: Record<string, string> = {};
    let tightest: { limit: number; remaining: number; reset: number } | undefined;
    let isOver = false;
    for (const [period, seconds] of periods) {
      const limit = limits[period];
      if (typeof limit !== "number") continue;
      const endsAt = (Math.floor(nowSeconds / seconds) + 1) * seconds;
      const counter = this.#counter(`${key}:${period}:${endsAt}`, endsAt, nowSeconds);
      isOver ||= counter.count >= limit;
      if (counter.count < limit) counter.count += 1;
      const remaining = limit - counter.count;
      const name = period.charAt(0).toUpperCase() + period.slice(1);
      headers[`X-RateLimit-Limit-${name}`] = String(limit);
      headers[`X-RateLimit-Remaining-${name}`] = String(remaining);
      const reset = Math.max(1, Math.ceil(endsAt - nowSeconds));
      if (tightest === undefined || remaining < tightest.remaining) tightest = { limit, remaining, reset };
    }
    if (tightest !== undefined) {
      headers["RateLimit-Limit"] = String(tightest.limit);
      headers["RateLimit-Remaining"] = String(tightest.remaining);
      headers["RateLimit-Reset"] = String(tightest.reset);
    }
    const retry = { "Retry-After": String(tightest?.reset ?? 1) };
    return {
      headers,
      exceeded: isOver
        ? { status: 429, message: "API rate limit exceeded", headers: { ...headers, ...retry } }
        : undefined,
    };
  }

  #counter(key: string, endsAt: number, now: number): { count: number; readonly endsAt: number } {
    const present = this.#counters.get(key);
    if (present !== undefined) return present;
    for (const [old, counter] of this.#counters) if (counter.endsAt <= now) this.#counters.delete(old);
    if (this.#counters.size >= maxCounters) this.#counters.clear();
    const created = { count: 0, endsAt };
    this.#counters.set(key, created);
    return created;
  }
}

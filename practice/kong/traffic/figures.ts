/** One finished request of a simulated client; times in milliseconds since the epoch. */
export interface Sample {
  readonly at: number;
  readonly node: string;
  readonly path: string;
  readonly durationMs: number;
  /** Why it counts as an error: transport error, 5xx, or a status that was not expected. */
  readonly error: string | undefined;
}

/** Counts over some time; `error_rate` is 0 to 1, and null when nothing was sent. */
interface Counts {
  readonly requests: number;
  readonly errors: number;
  readonly error_rate: number | null;
}

/** The figures of one node, or of all together. */
interface Figures extends Counts {
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  readonly since_start: Counts;
}

/** What `GET /` of the traffic generator answers. */
export interface TrafficReport {
  readonly started_at: string;
  readonly window_seconds: number;
  readonly total: Figures;
  readonly nodes: Readonly<Record<string, Figures>>;
  readonly last_errors: readonly {
    readonly at: string;
    readonly node: string;
    readonly path: string;
    readonly error: string;
  }[];
}

/** What was sent within some time, by all clients together. */
export interface Stretch {
  /** How long it really was: less than asked right after the start. */
  readonly seconds: number;
  readonly requests: number;
  readonly errors: number;
  /** How long each request took, the shortest first. */
  readonly sortedMs: readonly number[];
  /** False until the first request ever has ended. */
  readonly wasAnySent: boolean;
}

/** Samples older than the longest window, or beyond this number, are forgotten. */
const maxSamples = 20_000;
const maxLastErrors = 20;

/** Keeps a sliding window of samples and totals since the start. */
export class FigureKeeper {
  readonly #startedAt: number;
  readonly #longestWindowMs: number;
  readonly #totals: Map<string, { requests: number; errors: number }>;
  #samples: Sample[] = [];
  #lastErrors: Sample[] = [];

  constructor(nodes: readonly string[], startedAt: number, longestWindowSeconds: number) {
    this.#startedAt = startedAt;
    this.#longestWindowMs = longestWindowSeconds * 1_000;
    this.#totals = new Map(nodes.map((node) => [node, { requests: 0, errors: 0 }]));
  }

  add(sample: Sample): void {
    this.#samples.push(sample);
    if (this.#samples.length > maxSamples) this.#samples = this.#samples.slice(-maxSamples / 2);
    const total = this.#totals.get(sample.node);
    if (total === undefined) throw new Error(`traffic sample of an unknown node ${sample.node}`);
    total.requests += 1;
    if (sample.error === undefined) return;
    total.errors += 1;
    this.#lastErrors = [...this.#lastErrors, sample].slice(-maxLastErrors);
  }

  /** Figures over the last `windowSeconds`, at most the longest window. */
  report(now: number, windowSeconds: number): TrafficReport {
    const recent = this.#recent(now, windowSeconds);
    const all = { requests: 0, errors: 0 };
    const nodes: Record<string, Figures> = {};
    for (const [node, total] of this.#totals) {
      all.requests += total.requests;
      all.errors += total.errors;
      nodes[node] = figures(
        recent.filter((sample) => sample.node === node),
        total,
      );
    }
    return {
      started_at: new Date(this.#startedAt).toISOString(),
      window_seconds: windowSeconds,
      total: figures(recent, all),
      nodes,
      last_errors: this.#lastErrors.map(({ at, node, path, error }) => ({
        at: new Date(at).toISOString(),
        node,
        path,
        error: error ?? "",
      })),
    };
  }

  /** What was sent within the last `windowSeconds`, at most the longest window. */
  stretch(now: number, windowSeconds: number): Stretch {
    const recent = this.#recent(now, windowSeconds);
    const longestMs = Math.min(windowSeconds * 1_000, this.#longestWindowMs);
    return {
      seconds: Math.max(1, Math.min(longestMs, now - this.#startedAt)) / 1_000,
      requests: recent.length,
      errors: recent.filter((sample) => sample.error !== undefined).length,
      sortedMs: sortedTimes(recent),
      wasAnySent: [...this.#totals.values()].some(({ requests }) => requests > 0),
    };
  }

  #recent(now: number, windowSeconds: number): readonly Sample[] {
    this.#samples = this.#samples.filter((sample) => sample.at > now - this.#longestWindowMs);
    return this.#samples.filter((sample) => sample.at > now - windowSeconds * 1_000);
  }
}

function sortedTimes(samples: readonly Sample[]): readonly number[] {
  return samples.map((sample) => sample.durationMs).sort((a, b) => a - b);
}

function figures(samples: readonly Sample[], total: { readonly requests: number; readonly errors: number }): Figures {
  const durations = sortedTimes(samples);
  const errors = samples.filter((sample) => sample.error !== undefined).length;
  return {
    ...counts(samples.length, errors),
    p50_ms: percentile(durations, 0.5),
    p99_ms: percentile(durations, 0.99),
    since_start: counts(total.requests, total.errors),
  };
}

function counts(requests: number, errors: number): Counts {
  return { requests, errors, error_rate: requests === 0 ? null : errors / requests };
}

/** Nearest rank; null without values. */
function percentile(sorted: readonly number[], part: number): number | null {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)];
  return value === undefined ? null : Math.round(value * 10) / 10;
}

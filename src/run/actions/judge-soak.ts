import type { Measurements } from "#src/plan/measurements.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import { percent } from "./baseline.ts";

type ErrorRate = NonNullable<Measurements["errorRate"]>;

/** One look during a soak; `problem` says why there is no error rate. */
export interface SoakSample {
  readonly errorRate?: ErrorRate;
  readonly problem?: string;
  readonly smoke?: ProbeResult;
  /** Taken late enough not to tell of the time before: many sources tell the rate of the last minutes. */
  readonly isSettled: boolean;
}

export interface SoakLimits {
  readonly baseline: ErrorRate | undefined;
  /** Highest share of failed requests (0–1) above the baseline that still passes. */
  readonly maxErrorRateIncrease: number;
  readonly isMetered: boolean;
  readonly isOver: boolean;
}

export type SoakVerdict =
  | { readonly kind: "watching" }
  | { readonly kind: "pass" | "fail" | "inconclusive"; readonly sentence: string };

/** One odd sample is a hiccup; this many in a row are a fault. */
const badInARow = 3;
/** With fewer readable samples than this share nobody can say that it went well. */
const minReadable = 0.5;

/**
 * Judges a soak by its samples so far: fails as soon as it is clear, passes only at the end, and says "inconclusive"
 * where there was no traffic or no data, so that a person decides.
 */
export function judgeSoak(samples: readonly SoakSample[], limits: SoakLimits): SoakVerdict {
  const recent = samples.slice(-badInARow);
  const isSmoking = recent.length === badInARow && recent.every((sample) => sample.smoke?.verdict === "not_ok");
  const lastSmoke = samples.at(-1)?.smoke;
  if (lastSmoke !== undefined && (isSmoking || (limits.isOver && lastSmoke.verdict === "not_ok"))) {
    return { kind: "fail", sentence: `smoke tests fail: ${lastSmoke.summary}` };
  }
  const allowed = (limits.baseline?.rate ?? 0) + limits.maxErrorRateIncrease;
  const isOverLimit = (sample: SoakSample): boolean =>
    sample.isSettled &&
    sample.errorRate !== undefined &&
    sample.errorRate.requests > 0 &&
    sample.errorRate.rate > allowed;
  if (limits.baseline !== undefined && recent.length === badInARow && recent.every(isOverLimit)) {
    return { kind: "fail", sentence: `${describeRate(recent)}; at most ${percent(allowed)} are allowed` };
  }
  if (!limits.isOver) return { kind: "watching" };
  return limits.isMetered ? judgeRates(samples, limits, allowed) : judgeSmokeOnly(samples);
}

function judgeRates(samples: readonly SoakSample[], { baseline }: SoakLimits, allowed: number): SoakVerdict {
  const read = samples.filter((sample) => sample.isSettled && sample.errorRate !== undefined);
  const settled = samples.filter((sample) => sample.isSettled).length;
  if (read.length === 0 || read.length < settled * minReadable) {
    const problem = samples.findLast((sample) => sample.problem !== undefined)?.problem ?? "no answer";
    return {
      kind: "inconclusive",
      sentence: `the error rate could be read only ${read.length} of ${settled} times (${problem})`,
    };
  }
  if (baseline === undefined) {
    return { kind: "inconclusive", sentence: `${describeRate(read)}, but there is no baseline to compare with` };
  }
  const { requests, rate } = meanRate(read);
  if (requests === 0) return { kind: "inconclusive", sentence: "no traffic came while it was watched" };
  const compared = `${describeRate(read)} (${percent(baseline.rate)} before; at most ${percent(allowed)} are allowed)`;
  return { kind: rate > allowed ? "fail" : "pass", sentence: compared };
}

function judgeSmokeOnly(samples: readonly SoakSample[]): SoakVerdict {
  const asked = samples.filter((sample) => sample.smoke !== undefined);
  const good = asked.filter((sample) => sample.smoke?.verdict === "ok");
  if (asked.length === 0) {
    return { kind: "inconclusive", sentence: "neither an address with the error rate nor smoke tests are configured" };
  }
  const counted = `smoke tests passed in ${good.length} of ${asked.length} rounds`;
  return { kind: good.length === asked.length ? "pass" : "inconclusive", sentence: counted };
}

function describeRate(samples: readonly SoakSample[]): string {
  const { requests, rate } = meanRate(samples);
  return `${percent(rate)} of requests failed in ${samples.length} samples (${requests} requests seen)`;
}

/** Weighted by requests; right for sources that tell totals and for those that tell a sliding window. */
function meanRate(samples: readonly SoakSample[]): { readonly requests: number; readonly rate: number } {
  let requests = 0;
  let failed = 0;
  for (const { errorRate } of samples) {
    requests += errorRate?.requests ?? 0;
    failed += (errorRate?.rate ?? 0) * (errorRate?.requests ?? 0);
  }
  return { requests, rate: requests === 0 ? 0 : failed / requests };
}

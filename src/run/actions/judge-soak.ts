import { allowedMs, percentiles, together } from "#src/plan/traffic.ts";
import type { Percentile, TrafficFigures, TrafficLimits } from "#src/plan/traffic.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";

/** One look during a soak; `problem` says why there are no figures. */
export interface SoakSample {
  readonly figures?: TrafficFigures;
  readonly problem?: string;
  readonly smoke?: ProbeResult;
  /** Taken late enough not to tell of the time before: many sources tell the rate of the last minutes. */
  readonly isSettled: boolean;
}

export interface SoakLimits extends TrafficLimits {
  readonly baseline: TrafficFigures | undefined;
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
 * where there was no traffic or no data, so that a person decides. Where the newest sample saw nothing, it asks for a few
 * more.
 */
export function judgeSoak(samples: readonly SoakSample[], limits: SoakLimits): SoakVerdict {
  const recent = samples.slice(-badInARow);
  const isSmoking = recent.length === badInARow && recent.every((sample) => sample.smoke?.verdict === "not_ok");
  const lastSmoke = samples.at(-1)?.smoke;
  if (lastSmoke !== undefined && (isSmoking || (limits.isOver && lastSmoke.verdict === "not_ok"))) {
    return { kind: "fail", sentence: `smoke tests fail: ${lastSmoke.summary}` };
  }
  const clear = failureOfAll(recent, limits);
  if (clear !== undefined) return clear;
  if (!limits.isOver) return { kind: "watching" };
  return limits.isMetered ? judgeFigures(samples, limits) : judgeSmokeOnly(samples);
}

/** A figure that is over its limit in each of the last samples needs no more watching. */
function failureOfAll(recent: readonly SoakSample[], limits: SoakLimits): SoakVerdict | undefined {
  const { baseline, minRequests } = limits;
  const figures = recent.flatMap((sample) =>
    sample.isSettled && sample.figures !== undefined ? [sample.figures] : [],
  );
  if (baseline === undefined || baseline.requests < minRequests || figures.length < badInARow) return undefined;
  const now = together(figures);
  if (now.requests < minRequests || figures.some(({ requests }) => requests === 0)) return undefined;
  const each = figures.map((one) => comparisonsOf(baseline, one, limits));
  const bad = comparisonsOf(baseline, now, limits).filter(
    ({ name, state }) =>
      state === "over" && each.every((list) => list.some((one) => one.name === name && one.state === "over")),
  );
  if (bad.length === 0) return undefined;
  return { kind: "fail", sentence: `${bad.map(({ text }) => text).join("; ")} (${countText(now, figures.length)})` };
}

function judgeFigures(samples: readonly SoakSample[], limits: SoakLimits): SoakVerdict {
  const { baseline, minRequests } = limits;
  const settled = samples.filter((sample) => sample.isSettled);
  const read = settled.flatMap(({ figures }) => (figures === undefined ? [] : [figures]));
  if (read.length === 0 || read.length < settled.length * minReadable) {
    const problem = samples.findLast((sample) => sample.problem !== undefined)?.problem ?? "no answer";
    const sentence = `the figures could be read only ${read.length} of ${settled.length} times (${problem})`;
    return { kind: "inconclusive", sentence };
  }
  const now = together(read);
  const seen = countText(now, read.length);
  if (baseline === undefined)
    return { kind: "inconclusive", sentence: `${plainText(now)} (${seen}), but there is no baseline to compare with` };
  if (now.requests === 0) return { kind: "inconclusive", sentence: "no traffic came while it was watched" };
  const tooFew = [
    ...(now.requests < minRequests ? [`only ${count(now.requests)} requests came while it was watched`] : []),
    ...(baseline.requests < minRequests ? [`only ${count(baseline.requests)} were counted for the baseline`] : []),
  ];
  const compared = comparisonsOf(baseline, now, limits);
  const all = `${compared.map(({ text }) => text).join("; ")} (${seen})`;
  if (tooFew.length > 0) {
    const sentence = `${tooFew.join(" and ")}, fewer than the ${minRequests} that a judgement takes; ${all}`;
    return { kind: "inconclusive", sentence };
  }
  if (compared.some(({ state }) => state === "over")) return { kind: "fail", sentence: all };
  if (compared.some(({ state }) => state === "untold")) return { kind: "inconclusive", sentence: all };
  return passing(settled, all);
}

/** The figures are good. How it is at the very end has to be seen, too, and smoke tests must not say otherwise. */
function passing(settled: readonly SoakSample[], figures: string): SoakVerdict {
  const blind = blindAtEnd(settled);
  if (blind.length >= badInARow) {
    const why = blind.at(-1)?.problem ?? "no requests came";
    return {
      kind: "inconclusive",
      sentence: `nothing was seen in the last ${blind.length} samples (${why}); before, ${figures}`,
    };
  }
  if (blind.length > 0) return { kind: "watching" };
  const smoke = settled.some((sample) => sample.smoke !== undefined) ? judgeSmokeOnly(settled) : undefined;
  if (smoke === undefined || smoke.kind === "pass" || smoke.kind === "watching")
    return { kind: "pass", sentence: figures };
  return { kind: "inconclusive", sentence: `${smoke.sentence}; ${figures}` };
}

/** The newest samples that saw no request: whatever came before them, they are how it is now. */
function blindAtEnd(samples: readonly SoakSample[]): readonly SoakSample[] {
  const last = samples.findLastIndex(({ figures }) => figures !== undefined && figures.requests > 0);
  return samples.slice(last + 1);
}

interface Comparison {
  readonly name: keyof TrafficFigures;
  readonly state: "within" | "over" | "untold";
  readonly text: string;
}

/** Every figure that counts, with its limit. One that only one side tells cannot be compared, and lets nothing pass. */
function comparisonsOf(before: TrafficFigures, now: TrafficFigures, limits: SoakLimits): readonly Comparison[] {
  return [
    errorComparison(before, now, limits),
    ...percentiles.flatMap((name) => latencyComparison(name, { before, now, limits })),
    ...rateComparison(before, now, limits),
  ];
}

function errorComparison(before: TrafficFigures, now: TrafficFigures, limits: SoakLimits): Comparison {
  const name = "errorRate";
  if (now.errorRate === undefined || before.errorRate === undefined) {
    const side = now.errorRate === undefined ? "now" : "before";
    return { name, state: "untold", text: `nothing told the share of failed requests ${side}` };
  }
  const allowed = before.errorRate + limits.maxErrorRateIncrease;
  return {
    name,
    state: now.errorRate > allowed ? "over" : "within",
    text: `${percent(now.errorRate)} of requests failed (${percent(before.errorRate)} before; at most ${percent(allowed)} are allowed)`,
  };
}

function latencyComparison(
  name: Percentile,
  {
    before,
    now,
    limits,
  }: { readonly before: TrafficFigures; readonly now: TrafficFigures; readonly limits: SoakLimits },
): readonly Comparison[] {
  const limit = limits.latency[name];
  if (limit === undefined) return [];
  const [was, is] = [before[name], now[name]];
  const title = name.replace("Ms", "");
  if (was === undefined && is === undefined && !limits.isLatencyNeeded) return [];
  if (was === undefined || is === undefined) {
    const side = was === is ? "before and now" : is === undefined ? "now" : "before";
    return [{ name, state: "untold", text: `nothing told ${title} ${side}` }];
  }
  const allowed = allowedMs(was, limit);
  return [
    {
      name,
      state: is > allowed ? "over" : "within",
      text: `${title} ${milliseconds(is)} (${milliseconds(was)} before; at most ${milliseconds(allowed)})`,
    },
  ];
}

function rateComparison(
  { requestRate: was }: TrafficFigures,
  { requestRate: is }: TrafficFigures,
  { maxRequestRateDrop }: SoakLimits,
): readonly Comparison[] {
  if (was === undefined || is === undefined) return [];
  const least = maxRequestRateDrop === undefined ? undefined : was * (1 - maxRequestRateDrop);
  const limit = least === undefined ? "" : `; at least ${perSecond(least)}`;
  return [
    {
      name: "requestRate",
      state: least !== undefined && is < least ? "over" : "within",
      text: `${perSecond(is)} (${perSecond(was)} before${stayedAway(was, is)}${limit})`,
    },
  ];
}

/** Traffic of two quarters of an hour differs by so much anyway. */
const usualDrop = 0.1;

/**
 * Said whenever it is more than usual, since the limit may let most of it pass: Kong's plugin does not count a request
 * without a service (kong/plugins/prometheus/exporter.lua, 2.8 and 3.x), and to nobody else a 404 is a failure.
 */
function stayedAway(was: number, is: number): string {
  const drop = was === 0 ? 0 : 1 - is / was;
  return drop < usualDrop
    ? ""
    : `, ${Math.round(drop * 100)} % fewer: what matches no route any more may be among them`;
}

function judgeSmokeOnly(samples: readonly SoakSample[]): SoakVerdict {
  const asked = samples.filter((sample) => sample.smoke !== undefined);
  const good = asked.filter((sample) => sample.smoke?.verdict === "ok");
  if (asked.length === 0) {
    return { kind: "inconclusive", sentence: "neither a source of figures nor smoke tests are configured" };
  }
  const counted = `smoke tests passed in ${good.length} of ${asked.length} rounds`;
  return { kind: good.length === asked.length ? "pass" : "inconclusive", sentence: counted };
}

/** The figures without a comparison, for a look and where there is nothing to compare with. */
export function plainText({ errorRate, p50Ms, p95Ms, p99Ms, requestRate }: TrafficFigures): string {
  return [
    errorRate === undefined ? "share of failed requests not told" : `${percent(errorRate)} of requests failed`,
    ...(p50Ms === undefined ? [] : [`p50 ${milliseconds(p50Ms)}`]),
    ...(p95Ms === undefined ? [] : [`p95 ${milliseconds(p95Ms)}`]),
    ...(p99Ms === undefined ? [] : [`p99 ${milliseconds(p99Ms)}`]),
    ...(requestRate === undefined ? [] : [perSecond(requestRate)]),
  ].join(", ");
}

function countText({ requests }: TrafficFigures, samples: number): string {
  return `${count(requests)} requests seen in ${samples} samples`;
}

/** 0.0123 → `1.23 %`; for people. */
export function percent(part: number): string {
  return `${Number((part * 100).toFixed(2))} %`;
}

function milliseconds(value: number): string {
  return `${Number(value.toPrecision(3))} ms`;
}

function perSecond(rate: number): string {
  return `${Number(rate.toPrecision(3))} requests/s`;
}

function count(requests: number): string {
  return String(Math.round(requests));
}

import { formatDuration } from "#src/kernel/duration.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import { settlingMs } from "#src/plan/settling.ts";
import type { Action } from "#src/plan/step.ts";
import type { TrafficLimits, TrafficPoint } from "#src/plan/traffic.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import type { StepContext } from "#src/run/step-context.ts";
import type { SoakReport } from "#src/upgrade/step-report.ts";
import type { ActionEnd, ActionResult } from "./action-result.ts";
import { cancelledEnd } from "./cancelled.ts";
import { judgeSoak, plainText } from "./judge-soak.ts";
import type { SoakSample, SoakVerdict } from "./judge-soak.ts";
import { pause } from "./pause.ts";
import { curveOf, figuresOfRate, openFigures, watchedNodes } from "./watch-traffic.ts";
import type { Look } from "./watch-traffic.ts";

type Soak = Extract<Action, { readonly kind: "soak" }>;
type Verdict = Exclude<SoakVerdict, { readonly kind: "watching" }>;

/** More samples than this would only slow a long soak down; the interval grows instead. */
const maxSamples = 2_000;

/** Between the few samples after the time is over; the time limit of the step leaves room for them. */
const longestExtraMs = 10_000;

/** An address that tells the share of failed requests alone is judged by that, and by however few requests. */
const shareAlone: TrafficLimits = { minRequests: 1, latency: {}, isLatencyNeeded: false };

interface Watched {
  readonly samples: SoakSample[];
  readonly points: TrafficPoint[];
}

/**
 * Watches the proxies and smoke tests for the configured time and compares them with the baseline. Its own figures are
 * not reported as measurements: a retry has to compare with the old version again.
 */
export async function soak(action: Soak, context: StepContext): Promise<ActionResult> {
  const startedAt = performance.now();
  const everyMs = Math.max(action.sampleEveryMs, Math.ceil(action.durationMs / maxSamples));
  const before = baselineOf(action, context.baseline);
  const look = await openFigures(context, action.metricsUrl);
  // Totals of the nodes are told as what came in between two looks.
  if (action.traffic?.source === "kong") await pause(Math.min(everyMs, action.durationMs), context);
  const watched: Watched = { samples: [], points: [] };
  for (;;) {
    const isSettled = performance.now() - startedAt >= settlingMs(action.durationMs);
    const sample = { ...(await takeSample(look, action, context)), isSettled };
    const elapsedMs = Math.round(performance.now() - startedAt);
    watched.samples.push(sample);
    if (sample.figures !== undefined) watched.points.push({ atMs: elapsedMs, ...sample.figures });
    // A gap of the curve, and how long it was watched in vain.
    else if (sample.problem !== undefined) watched.points.push({ atMs: elapsedMs, requests: 0 });
    await context.output.write([describeSample(sample, elapsedMs)]);
    const leftMs = startedAt + action.durationMs - performance.now();
    const verdict = judgeSoak(watched.samples, {
      ...(action.traffic?.limits ?? shareAlone),
      baseline: before?.figures,
      maxErrorRateIncrease: action.maxErrorRateIncrease,
      isMetered: look !== undefined,
      // Where every sample takes long, the time is over before one of them counts; the next one does.
      isOver: leftMs <= 0 && isSettled,
    });
    if (verdict.kind !== "watching") {
      await context.output.write([`${verdict.kind}: ${verdict.sentence}`]);
      return ended(verdict, { action, watched, before });
    }
    const waitMs = leftMs > 0 ? Math.min(everyMs, leftMs) : Math.min(everyMs, longestExtraMs);
    const isBrokenOff = await pause(waitMs, context);
    if (context.cancel.aborted) {
      return { end: cancelledEnd(context, { what: "watching", isGone: true }), commands: [] };
    }
    if (isBrokenOff) {
      const sentence = `the runner was stopped after ${formatDuration(performance.now() - startedAt)} of watching`;
      return ended({ kind: "inconclusive", sentence }, { action, watched, before });
    }
  }
}

function ended(
  verdict: Verdict,
  {
    action,
    watched,
    before,
  }: {
    readonly action: Soak;
    readonly watched: Watched;
    readonly before: Measurements["traffic"];
  },
): ActionResult {
  const settled = watched.samples.flatMap(({ isSettled, figures }) => (isSettled && figures ? [figures] : []));
  const report: SoakReport = {
    verdict: verdict.kind,
    sentence: verdict.sentence,
    ...(before === undefined ? {} : { before }),
    during: curveOf(watched.points, settled),
    maxErrorRateIncrease: action.maxErrorRateIncrease,
    ...(action.traffic === undefined ? {} : { limits: action.traffic.limits }),
  };
  return { end: endOf(verdict), commands: [], soak: report };
}

function baselineOf(action: Soak, { traffic, errorRate }: Measurements): Measurements["traffic"] {
  if (action.traffic !== undefined) return traffic;
  return errorRate === undefined ? undefined : { figures: figuresOfRate(errorRate), points: [] };
}

function endOf(verdict: Verdict): ActionEnd {
  return verdict.kind === "pass"
    ? { kind: "completed" }
    : { kind: "failed", reason: `${verdict.kind}: ${verdict.sentence}`, wasStarted: false };
}

async function takeSample(
  look: (() => Promise<Look>) | undefined,
  action: Soak,
  context: StepContext,
): Promise<Omit<SoakSample, "isSettled">> {
  const [figures, smoke] = await Promise.all([look?.() ?? {}, sampleSmoke(action, context)]);
  return { ...figures, ...smoke };
}

async function sampleSmoke({ smokeTests }: Soak, context: StepContext): Promise<Pick<SoakSample, "smoke">> {
  if (smokeTests.length === 0) return {};
  const nodes = watchedNodes(context).map(({ name }) => name);
  return { smoke: await askProbe({ kind: "smoke", nodes, tests: smokeTests }, context) };
}

function describeSample({ figures, problem, smoke }: SoakSample, elapsedMs: number): string {
  const told =
    figures === undefined
      ? (problem ?? "no metrics configured")
      : `${plainText(figures)}; ${Math.round(figures.requests)} requests`;
  return `${formatDuration(elapsedMs)}: ${told}${smoke === undefined ? "" : `; ${smoke.summary}`}`;
}

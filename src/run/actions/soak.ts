import { errorMessage } from "#src/kernel/app-error.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { readErrorRate } from "#src/discovery/measure.ts";
import { settlingMs } from "#src/plan/settling.ts";
import { allNodes } from "#src/plan/environment.ts";
import type { Action } from "#src/plan/step.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import type { StepContext } from "#src/run/step-context.ts";
import type { ActionEnd, ActionResult } from "./action-result.ts";
import { percent } from "./baseline.ts";
import { judgeSoak } from "./judge-soak.ts";
import type { SoakSample } from "./judge-soak.ts";
import { pause } from "./pause.ts";

type Soak = Extract<Action, { readonly kind: "soak" }>;

/** More samples than this would only slow a long soak down; the interval grows instead. */
const maxSamples = 2_000;

/**
 * Watches error rate and smoke tests for the configured time and compares them with the baseline. Its own figures are
 * not reported as measurements: a retry has to compare with the old version again.
 */
export async function soak(action: Soak, context: StepContext): Promise<ActionResult> {
  const startedAt = Date.now();
  const everyMs = Math.max(action.sampleEveryMs, Math.ceil(action.durationMs / maxSamples));
  const samples: SoakSample[] = [];
  for (;;) {
    const isSettled = Date.now() - startedAt >= settlingMs(action.durationMs);
    const sample = { ...(await takeSample(action, context)), isSettled };
    samples.push(sample);
    await context.output.write([describeSample(sample, Date.now() - startedAt)]);
    const leftMs = startedAt + action.durationMs - Date.now();
    const verdict = judgeSoak(samples, {
      baseline: context.baseline.errorRate,
      maxErrorRateIncrease: action.maxErrorRateIncrease,
      isMetered: action.metricsUrl !== undefined,
      // Where every sample takes long, the time is over before one of them counts; the next one does.
      isOver: leftMs <= 0 && isSettled,
    });
    if (verdict.kind !== "watching") {
      await context.output.write([`${verdict.kind}: ${verdict.sentence}`]);
      return { end: endOf(verdict), commands: [] };
    }
    const isLeaving = await pause(Math.min(everyMs, Math.max(1, leftMs)), context.leave);
    if (isLeaving) {
      const reason = `inconclusive: the runner was stopped after ${formatDuration(Date.now() - startedAt)} of watching`;
      return { end: { kind: "failed", reason, wasStarted: false }, commands: [] };
    }
  }
}

function endOf(verdict: { readonly kind: "pass" | "fail" | "inconclusive"; readonly sentence: string }): ActionEnd {
  return verdict.kind === "pass"
    ? { kind: "completed" }
    : { kind: "failed", reason: `${verdict.kind}: ${verdict.sentence}`, wasStarted: false };
}

async function takeSample(action: Soak, context: StepContext): Promise<Omit<SoakSample, "isSettled">> {
  const [rate, smoke] = await Promise.all([sampleRate(action, context), sampleSmoke(action, context)]);
  return { ...rate, ...smoke };
}

async function sampleRate(
  { metricsUrl }: Soak,
  { ports, redactor }: StepContext,
): Promise<Pick<SoakSample, "errorRate" | "problem">> {
  if (metricsUrl === undefined) return {};
  try {
    return { errorRate: await readErrorRate(metricsUrl, ports) };
  } catch (error) {
    return { problem: redactor.redactText(errorMessage(error)) };
  }
}

async function sampleSmoke({ smokeTests }: Soak, context: StepContext): Promise<Pick<SoakSample, "smoke">> {
  if (smokeTests.length === 0) return {};
  return { smoke: await askProbe({ kind: "smoke", nodes: watchedNodes(context), tests: smokeTests }, context) };
}

/** The proxies that the step names, of either cluster; every old one where it names none. */
function watchedNodes({ environment, step }: StepContext): readonly string[] {
  const named = allNodes(environment).filter(({ name }) => step.targets.includes(name));
  return (named.length > 0 ? named : environment.nodes)
    .filter(({ role }) => role !== "control_plane")
    .map(({ name }) => name);
}

function describeSample({ errorRate, problem, smoke }: Omit<SoakSample, "isSettled">, elapsedMs: number): string {
  const rate =
    errorRate === undefined
      ? (problem ?? "no metrics configured")
      : `${percent(errorRate.rate)} of ${errorRate.requests} requests failed`;
  return `${formatDuration(elapsedMs)}: ${rate}${smoke === undefined ? "" : `; ${smoke.summary}`}`;
}

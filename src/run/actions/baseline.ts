import { errorMessage } from "#src/kernel/app-error.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { shortDigest } from "#src/kernel/digest.ts";
import { measure, measureConfiguration } from "#src/discovery/measure.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Action } from "#src/plan/step.ts";
import type { TrafficPoint } from "#src/plan/traffic.ts";
import { onSide, recordedAs } from "#src/run/probes/side.ts";
import type { StepContext } from "#src/run/step-context.ts";
import type { ActionResult } from "./action-result.ts";
import { cancelledEnd } from "./cancelled.ts";
import { percent, plainText } from "./judge-soak.ts";
import { pause } from "./pause.ts";
import { curveOf, openFigures } from "./watch-traffic.ts";

type Baseline = Extract<Action, { readonly kind: "baseline" }>;

/** Measures counts, fingerprint and traffic; a baseline with holes would prove nothing later, so it fails then. */
export async function measureBaseline(action: Baseline, context: StepContext): Promise<ActionResult> {
  const { environment, ports, output, redactor } = context;
  const { settleMs = 0 } = action;
  if (settleMs > 0) {
    await output.write([`waits ${formatDuration(settleMs)} until the downtime before has left the error rate`]);
    if (await pause(settleMs, context)) return stopped(context);
  }
  try {
    const traffic = await watchBefore(action, context);
    if (traffic === "stopped") return stopped(context);
    const measurements = { ...(await measure(environment, ports)), ...(traffic === undefined ? {} : { traffic }) };
    if (context.cancel.aborted) return stopped(context);
    const { errorRate } = measurements;
    await output.write([
      ...describeConfiguration(measurements, environment),
      ...(errorRate === undefined
        ? []
        : [`error rate ${percent(errorRate.rate)} (${errorRate.errors} of ${errorRate.requests} requests)`]),
    ]);
    return { end: { kind: "completed" }, commands: [], measurements };
  } catch (error) {
    const reason = `the baseline could not be measured: ${redactor.redactText(errorMessage(error))}`;
    return { end: { kind: "failed", reason, wasStarted: false }, commands: [] };
  }
}

/** Somebody cancelled it, or the runner has to go. */
function stopped(context: StepContext): ActionResult {
  if (context.cancel.aborted) {
    return { end: cancelledEnd(context, { what: "measuring", isGone: true }), commands: [] };
  }
  const reason = "the runner was stopped before it measured";
  return { end: { kind: "failed", reason, wasStarted: false }, commands: [] };
}

/** Watches the proxies for the configured time. @throws Error where their figures cannot be read the whole time */
async function watchBefore({ traffic }: Baseline, context: StepContext): Promise<Measurements["traffic"] | "stopped"> {
  if (traffic === undefined) return undefined;
  const { watchMs } = traffic;
  const everyMs = Math.max(1, Math.min(context.environment.soak.sampleEveryMs, watchMs));
  const startedAt = performance.now();
  const look = await openFigures(context, undefined);
  if (look === undefined) throw new Error("the configuration of this runner does not say where to read the traffic");
  const points: TrafficPoint[] = [];
  while (performance.now() - startedAt < watchMs) {
    const leftMs = Math.max(1, startedAt + watchMs - performance.now());
    if (await pause(Math.min(everyMs, leftMs), context)) return "stopped";
    const seen = await look();
    if ("problem" in seen) throw new Error(seen.problem);
    points.push({ atMs: Math.round(performance.now() - startedAt), ...seen.figures });
  }
  const curve = curveOf(points);
  await context.output.write([
    `${plainText(curve.figures)}; ${Math.round(curve.figures.requests)} requests in ${formatDuration(watchMs)}`,
  ]);
  return curve;
}

function describeConfiguration({ counts = {}, fingerprint = {} }: Measurements, { database }: Environment): string[] {
  const entries = Object.entries(counts);
  const sum = entries.reduce((total, [, count]) => total + count, 0);
  const lines = entries.filter(([, count]) => count > 0).map(([name, count]) => `${name}: ${count}`);
  if (database !== undefined) return [`${sum} rows in ${entries.length} tables`, ...lines];
  const files = Object.entries(fingerprint).map(([name, digest]) => `${name}: ${shortDigest(digest)}`);
  return entries.length + files.length === 0
    ? ["neither an Admin API nor a declarative file is configured, so there is no configuration to measure"]
    : [`${sum} entities by the Admin API, ${files.length} declarative files`, ...lines, ...files];
}

/** Measures the fingerprint alone, after a step that changes the configuration itself. */
export async function measureFingerprint(
  { side }: Extract<Action, { readonly kind: "fingerprint" }>,
  { environment, ports, output, redactor }: StepContext,
): Promise<ActionResult> {
  try {
    const figures = await measureConfiguration(onSide(environment, side), ports);
    const count = Object.keys(figures.fingerprint ?? {}).length;
    await output.write([
      `${count} ${onSide(environment, side).database === undefined ? "declarative files" : "tables"}`,
    ]);
    return { end: { kind: "completed" }, commands: [], measurements: recordedAs(figures, environment, side) };
  } catch (error) {
    const reason = `the fingerprint could not be measured: ${redactor.redactText(errorMessage(error))}`;
    return { end: { kind: "failed", reason, wasStarted: false }, commands: [] };
  }
}

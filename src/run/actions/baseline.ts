import { errorMessage } from "#src/kernel/app-error.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { shortDigest } from "#src/kernel/digest.ts";
import { measure, measureConfiguration } from "#src/discovery/measure.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Action } from "#src/plan/step.ts";
import { onSide, recordedAs } from "#src/run/probes/side.ts";
import type { StepContext } from "#src/run/step-context.ts";
import type { ActionResult } from "./action-result.ts";
import { pause } from "./pause.ts";

/** Measures counts, fingerprint and error rate; a baseline with holes would prove nothing later, so it fails then. */
export async function measureBaseline(
  { settleMs = 0 }: Extract<Action, { readonly kind: "baseline" }>,
  { environment, ports, output, redactor, leave }: StepContext,
): Promise<ActionResult> {
  if (settleMs > 0) {
    await output.write([`waits ${formatDuration(settleMs)} until the downtime before has left the error rate`]);
    if (await pause(settleMs, leave)) {
      return {
        end: { kind: "failed", reason: "the runner was stopped before it measured", wasStarted: false },
        commands: [],
      };
    }
  }
  try {
    const measurements = await measure(environment, ports);
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

/** 0.0123 → `1.23 %`; for people. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
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

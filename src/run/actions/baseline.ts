import { databaseOf } from "#src/plan/environment.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { databaseLogin } from "#src/discovery/kong-database.ts";
import { measure } from "#src/discovery/measure.ts";
import { fingerprintTables } from "#src/discovery/table-measures.ts";
import type { StepContext } from "#src/run/step-context.ts";
import type { ActionResult } from "./action-result.ts";

/** Measures counts, fingerprint and error rate; a baseline with holes would prove nothing later, so it fails then. */
export async function measureBaseline({ environment, ports, output, redactor }: StepContext): Promise<ActionResult> {
  try {
    const measurements = await measure(environment, ports);
    const tables = Object.entries(measurements.counts ?? {});
    const rows = tables.reduce((sum, [, count]) => sum + count, 0);
    const { errorRate } = measurements;
    await output.write([
      `${rows} rows in ${tables.length} tables`,
      ...tables.filter(([, count]) => count > 0).map(([table, count]) => `${table}: ${count}`),
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

/** 0.0123 → `1.23 %`; for people. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

/** Measures the fingerprint alone, after a step that changes the configuration itself. */
export async function measureFingerprint({ environment, ports, output, redactor }: StepContext): Promise<ActionResult> {
  try {
    const login = await databaseLogin(environment, { name: databaseOf(environment).name, as: "kong" }, ports);
    const { fingerprint } = await fingerprintTables(login, ports);
    await output.write([`${Object.keys(fingerprint).length} tables`]);
    return { end: { kind: "completed" }, commands: [], measurements: { fingerprint } };
  } catch (error) {
    const reason = `the fingerprint could not be measured: ${redactor.redactText(errorMessage(error))}`;
    return { end: { kind: "failed", reason, wasStarted: false }, commands: [] };
  }
}

import { databaseOf } from "#src/plan/environment.ts";
import { canonicalJson } from "#src/kernel/digest.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Step } from "#src/plan/step.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import { askProbe } from "./probes/ask-probe.ts";
import { readSessions } from "./probes/sessions.ts";
import { isGroupAlive, listGroup, listMarked, waitUntilGone } from "./process/process-group.ts";
import type { GroupMember } from "./process/process-group.ts";
import { markerOf } from "./process/running-processes.ts";
import type { RunningProcesses, StepAttempt } from "./process/running-processes.ts";
import { askAll } from "./run-step.ts";
import type { ProbeContext } from "./step-context.ts";

/** Longest wait for processes that a dead runner left working: evidence taken while they work would be stale at once. */
const longestWaitMs = 600_000;
const maxLines = 20;

export interface EvidenceContext extends ProbeContext {
  readonly running: RunningProcesses;
  /** Aborted when the runner leaves. */
  readonly leave: AbortSignal;
}

/**
 * Collects read-only evidence about an outcome that nobody knows: what is left of its processes, who works in the
 * database, the migration lock, and everything that was asked before the step and would be asked after it.
 */
export async function collectEvidence(
  { attempt, step }: { readonly attempt: StepAttempt; readonly step: Step },
  context: EvidenceContext,
): Promise<readonly ProbeResult[]> {
  const processes = await waitForProcesses(attempt, step, context);
  const sessions = await lookForSessions(context);
  const answers = await askAll(probesOf(step), (probe) => askProbe(probe, context));
  return [processes, sessions, ...answers];
}

function probesOf(step: Step): readonly Probe[] {
  const all: readonly Probe[] = [...step.proof, { kind: "migration_lock_free" }, ...step.precheck];
  return [...new Map(all.map((probe) => [canonicalJson(probe), probe])).values()];
}

async function waitForProcesses(attempt: StepAttempt, step: Step, context: EvidenceContext): Promise<ProbeResult> {
  const kind = "processes";
  const known = await context.running.find(attempt);
  const { name, value } = markerOf(attempt, context.environment);
  const list = async (): Promise<readonly GroupMember[]> =>
    known === undefined ? listMarked(`${name}=${value}`) : ((await listGroup(known.groupId)) ?? []);
  const isAlive = async (): Promise<boolean> => {
    if (known === undefined) return (await list()).length > 0;
    return !known.isGone && isGroupAlive(known.groupId);
  };
  if (known === undefined && !(await isAlive())) {
    const summary =
      "no process of this step is on this runner's machine: it had ended, was never started, or was started on another machine";
    return { kind, verdict: "undetermined", summary, details: [] };
  }
  const startedAt = Date.now();
  const isGone = await waitUntilGone(isAlive, Math.min(step.timeoutMs, longestWaitMs), context.leave);
  const details = known === undefined ? [] : [known.command];
  if (isGone) {
    if (known !== undefined) await context.running.remember(attempt, { ...known, isGone });
    return { kind, verdict: "ok", summary: "no process of the step is left", details };
  }
  const waited = formatDuration(Date.now() - startedAt);
  return {
    kind,
    verdict: "not_ok",
    summary: `processes of the step still run after ${waited}: do not start it again while they do`,
    details: [...details, ...(await list()).slice(0, maxLines).map(({ pid, command }) => `pid ${pid}: ${command}`)],
  };
}

async function lookForSessions(context: EvidenceContext): Promise<ProbeResult> {
  const kind = "database_sessions";
  const { name } = databaseOf(context.environment);
  try {
    const sessions = await readSessions(context);
    const busy = sessions.filter((session) => session.isBusy);
    const details = (busy.length > 0 ? busy : sessions)
      .slice(0, maxLines)
      .map((session) => context.redactor.redactText(session.description));
    return busy.length > 0
      ? { kind, verdict: "not_ok", summary: `${busy.length} sessions still work in database ${name}`, details }
      : {
          kind,
          verdict: "ok",
          summary: `nobody works in database ${name} (${sessions.length} idle sessions)`,
          details,
        };
  } catch (error) {
    const problem = context.redactor.redactText(errorMessage(error));
    return {
      kind,
      verdict: "undetermined",
      summary: `the sessions of ${name} cannot be read: ${problem}`,
      details: [],
    };
  }
}

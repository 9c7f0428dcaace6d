import { canonicalJson } from "#src/kernel/digest.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { databaseOf } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import { proofOf } from "#src/plan/hook-of.ts";
import { askedOfWhatIsThere } from "#src/plan/own-result.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Step } from "#src/plan/step.ts";
import type { ProbeResult } from "#src/upgrade/step-report.ts";
import { whyPlaceForbidden } from "./permits.ts";
import type { Permits } from "./permits.ts";
import { bad, good, unclear } from "./probes/answer.ts";
import type { Answer } from "./probes/answer.ts";
import { askProbe } from "./probes/ask-probe.ts";
import { readSessions } from "./probes/sessions.ts";
import { onSide } from "./probes/side.ts";
import type { Side } from "#src/upgrade/frozen-reference.ts";
import { isGroupAlive, listGroup, listMarked, waitUntilGone } from "./process/process-group.ts";
import type { GroupMember } from "./process/process-group.ts";
import { markerOf } from "./process/running-processes.ts";
import type { KnownProcess, RunningProcesses, StepAttempt } from "./process/running-processes.ts";
import { looksAfterPrograms } from "./program-evidence.ts";
import type { Look } from "./program-evidence.ts";
import { lookAfterRequest } from "./request-evidence.ts";
import { looksElsewhere } from "./remote-evidence.ts";
import { askAll } from "./run-step.ts";
import type { ProbeContext } from "./step-context.ts";
import type { Transports } from "./transports/transports.ts";

/** Longest wait for processes that a dead runner left working: evidence taken while they work would be stale at once. */
const longestWaitMs = 600_000;
const maxLines = 20;
/** Places that are looked at side by side. */
const placesAtOnce = 16;

export interface EvidenceContext extends ProbeContext {
  readonly permits: Permits;
  readonly running: RunningProcesses;
  readonly transports: Transports;
  /** Aborted when the runner leaves. */
  readonly leave: AbortSignal;
}

/**
 * Collects read-only evidence about an outcome that nobody knows: what is left of its processes, who works in the
 * databases, the migration lock, what its programs leave in a cluster or behind an Admin API, and everything that was
 * asked before the step and would be asked after it.
 */
export async function collectEvidence(
  { attempt, step }: { readonly attempt: StepAttempt; readonly step: Step },
  context: EvidenceContext,
): Promise<readonly ProbeResult[]> {
  const processes = await waitForProcesses(attempt, step, context);
  const elsewhere = looksElsewhere(step, {
    ...context,
    attempt,
    whyForbidden: (via) => whyPlaceForbidden(via, context.environment, context.permits),
  });
  const look = (one: Look): Promise<ProbeResult> => answerOf(one, context);
  // A host that is away is waited for, and a step may have had a thousand.
  const commands = await askAll(elsewhere, look, placesAtOnce);
  const traces = await askAll(looksAfter(step, context), look, 1);
  const answers = await askAll(probesOf(step, context.environment), (probe) => askProbe(probe, context));
  return [processes, ...commands, ...traces, ...answers];
}

function looksAfter(step: Step, context: EvidenceContext): readonly Look[] {
  const { action } = step;
  return [
    ...sidesWithDatabase(context.environment).map((side) => ({
      kind: "database_sessions",
      ask: () => lookForSessions(side, context),
    })),
    ...looksAfterPrograms(step, context),
    ...(action.kind === "request" ? [{ kind: "written_entity", ask: () => lookAfterRequest(action, context) }] : []),
  ];
}

function sidesWithDatabase({ database, green }: Environment): readonly Side[] {
  return [
    ...(database === undefined ? [] : [undefined]),
    ...(green?.database === undefined ? [] : (["green"] as const)),
  ];
}

/** What cannot be looked at is undetermined; what is shown is redacted and bounded. */
async function answerOf({ kind, ask }: Look, { redactor }: EvidenceContext): Promise<ProbeResult> {
  const answer = await ask().catch((error: unknown) => unclear(`could not be looked at: ${errorMessage(error)}`));
  return {
    kind,
    verdict: answer.verdict,
    summary: redactor.redactText(answer.summary),
    details: (answer.details ?? []).slice(0, maxLines).map((line) => redactor.redactText(line)),
    ...(answer.isRunning === undefined ? {} : { isRunning: answer.isRunning }),
  };
}

function probesOf(step: Step, environment: Environment): readonly Probe[] {
  const locks = sidesWithDatabase(environment).map((side) => lockFree(side));
  const all: readonly Probe[] = [...proofOf(step), ...askedOfWhatIsThere(step), ...locks, ...step.precheck];
  return [...new Map(all.map((probe) => [canonicalJson(probe), probe])).values()];
}

function lockFree(side: Side): Probe {
  return { kind: "migration_lock_free", ...(side === undefined ? {} : { side }) };
}

async function waitForProcesses(attempt: StepAttempt, step: Step, context: EvidenceContext): Promise<ProbeResult> {
  const kind = "processes";
  const known = await context.running.findAll(attempt);
  const { name, value } = markerOf(attempt, context.environment);
  const list = async (): Promise<readonly GroupMember[]> => {
    if (known.length === 0) return listMarked(`${name}=${value}`);
    const groups = await Promise.all(known.filter(({ isGone }) => !isGone).map(({ groupId }) => listGroup(groupId)));
    return groups.flatMap((members) => members ?? []);
  };
  const isAlive = async (): Promise<boolean> => {
    if (known.length === 0) return (await list()).length > 0;
    const noted = known.filter((each) => !each.isGone);
    const alive = await Promise.all(noted.map(({ groupId }) => isGroupAlive(groupId)));
    return alive.some(Boolean);
  };
  if (known.length === 0 && !(await isAlive())) {
    const summary =
      "no process of this step is on this runner's machine: it had ended, was never started, or was started on another machine";
    return { kind, verdict: "undetermined", summary, details: [] };
  }
  const startedAt = performance.now();
  const isGone = await waitUntilGone(isAlive, Math.min(step.timeoutMs, longestWaitMs), context.leave);
  const details = known.slice(0, maxLines).map(({ command }) => command);
  if (isGone) {
    const isRebooted = known.length > 0 && known.every((each) => each.isRebooted);
    for (const each of known) if (!each.isRebooted) await noteGone(attempt, each, context);
    const summary = isRebooted
      ? "the runner's machine was booted since, so no process of the step is left"
      : "no process of the step is left";
    return { kind, verdict: "ok", summary, details };
  }
  const waited = formatDuration(Math.round(performance.now() - startedAt));
  return {
    kind,
    verdict: "not_ok",
    isRunning: true,
    summary: `processes of the step still run after ${waited}: do not start it again while they do`,
    details: [...details, ...(await list()).slice(0, maxLines).map(({ pid, command }) => `pid ${pid}: ${command}`)],
  };
}

async function noteGone(
  attempt: StepAttempt,
  { lane, groupId, command }: KnownProcess,
  { running }: EvidenceContext,
): Promise<void> {
  const place = lane === undefined ? attempt : { ...attempt, lane };
  await running.remember(place, { groupId, command, isGone: true });
}

async function lookForSessions(side: Side, context: EvidenceContext): Promise<Answer> {
  const environment = onSide(context.environment, side);
  const { name } = databaseOf(environment);
  try {
    const sessions = await readSessions({ ...context, environment });
    const busy = sessions.filter((session) => session.isBusy);
    const details = (busy.length > 0 ? busy : sessions).map((session) => session.description);
    return busy.length > 0
      ? bad(`${busy.length} sessions still work in database ${name}`, details)
      : good(`nobody works in database ${name} (${sessions.length} idle sessions)`, details);
  } catch (error) {
    return unclear(`the sessions of ${name} cannot be read: ${errorMessage(error)}`);
  }
}

import { no } from "#src/kernel/result.ts";
import { asDeclared } from "#src/plan/hook-of.ts";
import type { Step } from "#src/plan/step.ts";
import { policyFor } from "#src/plan/step-kinds.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Active, StepProgress } from "#src/upgrade/state.ts";
import { currentTrace } from "#src/trace.ts";
import { alarm } from "./check-standing.ts";
import { checkHold } from "./check-hold.ts";
import { checkPermission } from "./check-permission.ts";
import type { Permission } from "./check-permission.ts";
import type { RunInstruction } from "./check-standing.ts";
import { clockDifferenceMs } from "./clock-difference.ts";
import { askedTogether, isStillOurs } from "./ownership.ts";
import { lookBeforeStep } from "./drift/look-before-step.ts";
import { createChunkStore } from "./output/chunk-store.ts";
import type { ChunkStore } from "./output/chunk-store.ts";
import { createRedactor } from "./output/redact.ts";
import { createStepOutput } from "./output/step-output.ts";
import { whyNotWritable } from "./own-disk.ts";
import { permittedPorts } from "./permitted-ports.ts";
import { whyStepForbidden } from "./permits.ts";
import { runStep } from "./run-step.ts";
import { secretsOf } from "./secrets-of.ts";
import type { StepContext } from "./step-context.ts";
import type { Turn } from "./workplace.ts";

/**
 * Checks the permission, claims the step in the record, runs it and hands its report in. Answers whether anything was
 * done; a wrong permission raises an alarm and the upgrade waits.
 */
export async function claimAndRun(turn: Turn<Active>, instruction: RunInstruction): Promise<boolean> {
  const { upgrade, environment, workplace } = turn;
  const { step, attempt } = instruction;
  const place = { upgradeId: upgrade.id, stepId: step.id, attempt };
  if (!workplace.mayStart()) return false;
  using slot = workplace.slots.take(environment.name, `${upgrade.id} ${step.id}`);
  if (slot === undefined) return false;
  const [permission, fullDisk] = await Promise.all([
    permissionFor(turn, instruction),
    whyNotWritable(workplace.dataDir),
  ]);
  if (!permission.ok) {
    const denial = permission.problem;
    if (denial.how === "wait") workplace.log.info({ ...place, why: denial.sentence }, "step has to wait a moment");
    else await workplace.alarms.raise(upgrade.id, { ...denial, what: `nothing was run: ${denial.sentence}` });
    return false;
  }
  if (fullDisk !== undefined) {
    const what = `nothing was run: runner ${workplace.runnerId} cannot write into ${workplace.dataDir} (${fullDisk}), and would lose what comes of a step; make room there, then ${step.id} starts by itself`;
    await workplace.alarms.raise(upgrade.id, { kind: "disk", what });
    return false;
  }
  const looked = await lookBeforeStep(turn, instruction);
  if (looked !== "start") return looked === "told";
  // Before the claim, so that no wish to cancel can come between.
  using cancel = workplace.cancellations.attend(place);
  if (!(await claim(turn, instruction, permission.value))) return false;
  workplace.log.info({ ...place, environment: environment.name }, "step started");
  await runClaimed(turn, instruction, cancel.signal);
  return true;
}

async function permissionFor(
  { upgrade, environment, workplace }: Turn<Active>,
  instruction: RunInstruction,
): Promise<ReturnType<typeof checkPermission>> {
  const { record, publicKeys, planAgain, journal, nowMs } = workplace;
  const { step, attempt } = instruction;
  const isGated = policyFor(environment, step) !== undefined;
  const [now, lock, differenceMs, gated] = await Promise.all([
    record.now(),
    record.lockOf(environment.name),
    isGated ? clockDifferenceMs(record, nowMs) : 0,
    isGated ? record.events(upgrade.id, 0) : undefined,
  ]);
  const events = async (): ReturnType<typeof record.events> => gated ?? record.events(upgrade.id, 0);
  const held = await checkHold(upgrade, instruction, { environment, publicKeys, now, events });
  if (held !== undefined) return no(held);
  const permission = checkPermission(upgrade, instruction, {
    environment,
    publicKeys,
    clockDifferenceMs: differenceMs,
    now,
    fence: lock?.upgradeId === upgrade.id ? lock.fence : undefined,
    events: gated ?? [],
    planAgain,
  });
  const forbidden = permission.ok ? whyStepForbidden(step, environment, workplace.permits) : undefined;
  if (forbidden !== undefined) return no(alarm(`forbidden ${step.id} ${attempt}`, forbidden));
  const consumes = permission.ok ? permission.value.consumes : undefined;
  if (consumes === undefined || !(await journal.holds(consumes))) return permission;
  return no(
    alarm(
      `used ${step.id} ${attempt}`,
      `this runner has started step ${step.id} (attempt ${attempt}) on this very approval before, and the record does not know of it any more: the database was put back to an earlier state or edited; look at the installation, then roll back or abort`,
    ),
  );
}

/** Recorded and committed before anything is spawned (design invariant 9), and noted on this side. */
async function claim(
  { upgrade, workplace }: Turn<Active>,
  instruction: RunInstruction,
  { fence, consumes }: Permission,
): Promise<boolean> {
  const { record, runnerId, claims, journal, log } = workplace;
  const { step, attempt, digest } = instruction;
  const place = { upgradeId: upgrade.id, stepId: step.id, attempt };
  claims.ask(place);
  const answer = await record.submit(
    upgrade.id,
    { intent: "start_step", stepId: step.id, attempt, runnerId, digest, ...(fence === undefined ? {} : { fence }) },
    { kind: "runner", runnerId },
  );
  // While that fails the claim stays unsettled, and is handed in as one for which nothing was run.
  if (answer.ok && consumes !== undefined) await journal.add(consumes);
  claims.answered(place);
  if (!answer.ok) log.info({ ...place, refusal: answer.problem.sentence }, "step is not ours to run");
  return answer.ok;
}

async function runClaimed(turn: Turn<Active>, { step, attempt }: RunInstruction, cancel: AbortSignal): Promise<void> {
  const { record, runnerId, outbox, log } = turn.workplace;
  const place = { upgradeId: turn.upgrade.id, stepId: step.id, attempt };
  const store = createChunkStore((chunks) => record.appendOutput(place, chunks), log);
  const report = await runStep(await contextOf(turn, { step, attempt, store, cancel }));
  turn.workplace.observer?.stepEnded(step.action.kind, report.outcome, report.durationMs);
  await outbox.send({ ...place, runnerId, report, chunks: store.unsent });
}

interface Attempt {
  readonly step: Step;
  readonly attempt: number;
  readonly store: ChunkStore;
  readonly cancel: AbortSignal;
}

/** What one attempt of a step is executed with. */
export async function contextOf(
  { upgrade, environment, workplace }: Turn<Active>,
  { step, attempt, store, cancel }: Attempt,
): Promise<StepContext> {
  const { record, runnerId, resolveSecret, baseEnv, running, transports, remoteAttempts, leave, log } = workplace;
  const place = { upgradeId: upgrade.id, stepId: step.id, attempt };
  const trace = currentTrace();
  return {
    upgradeId: upgrade.id,
    ...(trace === undefined ? {} : { trace }),
    step: asDeclared(step, environment.hooks),
    attempt,
    mayHaveRun: mayHaveRun(currentTrack(upgrade).steps.get(step.id)),
    environment,
    baseline: upgrade.baseline,
    ports: permittedPorts(workplace, environment),
    redactor: createRedactor(await secretsOf(environment, step, resolveSecret)),
    output: createStepOutput(store),
    resolveSecret,
    baseEnv,
    running,
    transports,
    remoteAttempts,
    isStillOurs: askedTogether(() => isStillOurs(record, { ...place, runnerId })),
    leave,
    cancel,
    log,
  };
}

function mayHaveRun(progress: StepProgress | undefined): boolean {
  return progress !== undefined && "mayHaveRun" in progress;
}

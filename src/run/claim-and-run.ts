import { livePorts } from "#src/discovery/live-ports.ts";
import type { Active } from "#src/upgrade/state.ts";
import { checkPermission } from "./check-permission.ts";
import type { RunInstruction } from "./check-permission.ts";
import { createChunkStore } from "./output/chunk-store.ts";
import { createRedactor } from "./output/redact.ts";
import { createStepOutput } from "./output/step-output.ts";
import { runStep } from "./run-step.ts";
import { secretsOf } from "./secrets-of.ts";
import type { Turn } from "./workplace.ts";

/**
 * Checks the permission, claims the step in the record, runs it and hands its report in. Answers whether anything was
 * done; a wrong permission raises an alarm and the upgrade waits.
 */
export async function claimAndRun(turn: Turn<Active>, instruction: RunInstruction): Promise<boolean> {
  const { upgrade, environment, workplace } = turn;
  const { step, attempt } = instruction;
  if (!workplace.mayStart()) return false;
  using slot = workplace.slots.take(environment.name, `${upgrade.id} ${step.id}`);
  if (slot === undefined) return false;
  const permission = checkPermission(upgrade, instruction, {
    environment,
    publicKeys: workplace.publicKeys,
    now: await workplace.record.now(),
    planAgain: workplace.planAgain,
  });
  if (!permission.ok) {
    await workplace.alarms.raise(upgrade.id, `nothing was run: ${permission.problem}`);
    return false;
  }
  if (!(await claim(turn, instruction))) return false;
  const place = { upgradeId: upgrade.id, stepId: step.id, attempt };
  workplace.log.info({ ...place, environment: environment.name }, "step started");
  await runClaimed(turn, instruction);
  return true;
}

/** Recorded and committed before anything is spawned (design invariant 9). */
async function claim({ upgrade, workplace }: Turn<Active>, instruction: RunInstruction): Promise<boolean> {
  const { record, runnerId, claims, log } = workplace;
  const { step, attempt, digest } = instruction;
  const place = { upgradeId: upgrade.id, stepId: step.id, attempt };
  claims.ask(place);
  const answer = await record.submit(
    upgrade.id,
    { intent: "start_step", stepId: step.id, attempt, runnerId, digest },
    { kind: "runner", runnerId },
  );
  claims.answered(place);
  if (!answer.ok) log.info({ ...place, refusal: answer.problem.sentence }, "step is not ours to run");
  return answer.ok;
}

async function runClaimed(
  { upgrade, environment, workplace }: Turn<Active>,
  instruction: RunInstruction,
): Promise<void> {
  const { record, runnerId, outbox, resolveSecret, baseEnv, running, leave, log } = workplace;
  const { step, attempt } = instruction;
  const place = { upgradeId: upgrade.id, stepId: step.id, attempt };
  const redactor = createRedactor(await secretsOf(environment, step, resolveSecret));
  const store = createChunkStore((chunks) => record.appendOutput(place, chunks), log);
  const report = await runStep({
    upgradeId: upgrade.id,
    step,
    attempt,
    environment,
    baseline: upgrade.baseline,
    ports: livePorts({ resolveSecret, baseEnv }),
    redactor,
    output: createStepOutput(store),
    resolveSecret,
    baseEnv,
    running,
    leave,
    log,
  });
  await outbox.send({ ...place, runnerId, report, chunks: store.unsent });
}

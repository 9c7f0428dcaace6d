import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { stepDigest } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import { policyFor } from "#src/plan/step-kinds.ts";
import type { Active } from "#src/upgrade/state.ts";
import { alarm, checkStanding } from "./check-standing.ts";
import type { Denial, RunInstruction, StandingKnowledge } from "./check-standing.ts";
import { compareInstallations } from "./compare-installations.ts";
import { compareSteps } from "./compare-steps.ts";
import type { Consumption } from "./started-journal.ts";

/** What the runner knows by itself; nothing of it comes from the record but its clock, its lock and its events. */
export interface RunnerKnowledge extends StandingKnowledge {
  /** Makes the plan again, from the record's facts; undefined where it cannot be made. */
  readonly planAgain: (upgrade: Active) => Plan | undefined;
}

/** Under which lock the step may start, and which approval that uses up. */
export interface Permission {
  readonly fence: string | undefined;
  readonly consumes?: Consumption;
}

/**
 * Decides whether this runner may execute the step (design invariant 3): the executor is gated, not the ticket. Nearly
 * everything that is wrong here was made up or changed on the way.
 */
export function checkPermission(
  upgrade: Active,
  instruction: RunInstruction,
  knowledge: RunnerKnowledge,
): Result<Permission, Denial> {
  const { plan, step, attempt } = instruction;
  const { environment, fence } = knowledge;
  const denied = (kind: string, sentence: string): Result<Permission, Denial> =>
    no(alarm(`${kind} ${step.id} ${attempt}`, sentence));
  const differences = compareInstallations(environment, upgrade.request.environment);
  if (differences.length > 0) {
    return denied(
      "installation",
      `the plan was made for another installation than this runner's configuration of ${environment.name} describes (${differences.join(", ")} differ)`,
    );
  }
  const known = knowledge.planAgain(upgrade)?.steps.find((candidate) => candidate.id === step.id);
  if (known === undefined)
    return denied("step", `step ${step.id} is not in the plan that this runner makes from the same facts`);
  const changed = compareSteps(known, step);
  if (changed.length > 0) {
    return denied(
      "step",
      `step ${step.id} is not the one that this runner plans from the same facts (${changed.join(", ")} differ): the plan was changed, or bot and runner have different versions`,
    );
  }
  const digest = stepDigest(plan, step, attempt);
  if (digest !== instruction.digest)
    return denied("digest", `the digest of step ${step.id} does not belong to what it would run`);
  const policy = policyFor(environment, step);
  if (policy === undefined) return ok({ fence });
  const problem = checkStanding(upgrade, instruction, { ...knowledge, policy });
  if (problem !== undefined) return no(problem);
  return ok({ fence, consumes: { upgradeId: upgrade.id, stepId: step.id, attempt, digest } });
}

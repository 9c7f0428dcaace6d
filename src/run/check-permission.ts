import type { Person } from "#approvals/person.ts";
import type { Policy } from "#approvals/policy.ts";
import { tally } from "#approvals/tally.ts";
import { isInside } from "#approvals/window.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { Environment } from "#src/plan/environment.ts";
import { stepDigest } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import { verifyStanding } from "#src/signing/sign-standing.ts";
import type { PublicKey } from "#src/signing/signing-key.ts";
import { policyFor } from "#src/plan/step-kinds.ts";
import type { Next } from "#src/upgrade/next.ts";
import { recheckAfterMs } from "#src/upgrade/next.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import type { Active } from "#src/upgrade/state.ts";
import { compareInstallations } from "./compare-installations.ts";
import { compareSteps } from "./compare-steps.ts";

export type RunInstruction = Extract<Next, { readonly do: "run" }>;

/** What the runner knows by itself; nothing of it comes from the record. */
export interface RunnerKnowledge {
  /** The runner's own configuration of the environment. */
  readonly environment: Environment;
  readonly publicKeys: readonly PublicKey[];
  /** The clock of the database. */
  readonly now: Instant;
  /** Makes the plan again, from the record's facts; undefined where it cannot be made. */
  readonly planAgain: (upgrade: Active) => Plan | undefined;
}

/** Clocks of bot and database may differ by so much. */
const clockToleranceMs = 5_000;

/**
 * Decides whether this runner may execute the step (design invariant 3): the executor is gated, not the ticket. A
 * problem is a sentence for an alarm, since everything that is wrong here was made up or changed on the way.
 */
export function checkPermission(
  upgrade: Active,
  instruction: RunInstruction,
  knowledge: RunnerKnowledge,
): Result<undefined, string> {
  const { plan, step, attempt } = instruction;
  const { environment } = knowledge;
  const differences = compareInstallations(environment, upgrade.request.environment);
  if (differences.length > 0) {
    return no(
      `the plan was made for another installation than this runner's configuration of ${environment.name} describes (${differences.join(", ")} differ)`,
    );
  }
  const known = knowledge.planAgain(upgrade)?.steps.find((candidate) => candidate.id === step.id);
  if (known === undefined) return no(`step ${step.id} is not in the plan that this runner makes from the same facts`);
  const changed = compareSteps(known, step);
  if (changed.length > 0) {
    return no(
      `step ${step.id} is not the one that this runner plans from the same facts (${changed.join(", ")} differ): the plan was changed, or bot and runner have different versions`,
    );
  }
  const digest = stepDigest(plan, step, attempt);
  if (digest !== instruction.digest) return no(`the digest of step ${step.id} does not belong to what it would run`);
  const policy = policyFor(environment, step);
  return policy === undefined ? ok(undefined) : checkStanding(upgrade, instruction, { ...knowledge, policy });
}

function checkStanding(
  upgrade: Active,
  { step, attempt, digest, approval }: RunInstruction,
  { publicKeys, now, policy, environment }: RunnerKnowledge & { readonly policy: Policy },
): Result<undefined, string> {
  const outcome = approval?.outcome;
  if (outcome?.kind !== "granted" || outcome.signed === undefined) {
    return no(`step ${step.id} is ${step.class} and was to run without a signed approval`);
  }
  const opened = verifyStanding(outcome.signed.envelope, publicKeys);
  if (!opened.ok) return no(`the approval of step ${step.id} is not genuine: ${opened.problem.sentence}`);
  const standing = opened.value;
  const expected = {
    upgradeId: upgrade.id,
    environment: environment.name,
    stepId: step.id,
    attempt,
    digest,
  } satisfies Partial<SignedStanding>;
  if (standing.upgradeId !== expected.upgradeId) return no(foreign(step.id, "upgrade", standing.upgradeId));
  if (standing.environment !== expected.environment) return no(foreign(step.id, "environment", standing.environment));
  if (standing.stepId !== expected.stepId) return no(foreign(step.id, "step", standing.stepId));
  if (standing.attempt !== expected.attempt) return no(foreign(step.id, "attempt", String(standing.attempt)));
  if (standing.digest !== expected.digest) return no(foreign(step.id, "digest", standing.digest));
  return checkVotes(standing, { policy, now });
}

function foreign(stepId: string, what: string, value: string): string {
  return `the approval presented for step ${stepId} was given for another ${what}: ${value}`;
}

function checkVotes(
  standing: SignedStanding,
  { policy, now }: { readonly policy: Policy; readonly now: Instant },
): Result<undefined, string> {
  const { stepId, expiresAt, checkedAt, brokenGlass } = standing;
  if (isAfter(now, expiresAt)) return no(`the approval presented for step ${stepId} expired at ${expiresAt}`);
  if (isAfter(now, addMs(checkedAt, recheckAfterMs + clockToleranceMs))) {
    return no(`the approvers of step ${stepId} were last looked up at ${checkedAt}, more than 60 s ago`);
  }
  if (isAfter(checkedAt, addMs(now, clockToleranceMs))) {
    return no(`the approval presented for step ${stepId} comes from the future (${checkedAt})`);
  }
  if (!isInside(policy.windows, now))
    return no(`step ${stepId} may only start inside a maintenance window, and none is open`);
  if (brokenGlass !== undefined) {
    return policy.breakGlass.includes(brokenGlass.userId)
      ? ok(undefined)
      : no(`the glass of step ${stepId} was broken by ${brokenGlass.userId}, who is not named for it here`);
  }
  return isMet(standing, policy)
    ? ok(undefined)
    : no(
        `the approval of step ${stepId} names ${standing.approvals.length} people, who do not meet the policy of this runner`,
      );
}

/** Counts the signed votes again by the runner's own policy: the same rules as at the click. */
function isMet(standing: SignedStanding, policy: Policy): boolean {
  const { digest, approvals, requesterIds, earlierVoterIds, expiresAt } = standing;
  const ballots = approvals.map(({ stepUp, at, onBehalfOf, ...voter }) => ({
    voter: asPerson(voter),
    decision: "approve" as const,
    digest,
    at,
    stepUp,
    onBehalfOf: onBehalfOf.map(asPerson),
  }));
  return (
    tally({ policy, digest, requesterIds, earlierVoterIds, expiresAt }, ballots, standing.checkedAt).kind === "granted"
  );
}

/** The Slack side signs only full members of its workspace, so nothing else needs to be said of them. */
function asPerson({
  userId,
  human,
  groups,
}: Pick<SignedStanding["approvals"][number], "userId" | "human" | "groups">): Person {
  return {
    kind: "known",
    userId,
    teamId: "T00",
    name: userId,
    ...(human === userId ? {} : { human }),
    isHomeTeam: true,
    isDeactivated: false,
    isBot: false,
    isGuest: false,
    groups,
  };
}

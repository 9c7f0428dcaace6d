import { unreachable } from "#src/kernel/result.ts";
import { isLookFailureKnown, mayStartUnseen } from "#src/upgrade/drift.ts";
import type { IntentOf } from "#src/upgrade/intents.ts";
import type { Active } from "#src/upgrade/state.ts";
import { whyForEver } from "#src/run/refused-letter.ts";
import type { RunInstruction } from "#src/run/check-standing.ts";
import type { Turn } from "#src/run/workplace.ts";
import { lookAtClusters } from "./look-at-clusters.ts";

/** The step may start; it was told why it does not; or it is looked at again with the next sweep. */
export type Answer = "start" | "told" | "later";

type Looked = Pick<RunInstruction, "step" | "attempt">;

/** How long a look that fails is tried again before a person is asked: a database that restarts needs less. */
const defaultPatienceMs = 120_000;

/**
 * Looks whether somebody wrote while the configuration is frozen. Nothing starts over a write that nobody knows of; and
 * where nobody could look, only what may start unseen does.
 */
export async function lookBeforeStep(turn: Turn<Active>, instruction: Looked): Promise<Answer> {
  const { upgrade, workplace } = turn;
  const { runnerId, failedLooks } = workplace;
  const { step, attempt } = instruction;
  const seen = await lookAtClusters(turn);
  if (seen.kind !== "unseen") failedLooks.settle({ upgradeId: upgrade.id, stepId: step.id, attempt });
  switch (seen.kind) {
    case "nothing_to_compare":
    case "unchanged":
      return "start";
    case "drift":
      return tellDrift(turn, { intent: "report_drift", stepId: step.id, attempt, runnerId, drift: seen.drift });
    case "unseen":
      return unseen(turn, instruction, seen.reason);
    default:
      return unreachable(seen);
  }
}

/** Tells that nobody could look, at once where the step may start all the same, else when patience is at its end. */
export async function unseen(turn: Turn<Active>, { step, attempt }: Looked, reason: string): Promise<Answer> {
  const { upgrade, workplace } = turn;
  const { runnerId, failedLooks, lookPatienceMs = defaultPatienceMs } = workplace;
  const report = { intent: "report_look_failed", stepId: step.id, attempt, runnerId, reason } as const;
  if (mayStartUnseen(upgrade, step, attempt)) {
    if (!isLookFailureKnown(upgrade, step.id, attempt)) await tell(turn, report);
    return "start";
  }
  const place = { upgradeId: upgrade.id, stepId: step.id, attempt };
  if (failedLooks.failingForMs(place) < lookPatienceMs) return "later";
  const answer = await tell(turn, report);
  // Whoever looks again gets the same patience anew.
  if (answer === "told") failedLooks.settle(place);
  return answer;
}

/** A write stops the upgrade in any case: where the record does not take what was written, its tables alone are told. */
export async function tellDrift(turn: Turn<Active>, intent: IntentOf<"report_drift">): Promise<Answer> {
  try {
    return await tell(turn, intent);
  } catch (error) {
    if (whyForEver(error) === undefined) throw error;
    const tables = new Set(intent.drift.changes.map(({ table }) => table));
    const changes = [...tables].map((table) => ({ table, what: "changed" as const }));
    return tell(turn, { ...intent, drift: { ...intent.drift, changes } });
  }
}

type Told = IntentOf<"report_drift" | "report_look_failed" | "report_no_drift">;

export async function tell({ upgrade, workplace }: Turn<Active>, intent: Told): Promise<Answer> {
  const { record, runnerId } = workplace;
  const answer = await record.submit(upgrade.id, intent, { kind: "runner", runnerId });
  return answer.ok ? "told" : "later";
}

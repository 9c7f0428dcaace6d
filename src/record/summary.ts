import { databaseKey, databaseKeys } from "#src/plan/databases-of.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { needsReview } from "#src/upgrade/review.ts";
import type { Upgrade } from "#src/upgrade/state.ts";

/** One row of the table `upgrade`, and which track a step that starts now belongs to. */
export interface Summary {
  readonly id: string;
  readonly environment: string;
  readonly database_key: string;
  /** All that its lock holds; no column of the table. */
  readonly database_keys: readonly string[];
  readonly mode: "plan" | "check";
  readonly status: Upgrade["status"];
  readonly is_open: boolean;
  readonly version: number;
  readonly head_hash: string;
  readonly running: { readonly stepId: string; readonly attempt: number; readonly runnerId: string } | null;
  /** No upgrade of the environment begins before somebody reviewed this one. */
  readonly needs_review: boolean;
  readonly track: "forward" | "rollback";
  readonly requested_at: string;
  readonly updated_at: string;
}

/** The newest state in short. */
export function summarise(upgrade: Upgrade, head: RecordedEvent): Summary {
  const { environment, mode } = upgrade.request;
  return {
    id: upgrade.id,
    environment: environment.name,
    database_key: databaseKey(environment),
    database_keys: databaseKeys(environment),
    // A dry run takes no lock and is in nobody's way, like a check.
    mode: mode === "plan" ? "plan" : "check",
    status: upgrade.status,
    is_open: upgrade.status !== "closed",
    version: upgrade.version,
    head_hash: head.hash,
    running: runningStep(upgrade),
    needs_review: needsReview(upgrade),
    track: "rollback" in upgrade && upgrade.rollback !== undefined ? "rollback" : "forward",
    requested_at: upgrade.request.at,
    updated_at: upgrade.updatedAt,
  };
}

function runningStep(upgrade: Upgrade): Summary["running"] {
  if (upgrade.status !== "active") return null;
  const current = currentStep(upgrade);
  if (current?.progress.kind !== "running") return null;
  const { attempt, runnerId } = current.progress;
  return { stepId: current.step.id, attempt, runnerId };
}

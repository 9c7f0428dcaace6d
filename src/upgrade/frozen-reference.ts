import type { Instant } from "#src/kernel/instant.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Plan } from "#src/plan/plan.ts";
import { kindOf } from "#src/plan/step-kinds.ts";
import type { Step } from "#src/plan/step.ts";
import type { Active, StepProgress, Track } from "./state.ts";

/** Whose configuration is meant: the second cluster's own, or the environment's where nothing is said. */
export type Side = "green" | undefined;

/** The configuration of one cluster as it has to be while it is frozen. */
export interface FrozenReference {
  readonly side: Side;
  readonly figures: Pick<Measurements, "counts" | "fingerprint">;
  readonly recordedAt: Instant;
}

/**
 * What each configuration is compared with before the step whose turn it is; empty while nothing is frozen. On the way
 * back that is what was recorded last, until a restore: from then on it is what was backed up. What cannot be compared
 * is left out: while the upgrade itself changed the configuration since it was recorded, and while a database is set
 * aside and none was restored.
 */
export function frozenReferences(upgrade: Active): readonly FrozenReference[] {
  return ([undefined, "green"] as const).flatMap((side) => {
    const figures = side === "green" ? upgrade.baseline.green : upgrade.baseline;
    if (figures === undefined || !isComparable(figures, upgrade.request.environment)) return [];
    const recordedAt = recordedAtOf(upgrade, side);
    return recordedAt === undefined ? [] : [{ side, figures, recordedAt }];
  });
}

/**
 * Whether these figures tell a write: digests of tables or files, or the numbers of entities that a cluster on Cassandra
 * has. Numbers that a node without a database tells are those of what it has loaded.
 */
export function isComparable(
  { fingerprint, counts }: Pick<Measurements, "counts" | "fingerprint">,
  { cassandra, database }: Pick<Environment, "cassandra" | "database">,
): boolean {
  if (fingerprint === undefined) return false;
  const isByNumbers = database === undefined && cassandra !== undefined && Object.keys(counts ?? {}).length > 0;
  return Object.keys(fingerprint).length > 0 || isByNumbers;
}

/** How the configuration is looked at on a way back, as it is when that begins. */
export type WayBackLooks =
  /** Nothing was measured, or writes were not frozen. */
  | { readonly kind: "none" }
  | { readonly kind: "compared"; readonly recordedAt: Instant }
  /** The upgrade changed the configuration itself and did not record it afterwards. */
  | { readonly kind: "unsettled"; readonly by: Step; readonly recordedAt: Instant };

/** What can be told of writes when a way back begins; the track of the upgrade does not change any more then. */
export function looksOnWayBack(forward: Track): WayBackLooks {
  const recordedAt = lastRecorded(forward, undefined);
  if (recordedAt === undefined || !isFrozenAfter(stepsBefore(forward))) return { kind: "none" };
  const by = unsettledBy(forward, undefined);
  return by === undefined ? { kind: "compared", recordedAt } : { kind: "unsettled", by, recordedAt };
}

/** Whether this step changes the configuration itself, so that it is recorded anew right after it. */
export function isRecordedAfter({ steps }: Plan, stepId: string): boolean {
  const place = steps.findIndex(({ id }) => id === stepId);
  return place !== -1 && steps[place + 1]?.action.kind === "fingerprint";
}

/** Whether this step of a way back brings the backed up configuration back. */
export function isRestore({ id }: Pick<Step, "id">): boolean {
  return id === "back-restore-database";
}

function recordedAtOf(upgrade: Active, side: Side): Instant | undefined {
  const { forward, rollback } = upgrade;
  const done = [...stepsBefore(forward), ...(rollback === undefined ? [] : stepsBefore(rollback))];
  if (!isFrozenAfter(done)) return undefined;
  if (rollback !== undefined && isSetAside(rollback, side)) {
    return side === undefined ? restoredAt(rollback) : undefined;
  }
  return unsettledBy(forward, side) === undefined ? lastRecorded(forward, side) : undefined;
}

function stepsBefore({ plan, turn }: Track): readonly Step[] {
  return plan.steps.slice(0, turn);
}

function isFrozenAfter(done: readonly Step[]): boolean {
  const last = done.map((step) => kindOf(step)).findLast((kind) => kind === "freeze" || kind === "unfreeze");
  return last === "freeze";
}

function lastRecorded(track: Track, side: Side): Instant | undefined {
  const recorded = stepsBefore(track)
    .map(({ id }) => track.steps.get(id))
    .findLast((progress) => hasFingerprint(progress, side));
  return recorded?.kind === "done" ? recorded.finishedAt : undefined;
}

function hasFingerprint(progress: StepProgress | undefined, side: Side): boolean {
  const measured = progress?.kind === "done" ? progress.report?.measurements : undefined;
  return (side === "green" ? measured?.green : measured)?.fingerprint !== undefined;
}

/**
 * The step that changed this configuration since it was recorded, or may have: a `fingerprint` step follows every step
 * that does, so it is the one right before such a step, from its first command until that is done.
 */
function unsettledBy({ plan, steps, turn }: Track, side: Side): Step | undefined {
  const [before, current, following] = [plan.steps[turn - 1], plan.steps[turn], plan.steps[turn + 1]];
  if (isRecording(current, side)) return before ?? current;
  return isRecording(following, side) && mayHaveRun(steps.get(current?.id ?? "")) ? current : undefined;
}

/** Clusters that share one database share its figures, so a step of either side records them. */
function isRecording(step: Step | undefined, side: Side): boolean {
  return step?.action.kind === "fingerprint" && step.action.side === side;
}

function mayHaveRun(progress: StepProgress | undefined): boolean {
  switch (progress?.kind) {
    case "running":
    case "unknown":
      return true;
    case "ready":
      return progress.attempt > 1;
    case "failed":
      return progress.attempt > 1 || progress.report?.commands.length !== 0;
    case "waiting":
    case "done":
    case undefined:
      return false;
  }
}

/** From its first command on, a rename may have been made. */
function isSetAside({ plan, steps, turn }: Track, side: Side): boolean {
  const id = side === "green" ? "back-green-set-aside-database" : "back-set-aside-database";
  const place = plan.steps.findIndex((step) => step.id === id);
  return place !== -1 && (place < turn || (place === turn && mayHaveRun(steps.get(id))));
}

function restoredAt(track: Track): Instant | undefined {
  const restore = stepsBefore(track).find((step) => isRestore(step));
  const progress = restore === undefined ? undefined : track.steps.get(restore.id);
  return progress?.kind === "done" ? progress.finishedAt : undefined;
}

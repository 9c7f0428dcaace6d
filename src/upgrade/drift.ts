import { z } from "zod";
import { digestOf, digestSchema } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import { kindOf } from "#src/plan/step-kinds.ts";
import type { Step } from "#src/plan/step.ts";
import type { Active, LookFailure, StepProgress, Track } from "./state.ts";

/** Entities that a record names; the number of all is told beside them. */
export const maxDriftChanges = 40;

/** One entity that somebody wrote while the configuration was frozen. */
const driftChangeSchema = z.object({
  /** Table, or `file /etc/kong/kong.yml`. */
  table: z.string(),
  /** `changed` where only the table is known to differ. */
  what: z.enum(["created", "updated", "deleted", "changed"]),
  /** Primary key. */
  key: z.string().optional(),
  name: z.string().optional(),
  /** By the entity's own `updated_at`, else by the audit log. */
  at: instantSchema.optional(),
  /** By the audit log of Kong Enterprise. */
  by: z.string().optional(),
});
export type DriftChange = z.infer<typeof driftChangeSchema>;

/** What was written during the freeze, and the figures that the configuration has now. */
export const driftSchema = z.object({
  changes: z.array(driftChangeSchema).min(1).max(maxDriftChanges).readonly(),
  /** Of all changes, also of those that are not named. */
  total: z.number().int().min(1),
  /** Nothing was written until then. */
  unchangedAt: instantSchema,
  /** Whether the audit log could say who it was. */
  audit: z.enum(["read", "absent", "unreadable"]),
  counts: z.record(z.string(), z.number()).optional(),
  fingerprint: z.record(z.string(), digestSchema),
});
export type Drift = z.infer<typeof driftSchema>;

/** What a decision about a drift is bound to: the configuration as it was found. */
export function driftDigest({ fingerprint }: Pick<Drift, "fingerprint">): Digest {
  return digestOf(fingerprint);
}

/** The configuration as it has to be while it is frozen. */
export interface FrozenReference {
  readonly figures: Pick<Measurements, "counts" | "fingerprint">;
  readonly recordedAt: Instant;
}

/**
 * What the configuration is compared with before the step whose turn it is; undefined while it is not frozen, and while
 * the last recorded fingerprint is not that of the present: right before it is recorded anew, since a `fingerprint` step
 * follows every step that changes the configuration itself, and when such a step is tried again.
 */
export function frozenReference({ baseline, forward, rollback }: Active): FrozenReference | undefined {
  if (rollback !== undefined || baseline.fingerprint === undefined) return undefined;
  const { plan, turn } = forward;
  const current = plan.steps[turn];
  const before = plan.steps.slice(0, turn);
  if (current === undefined || !isFrozenAfter(before) || isStale(forward, turn)) return undefined;
  const recorded = before.map(({ id }) => forward.steps.get(id)).findLast((progress) => hasFingerprint(progress));
  return recorded?.kind === "done" ? { figures: baseline, recordedAt: recorded.finishedAt } : undefined;
}

/** Whether nothing starts until a person has decided about a write, or about a look that could not be made. */
export function isStoppedByDrift({ drift, lookFailure }: Active): boolean {
  return drift !== undefined || lookFailure?.state === "asked";
}

/**
 * Whether the step may start although nobody can look whether somebody wrote: one that is safe, as long as no write was
 * found before, and one that a person lets start all the same.
 */
export function mayStartUnseen({ lookFailure, isDriftSuspected }: Active, step: Step, attempt: number): boolean {
  if (lookFailure?.state === "waived" && isAbout(lookFailure, step.id, attempt)) return true;
  return step.class === "safe" && isDriftSuspected === undefined;
}

/** Whether it is said already that nobody could look before this attempt. */
export function isLookFailureKnown({ lookFailure }: Active, stepId: string, attempt: number): boolean {
  return lookFailure !== undefined && isAbout(lookFailure, stepId, attempt);
}

function isAbout(failure: LookFailure, stepId: string, attempt: number): boolean {
  return failure.stepId === stepId && failure.attempt === attempt;
}

function isFrozenAfter(done: readonly Step[]): boolean {
  const last = done.map((step) => kindOf(step)).findLast((kind) => kind === "freeze" || kind === "unfreeze");
  return last === "freeze";
}

function hasFingerprint(progress: StepProgress | undefined): boolean {
  return progress?.kind === "done" && progress.report?.measurements?.fingerprint !== undefined;
}

function isStale({ plan, steps }: Track, turn: number): boolean {
  const [current, following] = [plan.steps[turn], plan.steps[turn + 1]];
  if (current?.action.kind === "fingerprint") return true;
  const progress = steps.get(current?.id ?? "");
  const isAgain = progress?.kind === "ready" && progress.attempt > 1;
  return isAgain && following?.action.kind === "fingerprint";
}

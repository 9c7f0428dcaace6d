import { z } from "zod";
import { digestOf, digestSchema } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import type { Step } from "#src/plan/step.ts";
import type { Active, LookFailure } from "./state.ts";

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
  /** Written to the second cluster's own database; to the environment's configuration where absent. */
  side: z.literal("green").optional(),
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

/** What a decision about a drift is bound to: the configuration as it was found, by its numbers where it has no more. */
export function driftDigest({ fingerprint, counts }: Pick<Drift, "fingerprint" | "counts">): Digest {
  const isNumbersAlone = Object.keys(fingerprint).length === 0 && counts !== undefined;
  return digestOf(isNumbersAlone ? counts : fingerprint);
}

/** Whether nothing starts until a person has decided about a write, or about a look that could not be made. */
export function isStoppedByDrift({ drift, lookFailure }: Active): boolean {
  return drift !== undefined || lookFailure?.state === "asked";
}

/**
 * Whether the step may start although nobody can look whether somebody wrote, as long as no write was found before: one
 * that is safe, one that a person does, and any of a way back, which nothing holds but a write that was seen; and on
 * Cassandra any, because the nodes that tell its numbers are stopped on the way. And one that a person lets start.
 */
export function mayStartUnseen(
  { lookFailure, isDriftSuspected, rollback, request }: Active,
  step: Pick<Step, "id" | "class" | "action">,
  attempt: number,
): boolean {
  if (lookFailure?.state === "waived" && isAbout(lookFailure, step.id, attempt)) return true;
  if (isDriftSuspected !== undefined) return false;
  const isByNumbers = request.environment.database === undefined && request.environment.cassandra !== undefined;
  return step.class === "safe" || step.action.kind === "manual" || rollback !== undefined || isByNumbers;
}

/** Whether it is recorded that a look before this attempt saw nothing, and nothing was found or suspected since. */
export function isSeenUnchanged({ seenUnchanged, isDriftSuspected }: Active, stepId: string, attempt: number): boolean {
  return isDriftSuspected === undefined && seenUnchanged !== undefined && isAbout(seenUnchanged, stepId, attempt);
}

/** Whether it is said already that nobody could look before this attempt. */
export function isLookFailureKnown({ lookFailure }: Active, stepId: string, attempt: number): boolean {
  return lookFailure !== undefined && isAbout(lookFailure, stepId, attempt);
}

function isAbout(look: Pick<LookFailure, "stepId" | "attempt">, stepId: string, attempt: number): boolean {
  return look.stepId === stepId && look.attempt === attempt;
}

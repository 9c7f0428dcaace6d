import { z } from "zod";
import { digestOf, digestSchema } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import { findingSchema } from "#src/kong/finding.ts";
import { stepSchema } from "./step.ts";
import type { Step } from "./step.ts";

export const optionsSchema = z.object({
  /** `test-first` starts and tests the new version before `finish`; `documented` is Kong's order: finish, then start. */
  order: z.enum(["test-first", "documented"]),
});
export type PlanOptions = z.infer<typeof optionsSchema>;

/** The way to a target that takes several upgrades, each with a plan of its own. */
export const journeySchema = z.object({
  target: z.string(),
  hops: z
    .array(
      z.object({
        from: z.string(),
        to: z.string(),
        rule: z.string(),
        source: z.string(),
        /** Why the upgrade before it cannot go further. */
        whyNotSkipped: z.string(),
      }),
    )
    .min(1)
    .readonly(),
});
export type Journey = z.infer<typeof journeySchema>;

/** The checklist. Never edited, only superseded; preview and execution use the same value. */
export const planSchema = z.object({
  kind: z.enum(["upgrade", "rollback"]),
  environment: z.string(),
  strategy: z.string(),
  from: z.string(),
  to: z.string(),
  options: optionsSchema,
  /** The whole way, where this plan is only the first of several upgrades; absent for a direct way. */
  journey: journeySchema.optional(),
  findings: z.array(findingSchema).readonly(),
  steps: z.array(stepSchema).min(1).readonly(),
  /** Sentences for people: what this way costs, and what was not looked at. */
  notes: z.array(z.string()).readonly(),
  digest: digestSchema,
});
export type Plan = z.infer<typeof planSchema>;

/** Adds the digest over everything else. */
export function sealPlan(unsealed: Omit<Plan, "digest">): Plan {
  return { ...unsealed, digest: digestOf(unsealed) };
}

/** The digest anew, after something of the plan became another. */
export function resealPlan({ digest: _old, ...unsealed }: Plan): Plan {
  return sealPlan(unsealed);
}

/** The first irreversible step: after it, going back means restoring the backup. */
export function pointOfNoReturn(plan: Plan): Step | undefined {
  return plan.steps.find((step) => step.class === "irreversible");
}

/**
 * What an approval is bound to (design invariant 1): the plan, the step with its fully rendered commands and targets,
 * the versions, and the attempt. Change one byte and it is void.
 */
export function stepDigest(plan: Plan, step: Step, attempt: number): Digest {
  return digestOf({ plan: plan.digest, step, from: plan.from, to: plan.to, attempt });
}

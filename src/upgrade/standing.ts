import { z } from "zod";
import { digestSchema } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import { upgradeIdSchema } from "./identity.ts";

/** DSSE payload type of a signed standing. */
export const standingPayloadType = "application/vnd.kong-upgrade.standing+json";

/** What the Slack side signs and the runner checks before it spawns anything (design invariant 3). */
export const signedStandingSchema = z.strictObject({
  upgradeId: upgradeIdSchema,
  environment: z.string(),
  stepId: z.string(),
  attempt: z.number().int().min(1),
  digest: digestSchema,
  approvedBy: z.array(z.string()).min(1).readonly(),
  /** When the voters were looked up; a runner refuses a standing older than 60 s. */
  checkedAt: instantSchema,
  expiresAt: instantSchema,
});
export type SignedStanding = z.infer<typeof signedStandingSchema>;

import { z } from "zod";
import { groupIdSchema, userIdSchema } from "#approvals/person.ts";
import { stepUpSchema } from "#approvals/policy.ts";
import { digestSchema } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import { upgradeIdSchema } from "./identity.ts";

/** DSSE payload type of a signed standing. */
export const standingPayloadType = "application/vnd.kong-upgrade.standing+json";

/** Somebody whom the Slack side looked up: the account, the human behind it, and the lists of the policy that they are in. */
const signedVoterSchema = z.strictObject({
  userId: userIdSchema,
  human: z.string(),
  groups: z.array(groupIdSchema).readonly(),
});

const signedVoteSchema = signedVoterSchema.extend({
  stepUp: stepUpSchema,
  at: instantSchema,
  onBehalfOf: z.array(signedVoterSchema).readonly(),
});

/** What the Slack side signs and the runner checks before it spawns anything (design invariant 3). */
export const signedStandingSchema = z.strictObject({
  upgradeId: upgradeIdSchema,
  environment: z.string(),
  stepId: z.string(),
  attempt: z.number().int().min(1),
  digest: digestSchema,
  /** The votes that fill the seats, with what the second look told; none where the glass was broken. */
  approvals: z.array(signedVoteSchema).max(200).readonly(),
  brokenGlass: signedVoterSchema
    .extend({ reason: z.string(), incident: z.string(), stepUp: stepUpSchema, at: instantSchema })
    .optional(),
  /** Accounts whose rejection stands, also where it is too few for a refusal: the runner counts by its own policy. */
  rejectedBy: z.array(userIdSchema).max(200).readonly().optional(),
  /** Accounts and humans who asked for it, and those who must not approve twice in a row. */
  requesterIds: z.array(z.string()).readonly(),
  earlierVoterIds: z.array(z.string()).readonly(),
  /** Number of the environment's lock under which the step may start. */
  fence: z.string(),
  /** When the voters were looked up; a runner refuses a standing older than 60 s. */
  checkedAt: instantSchema,
  expiresAt: instantSchema,
});
export type SignedStanding = z.infer<typeof signedStandingSchema>;

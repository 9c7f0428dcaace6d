import { z } from "zod";
import { digestSchema } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import { personSchema } from "./person.ts";
import { decisionSchema, stepUpSchema } from "./policy.ts";

/** One person's vote, bound to the digest of exactly what would run. */
export const ballotSchema = z.object({
  voter: personSchema,
  decision: decisionSchema,
  digest: digestSchema,
  reason: z.string().optional(),
  at: instantSchema,
  /** How the person proved to be there; absent in records from before there was a choice. */
  stepUp: stepUpSchema.optional(),
  /** Approvers in whose place this person votes, as they were looked up with the vote. */
  onBehalfOf: z.array(personSchema).readonly().optional(),
});
export type Ballot = z.infer<typeof ballotSchema>;

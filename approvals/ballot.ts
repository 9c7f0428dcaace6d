import { z } from "zod";
import { digestSchema } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import { personSchema } from "./person.ts";

/** One person's vote, bound to the digest of exactly what would run. */
export const ballotSchema = z.object({
  voter: personSchema,
  decision: z.enum(["approve", "reject"]),
  digest: digestSchema,
  reason: z.string().optional(),
  at: instantSchema,
});
export type Ballot = z.infer<typeof ballotSchema>;

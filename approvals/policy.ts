import { z } from "zod";
import { groupIdSchema, userIdSchema } from "./person.ts";

/** Who may vote at a gate and how many it takes. Durations in milliseconds. */
export const policySchema = z.object({
  users: z.array(userIdSchema).readonly(),
  groups: z.array(groupIdSchema).readonly(),
  /** Distinct humans who must agree. */
  quorum: z.number().int().min(1).max(20),
  /** How long a request, and a granted approval, stays valid. */
  expiresAfterMs: z.number().int().positive(),
});
export type Policy = z.infer<typeof policySchema>;

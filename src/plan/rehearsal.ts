import { z } from "zod";
import { digestSchema } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";

/** An upgrade of the preproduction environment that ended well: what production asks for before it does the same. */
export const rehearsalSchema = z.object({
  upgradeId: z.string(),
  environment: z.string(),
  from: z.string(),
  to: z.string(),
  strategy: z.string(),
  /** Absent in records from before it was kept. */
  startedAt: instantSchema.optional(),
  completedAt: instantSchema,
  /** Hash of the event that completed it, so that its record can be told from a later one of the same number. */
  recordHead: digestSchema.optional(),
});
export type Rehearsal = z.infer<typeof rehearsalSchema>;

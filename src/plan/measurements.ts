import { z } from "zod";
import { digestSchema } from "#src/kernel/digest.ts";

/** Figures that a step measured and later steps compare with. */
export const measurementsSchema = z.object({
  /** Rows per table of the Kong database. */
  counts: z.record(z.string(), z.number()).optional(),
  /** One digest per table over all its rows. */
  fingerprint: z.record(z.string(), digestSchema).optional(),
  errorRate: z.object({ requests: z.number(), errors: z.number(), rate: z.number() }).optional(),
});
export type Measurements = z.infer<typeof measurementsSchema>;

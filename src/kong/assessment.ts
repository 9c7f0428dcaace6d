import { z } from "zod";
import { findingSchema } from "./finding.ts";

/** An input that was not read, and how many hazards of the hop nobody looked for because of it. */
export const notCheckedSchema = z.object({
  input: z.string(),
  /** Why: not given, or what went wrong. */
  problem: z.string(),
  /** Ids of the hazards that could not be decided. */
  hazards: z.array(z.string()).readonly(),
});
export type NotChecked = z.infer<typeof notCheckedSchema>;

/** What one upgrade between two versions would meet here. */
export const hopAssessmentSchema = z.object({
  from: z.string(),
  to: z.string(),
  findings: z.array(findingSchema).readonly(),
  notChecked: z.array(notCheckedSchema).readonly(),
});
export type HopAssessment = z.infer<typeof hopAssessmentSchema>;

/** What the whole way to a target would meet, hop by hop; one hop where the way is direct or refused. */
export const assessmentSchema = z.object({
  target: z.string(),
  hops: z.array(hopAssessmentSchema).readonly(),
});
export type Assessment = z.infer<typeof assessmentSchema>;

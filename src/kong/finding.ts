import { z } from "zod";

/** How bad a hazard is when it hits, worst first. */
export const severities = ["stops_start", "breaks_traffic", "changes_behaviour", "deprecation"] as const;
export const severitySchema = z.enum(severities);
export type Severity = z.infer<typeof severitySchema>;

/** A hazard that hits this environment, with its evidence; or a question only a person can answer. */
export const findingSchema = z.object({
  id: z.string(),
  kind: z.enum(["finding", "question", "undecided"]),
  severity: severitySchema,
  title: z.string(),
  /** What it does to this installation. */
  effect: z.string(),
  /** Which route, which plugin, which line; at most 20, `count` tells how many there are. */
  evidence: z.array(z.string()).readonly(),
  count: z.number().int().nonnegative(),
  remedy: z.string(),
  /** Document and version the fact comes from. */
  source: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

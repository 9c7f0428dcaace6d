import { z } from "zod";

/**
 * A site-specific command; `{version}`, `{node}`, `{from}` and, for traffic, `{share}` in its words are replaced before
 * the digest is taken.
 */
export const hookSchema = z.object({
  argv: z.array(z.string()).min(1).readonly(),
  timeoutMs: z.number().int().positive(),
  /** Whether running it twice does the same as once; not where absent. */
  isIdempotent: z.boolean().optional(),
  /** A read-only command that tells whether the hook has done its work: status 0 yes, 1 no, anything else nobody knows. */
  probe: z.object({ argv: z.array(z.string()).min(1).readonly(), timeoutMs: z.number().int().positive() }).optional(),
  /** Whether it may be ended in the middle when somebody cancels its step; not where absent. */
  canBeCancelled: z.boolean().optional(),
  /** Where it runs: on each node that it is for; on the runner's own machine where absent. */
  on: z.literal("node").optional(),
});
export type Hook = z.infer<typeof hookSchema>;

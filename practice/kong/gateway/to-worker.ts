import { z } from "zod";

/** What the master tells a worker: who is alive, or to finish its requests and end. */
export const toWorker = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("processes"), workers: z.array(z.number()) }),
  z.object({ kind: z.literal("quit") }),
]);
/** See {@link toWorker}. */
export type ToWorker = z.infer<typeof toWorker>;

import { z } from "zod";

const pids = z.array(z.number());

/** What the master tells a worker: who is alive, or to finish its requests and end. */
export const toWorker = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("processes"), workers: pids }),
  z.object({ kind: z.literal("quit") }),
]);
/** See {@link toWorker}. */
export type ToWorker = z.infer<typeof toWorker>;

/** What a worker tells the master: that all its listeners are open, or why it can not start. */
export const fromWorker = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready") }),
  z.object({ kind: z.literal("failed"), reason: z.string() }),
]);
/** See {@link fromWorker}. */
export type FromWorker = z.infer<typeof fromWorker>;

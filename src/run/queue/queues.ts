import type { JobsOptions } from "bullmq";
import type { Envelope } from "#src/upgrade/events.ts";

/** One environment's queue, to ring. */
export interface RingQueue {
  add(upgradeId: string, ring: Envelope): Promise<void>;
  close(): Promise<void>;
}

/** One environment's queue, to listen. */
export interface QueueWorker {
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** BullMQ on one of its servers. */
export interface Queues {
  openQueue(name: string, onTrouble: (problem: string) => void): RingQueue;
  /** Hands over whatever lies in the queue: anybody who can write there may have put it in. */
  openWorker(name: string, onJob: (data: unknown) => void, onTrouble: (problem: string) => void): QueueWorker;
  close(): Promise<void>;
}

export const jobName = "ring";

/** One attempt; finished jobs go at once, so that the same upgrade can ring again. */
export function jobOptions(upgradeId: string): JobsOptions {
  return {
    attempts: 1,
    removeOnComplete: true,
    removeOnFail: true,
    // A ring while one is being answered is kept and answered after it; rings that wait are one.
    deduplication: { id: upgradeId, keepLastIfActive: true },
  };
}

/**
 * A stalled job is never given to another worker (recorded: even with one attempt BullMQ runs a job of a killed worker
 * again after 58–88 s). It would do no harm here, since a ring only makes a runner look.
 */
export const workerOptions = { concurrency: 16, maxStalledCount: 0, lockDuration: 30_000, drainDelay: 5 } as const;

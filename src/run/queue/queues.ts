import type { JobsOptions, WorkerOptions } from "bullmq";
import type { ClientBase } from "pg";
import type { Envelope } from "#src/upgrade/events.ts";

/** One environment's queue, to ring. */
export interface RingQueue {
  add(upgradeId: string, ring: Envelope): Promise<void>;
  /** The same, but nobody hears it before the delay is over. */
  addAt(upgradeId: string, ring: Envelope, delayMs: number): Promise<void>;
  /** The same as part of a transaction in PostgreSQL; absent where the queue lies elsewhere. */
  readonly addWithin?: (transaction: ClientBase, upgradeId: string, ring: Envelope) => Promise<void>;
  close(): Promise<void>;
}

/** One environment's queue, to listen. */
export interface QueueWorker {
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** BullMQ on one of its servers. */
export interface Queues {
  /** Whether rings can be part of a transaction of the record. */
  readonly isInDatabase: boolean;
  openQueue(name: string, onTrouble: (problem: string) => void): RingQueue;
  /** Hands over whatever lies in the queue: anybody who can write there may have put it in. */
  openWorker(name: string, onJob: (data: unknown) => void, onTrouble: (problem: string) => void): QueueWorker;
  /** When the oldest ring in any of these queues was put in that nobody has heard, in epoch milliseconds; undefined where none waits. */
  oldestAt(names: readonly string[]): Promise<number | undefined>;
  close(): Promise<void>;
}

export const jobName = "ring";

/** One attempt; finished jobs go at once, so that the same upgrade can ring again. */
export function jobOptions(upgradeId: string, delayMs = 0): JobsOptions {
  return {
    attempts: 1,
    removeOnComplete: true,
    removeOnFail: true,
    // A ring while one is being answered is kept and answered after it; rings that wait are one. One that waits for its
    // hour holds none up that is for now, and takes its hour from the last that was given.
    deduplication:
      delayMs > 0
        ? { id: `${upgradeId} later`, replace: true, keepLastIfActive: true }
        : { id: upgradeId, keepLastIfActive: true },
    ...(delayMs > 0 ? { delay: delayMs } : {}),
  };
}

/**
 * A stalled job is never given to another worker (recorded: even with one attempt BullMQ runs a job of a killed worker
 * again after 58–88 s). It would do no harm here, since a ring only makes a runner look.
 */
export function workerOptions(
  lockMs = 30_000,
): Pick<WorkerOptions, "concurrency" | "maxStalledCount" | "lockDuration" | "stalledInterval" | "drainDelay"> {
  return { concurrency: 16, maxStalledCount: 0, lockDuration: lockMs, stalledInterval: lockMs, drainDelay: 5 };
}

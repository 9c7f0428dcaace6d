import type { Logger } from "#src/run/ports.ts";
import { errorMessage } from "#src/kernel/app-error.ts";

/** A piece of redacted output; `seq` counts from 1 within the attempt. */
export interface OutputChunk {
  readonly seq: number;
  readonly text: string;
}

/** Stores chunks in order; a database that is away never stops the process whose output it is. */
export interface ChunkStore {
  /** Resolves when the chunk is stored or kept in memory for later. Never rejects. */
  append(text: string): Promise<void>;
  /** One last try; what is still not stored is in `unsent`. */
  settle(): Promise<void>;
  readonly unsent: readonly OutputChunk[];
}

/** Characters that are kept while the database is away. */
const maxKeptLength = 1_048_576;
/** After a failure the database is left alone for so long. */
const retryAfterMs = 2_000;

/** Writes through `save`; keeps a bounded number of chunks while it fails and says so in the output when some are lost. */
export function createChunkStore(
  save: (chunks: readonly OutputChunk[]) => Promise<void>,
  log: Logger,
  afterSeq = 0,
): ChunkStore {
  let kept: OutputChunk[] = [];
  let seq = afterSeq;
  let lost = 0;
  let failedAt: number | undefined;
  let working: Promise<void> = Promise.resolve();

  const add = (text: string): void => {
    seq += 1;
    kept.push({ seq, text });
  };
  const send = async (): Promise<void> => {
    for (let [chunk] = kept; chunk !== undefined; [chunk] = kept) {
      try {
        await save([chunk]);
      } catch (error) {
        failedAt = performance.now();
        log.warn({ problem: errorMessage(error) }, "output could not be stored; kept for later");
        return;
      }
      failedAt = undefined;
      kept.shift();
      if (kept.length === 0 && lost > 0) {
        const missing = lost;
        lost = 0;
        add(`[${missing} characters of output were not stored: the database was away]\n`);
      }
    }
  };
  const isResting = (): boolean => failedAt !== undefined && performance.now() - failedAt < retryAfterMs;
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    working = working.then(work);
    return working;
  };

  return {
    append: (text) =>
      inTurn(async () => {
        const length = kept.reduce((sum, chunk) => sum + chunk.text.length, 0);
        if (length + text.length > maxKeptLength) lost += text.length;
        else add(text);
        if (!isResting()) await send();
      }),
    settle: () => inTurn(send),
    get unsent() {
      return kept;
    },
  };
}

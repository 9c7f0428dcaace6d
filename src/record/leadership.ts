import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { errorMessage } from "#src/kernel/app-error.ts";
import { execute, openSession, select } from "./database.ts";
import type { OnTrouble } from "./listen.ts";

/** One process among many that does what must not be done twice at once, such as writing into Slack. */
export interface Leadership extends AsyncDisposable {
  isLeader(): boolean;
}

const retryEveryMs = 1_000;
const checkEveryMs = 2_000;

/**
 * Keeps trying to hold a named session lock. It ends with its process's connection, so another replica takes over within
 * a second or two; `onElected` is called each time this process becomes the leader.
 */
export function campaign(
  url: string,
  name: string,
  hear: { readonly onElected: () => void; readonly onDeposed: () => void; readonly onTrouble: OnTrouble },
): Leadership {
  const stop = new AbortController();
  let isLeader = false;

  const holdOnce = async (): Promise<void> => {
    await using session = await openSession(url);
    while (!stop.signal.aborted) {
      if (isLeader) {
        await execute(session.client, "select 1");
      } else {
        const [row] = await select(
          session.client,
          z.object({ won: z.boolean() }),
          "select pg_try_advisory_lock(hashtextextended($1, 1)) as won",
          [name],
        );
        isLeader = row?.won === true;
        if (isLeader) hear.onElected();
      }
      await Promise.race([session.lost, pause(isLeader ? checkEveryMs : retryEveryMs)]);
    }
  };
  const pause = (durationMs: number): Promise<void> =>
    delay(durationMs, undefined, { signal: stop.signal }).catch(() => undefined);
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        await holdOnce();
      } catch (thrown) {
        if (!stop.signal.aborted) hear.onTrouble(`leadership of ${name} lost: ${errorMessage(thrown)}`);
      }
      if (isLeader) hear.onDeposed();
      isLeader = false;
      await pause(retryEveryMs);
    }
  };
  const done = run();
  return {
    isLeader: () => isLeader,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await done;
    },
  };
}

import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { errorMessage } from "#src/kernel/app-error.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import { execute, openSession } from "./database.ts";

const changeSchema = z.object({ id: upgradeIdSchema, version: z.number().int(), environment: z.string() });

/** What somebody who listens is told. */
export type Change =
  | ({ readonly kind: "changed" } & z.infer<typeof changeSchema>)
  /** The connection is there (again); what happened before it was not heard, so look at everything once. */
  | { readonly kind: "gap" };

/** How a background connection tells that it is away and tries again; boot writes it to the log. */
export type OnTrouble = (problem: string) => void;

const channel = "kong_upgrade";
const firstPauseMs = 100;
const longestPauseMs = 5_000;
/** A peer that vanished without a word is noticed by asking. */
const checkEveryMs = 10_000;

/**
 * Calls back for every append, by whichever process, until disposed. The first call is a `gap`, so the first look needs
 * no code of its own. A lost connection is opened again, with longer and longer pauses.
 */
export function listen(url: string, onChange: (change: Change) => void, onTrouble: OnTrouble): AsyncDisposable {
  const stop = new AbortController();
  const done = keepListening({ url, onChange, onTrouble, signal: stop.signal });
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await done;
    },
  };
}

interface Listening {
  readonly url: string;
  readonly onChange: (change: Change) => void;
  readonly onTrouble: OnTrouble;
  readonly signal: AbortSignal;
}

async function keepListening(listening: Listening): Promise<void> {
  const { signal, onTrouble } = listening;
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    try {
      await listenOnce(listening, () => {
        pauseMs = firstPauseMs;
      });
    } catch (cause) {
      if (signal.aborted) return;
      onTrouble(`not hearing changes of the record, trying again in ${pauseMs} ms: ${errorMessage(cause)}`);
      await pause(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }
}

/** Listens on one connection; ends when asked to stop, throws when the connection is lost. */
async function listenOnce({ url, onChange, signal }: Listening, onConnected: () => void): Promise<void> {
  await using session = await openSession(url);
  const { client, lost } = session;
  client.on("notification", ({ payload }) => onChange(parseChange(payload)));
  await execute(client, `listen ${channel}`);
  onConnected();
  onChange({ kind: "gap" });
  while (!signal.aborted) {
    await Promise.race([lost, pause(checkEveryMs, signal)]);
    if (!signal.aborted) await execute(client, "select 1");
  }
}

/** Whatever cannot be read tells at least that something happened. */
function parseChange(payload: string | undefined): Change {
  try {
    return { kind: "changed", ...changeSchema.parse(JSON.parse(payload ?? "")) };
  } catch {
    return { kind: "gap" };
  }
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await delay(durationMs, undefined, { signal }).catch(() => undefined);
}

import { readFile, rename, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Fleet } from "./fleet.ts";

const fileSchema = z.object({ running: z.array(z.string()) });
/** A kill -9 between two looks costs no more than this much knowledge. */
const lookEveryMs = 500;

/** Which nodes ran when this world was last seen; undefined the first time. */
export async function readRunning(file: string): Promise<readonly string[] | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  return text === undefined ? undefined : fileSchema.parse(JSON.parse(text)).running;
}

/** Keeps the file up to date, so that a world that is killed comes back as it was; `stop` ends the gateways too. */
export function watchRunning(fleet: Fleet, file: string): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let written = "";
  const write = async (running: readonly string[]): Promise<void> => {
    const text = `${JSON.stringify({ running })}\n`;
    if (text === written) return;
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
    written = text;
  };
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await write(await fleet.running());
      await delay(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await watching;
      await write(await fleet.stop());
    },
  };
}

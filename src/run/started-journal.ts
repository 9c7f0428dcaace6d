import { mkdir, open, readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { digestOf, digestSchema } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { replaceFile } from "./own-disk.ts";

/** What an approval was given for; whoever signed it and when. */
export type Consumption = Pick<SignedStanding, "upgradeId" | "stepId" | "attempt" | "digest">;

/**
 * The approvals that this runner has used, on its own disk: a database that was put back to an earlier state, by a restore
 * or by hand, has no claim of them any more, and would let them be used again.
 */
export interface StartedJournal {
  holds(consumption: Consumption): Promise<boolean>;
  /** Writes it down and waits until it is on the disk. @throws Error where that is not possible: then nothing may start. */
  add(consumption: Consumption): Promise<void>;
}

/** An approval is worth nothing after a minute, so the newest entries are enough; these are those of years. */
const maxEntries = 10_000;

/** Opens the journal; the file is made with its first entry. */
export function openStartedJournal(file: string): StartedJournal {
  const read = async (): Promise<readonly Digest[]> => {
    const text = await readFile(file, "utf8").catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
      throw error;
    });
    // A line that a crash cut off belongs to a step that was not spawned.
    return text.split("\n").flatMap((line) => digestSchema.safeParse(line).data ?? []);
  };
  return {
    holds: async (consumption) => (await read()).includes(entryOf(consumption)),
    add: async (consumption) => {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      const entries = await read();
      if (entries.length >= maxEntries)
        await replaceFile(dirname(file), basename(file), `${entries.slice(1 - maxEntries).join("\n")}\n`);
      const isNew = entries.length === 0;
      const handle = await open(file, "a", 0o600);
      try {
        // The line break first: the line before may be a torn one.
        await handle.writeFile(`\n${entryOf(consumption)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (isNew) await syncFolder(dirname(file));
    },
  };
}

function entryOf({ upgradeId, stepId, attempt, digest }: Consumption): Digest {
  return digestOf({ upgradeId, stepId, attempt, digest });
}

async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

import { mkdir, open, readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { digestOfText } from "#src/kernel/digest.ts";
import { databaseKey } from "#src/plan/environment.ts";
import type { Environment } from "#src/plan/environment.ts";
import { transportSchema } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import type { StepAttempt } from "#src/run/process/running-processes.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";

const noteSchema = z.object({
  upgradeId: upgradeIdSchema,
  stepId: z.string(),
  attempt: z.number().int().min(1),
  /** By this machine's clock, in milliseconds since 1970. */
  startedAtMs: z.number(),
  /** How often this runner took it up after it was started again. */
  takenUp: z.number().int().min(0),
  /** Where its commands were started, in their order. */
  places: z.array(transportSchema).readonly(),
});
/** An attempt of a step that has commands elsewhere. */
export type RemoteAttempt = z.infer<typeof noteSchema>;

/** Remembers on disk where this runner started commands, so that it finds them again when it was killed. */
export interface RemoteAttempts {
  remember(step: StepAttempt, index: number, place: Transport): Promise<void>;
  find(step: StepAttempt): Promise<RemoteAttempt | undefined>;
  /** Counts one more time; answers the note as it is now. */
  takeUp(note: RemoteAttempt): Promise<RemoteAttempt>;
  list(): Promise<readonly RemoteAttempt[]>;
  forget(step: StepAttempt): Promise<void>;
}

/** The name of the state directory of one command. The database tells installations apart that share a target. */
export function stateName(
  { upgradeId, stepId, attempt }: StepAttempt,
  environment: Environment,
  index: number,
): string {
  const installation = digestOfText(databaseKey(environment)).slice(-10);
  return `${upgradeId}.${stepId}.${attempt}.${index + 1}.${installation}`;
}

/** Keeps one small file per attempt in `folder`. */
export function openRemoteAttempts(folder: string): RemoteAttempts {
  const find = async (name: string): Promise<RemoteAttempt | undefined> => {
    const text = await readFile(join(folder, name), "utf8").catch(() => undefined);
    const note = text === undefined ? undefined : noteSchema.safeParse(parseJson(text));
    return note?.success === true ? note.data : undefined;
  };
  const write = async (note: RemoteAttempt): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = join(folder, `${nameOf(note)}.draft`);
    const file = await open(draft, "w", 0o600);
    try {
      await file.writeFile(JSON.stringify(note));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, join(folder, nameOf(note)));
  };
  return {
    remember: async (step, index, place) => {
      const known = await find(nameOf(step));
      const places = [...(known?.places ?? []).slice(0, index), place];
      await write({ startedAtMs: Date.now(), takenUp: 0, ...known, ...step, places });
    },
    find: (step) => find(nameOf(step)),
    takeUp: async (note) => {
      const counted = { ...note, takenUp: note.takenUp + 1 };
      await write(counted);
      return counted;
    },
    list: async () => {
      const names = await readdir(folder).catch(() => []);
      const notes = await Promise.all(names.filter((name) => name.endsWith(".json")).map(find));
      return notes.filter((note) => note !== undefined);
    },
    forget: (step) => rm(join(folder, nameOf(step)), { force: true }),
  };
}

function nameOf({ upgradeId, stepId, attempt }: StepAttempt): string {
  return `${upgradeId}.${stepId}.${attempt}.json`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The machine went down while it was written: nothing is known then.
    return undefined;
  }
}

import { constants, mkdir, open, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { databaseKey } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { readBootId } from "./machine-moment.ts";

const runningSchema = z.object({
  groupId: z.number().int().positive(),
  /** Process ids start anew when the machine does. */
  bootId: z.string(),
  command: z.string(),
  /** All of it was seen to be gone: the number may belong to somebody else by now. */
  isGone: z.boolean(),
});

/** Longer than most notes, which hold a command line. */
const noteBytes = 4_096;

/** A process group that a runner of this machine started for an attempt of a step. */
export type RunningProcess = z.infer<typeof runningSchema>;

/** A noted group, with the lane that it was noted for. */
export interface KnownProcess extends RunningProcess {
  readonly lane?: string;
  readonly isRebooted: boolean;
}

export interface StepAttempt {
  readonly upgradeId: UpgradeId;
  readonly stepId: string;
  readonly attempt: number;
  /** The node, where a step works on several side by side and each has processes of its own. */
  readonly lane?: string;
}

/**
 * The variable by which a process of an attempt is recognised when its runner was killed before it could note it.
 * Kong and its tools do not know it. The database tells installations apart that share a machine.
 */
export function markerOf(
  { upgradeId, stepId, attempt }: StepAttempt,
  environment: Environment,
): { readonly name: string; readonly value: string } {
  return { name: "UPGRADE_STEP_ATTEMPT", value: `${databaseKey(environment)}#${upgradeId}/${stepId}/${attempt}` };
}

/** The variable that tells a process, and whatever it logs, which click or command it was started for. */
export const traceVariable = "UPGRADE_TRACE";

/** Remembers on disk which processes were started, so that a runner that comes back can look whether they still work. */
export interface RunningProcesses {
  /** Makes room for the note before anything is started. @throws Error where the disk cannot be written. */
  prepare(step: StepAttempt): Promise<void>;
  remember(step: StepAttempt, process: Omit<RunningProcess, "bootId">): Promise<void>;
  forget(step: StepAttempt): Promise<void>;
  /** A folder of the attempt's own for what its process prints. */
  outputFolder(step: StepAttempt): string;
  /** The last groups started for this attempt on this machine; known to be gone where the machine was booted since. */
  findAll(step: StepAttempt): Promise<readonly KnownProcess[]>;
}

/** Keeps one small file per running step in `folder`. */
export function openRunningProcesses(folder: string): RunningProcesses {
  const fileOf = (step: StepAttempt): string =>
    join(folder, `${stemOf(step)}${step.lane === undefined ? "" : `${step.lane}.`}json`);
  const outputOf = (step: StepAttempt): string => fileOf(step).replace(/json$/u, "output");
  const write = async (step: StepAttempt, text: string): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Over what is there, so that no new room is needed for a note that was prepared.
    const file = await open(fileOf(step), constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const { bytesWritten } = await file.write(text, 0);
      await file.truncate(bytesWritten);
      await file.sync();
    } finally {
      await file.close();
    }
  };
  return {
    prepare: (step) => write(step, " ".repeat(noteBytes)),
    remember: async (step, process) =>
      write(step, JSON.stringify({ ...process, bootId: await readBootId() } satisfies RunningProcess)),
    forget: async (step) => {
      await rm(outputOf(step), { recursive: true, force: true });
      await rm(fileOf(step), { force: true });
    },
    outputFolder: outputOf,
    findAll: async (step) => {
      const stem = stemOf(step);
      const names = await readdir(folder).catch(() => []);
      const own = names.filter((name) => name.startsWith(stem) && name.endsWith("json"));
      const bootId = await readBootId();
      const found = await Promise.all(own.map((name) => readNote(join(folder, name), bootId)));
      return found.flatMap((known, index) => {
        const lane = own[index]?.slice(stem.length, -"json".length).replace(/\.$/u, "") ?? "";
        return known === undefined ? [] : [{ ...known, ...(lane === "" ? {} : { lane }) }];
      });
    },
  };
}

function stemOf({ upgradeId, stepId, attempt }: StepAttempt): string {
  return `${upgradeId}.${stepId}.${attempt}.`;
}

async function readNote(path: string, bootId: string): Promise<KnownProcess | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  const known = runningSchema.safeParse(parseJson(text));
  if (!known.success) return undefined;
  const isRebooted = known.data.bootId !== bootId;
  return { ...known.data, isGone: known.data.isGone || isRebooted, isRebooted };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The machine went down while it was written: nothing is known then.
    return undefined;
  }
}

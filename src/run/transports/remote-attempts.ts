import { mkdir, open, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { digestOfText } from "#src/kernel/digest.ts";
import { databaseKey } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import { transportSchema } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import { machineMoment } from "#src/run/process/machine-moment.ts";
import type { MachineMoment } from "#src/run/process/machine-moment.ts";
import type { StepAttempt } from "#src/run/process/running-processes.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";

const attemptSchema = z.object({ upgradeId: upgradeIdSchema, stepId: z.string(), attempt: z.number().int().min(1) });
const momentSchema = z.object({ bootId: z.string(), uptimeMs: z.number() });

const startSchema = z.object({
  kind: z.literal("start"),
  ...attemptSchema.shape,
  at: momentSchema,
  /** Which command of the step it is, counted from 0. */
  index: z.number().int().min(0),
  place: transportSchema,
});
/** The target said that it began. */
const begunSchema = z.object({
  kind: z.literal("begun"),
  ...attemptSchema.shape,
  at: momentSchema,
  index: z.number().int().min(0),
});
const takeUpSchema = z.object({ kind: z.literal("take_up"), ...attemptSchema.shape, at: momentSchema });

/** Each line stands for itself, so that lanes that work side by side only ever add to a file. */
const lineSchema = z.discriminatedUnion("kind", [startSchema, begunSchema, takeUpSchema]);
type Line = z.infer<typeof lineSchema>;
type Entry =
  | Omit<z.infer<typeof startSchema>, "at">
  | Omit<z.infer<typeof begunSchema>, "at">
  | Omit<z.infer<typeof takeUpSchema>, "at">;

/** An attempt of a step that has commands elsewhere. */
export interface RemoteAttempt extends z.infer<typeof attemptSchema> {
  /** When its commands were started and taken up, in order. */
  readonly moments: readonly MachineMoment[];
  /** How often this runner took it up after it was started again. */
  readonly takenUp: number;
  /** Where its commands were started, by their index within the step; what is not in it was never started. */
  readonly places: ReadonlyMap<number, Transport>;
  /** Of which of them the target said that it began, by their index; a note of it may have been lost. */
  readonly begun: ReadonlySet<number>;
}

/** Remembers on disk where this runner started commands, so that it finds them again when it was killed. */
export interface RemoteAttempts {
  /** To be called before the command is started. @throws Error where the disk cannot be written. */
  remember(step: StepAttempt, index: number, place: Transport): Promise<void>;
  /** To be called when the target has said that it began. @throws Error where the disk cannot be written. */
  noteBegun(step: StepAttempt, index: number): Promise<void>;
  find(step: StepAttempt): Promise<RemoteAttempt | undefined>;
  /** Counts one more time; answers the attempt as it is now. @throws Error where the disk cannot be written. */
  takeUp(attempt: RemoteAttempt): Promise<RemoteAttempt>;
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

/** Keeps one file per attempt in `folder`, and adds a line to it for each command. */
export function openRemoteAttempts(folder: string): RemoteAttempts {
  let waiting: Waiting[] = [];
  let working: Promise<void> = Promise.resolve();
  // What many lanes note at the same time waits for the disk once.
  const write = async (): Promise<void> => {
    const batch = Map.groupBy(waiting, ({ line }) => nameOf(line));
    waiting = [];
    for (const [name, notes] of batch) {
      const written = append(folder, name, notes);
      for (const { done } of notes) done.resolve(written);
      await written.catch(() => undefined);
    }
  };
  const add = async (entry: Entry): Promise<void> => {
    const note: Waiting = { line: { ...entry, at: await machineMoment() }, done: Promise.withResolvers() };
    if (waiting.push(note) === 1) working = working.then(write);
    await note.done.promise;
  };
  const find = async (name: string): Promise<RemoteAttempt | undefined> => {
    const text = await readFile(join(folder, name), "utf8").catch(() => "");
    return attemptOf(text.split("\n").flatMap(parseLine));
  };
  return {
    remember: ({ upgradeId, stepId, attempt }, index, place) =>
      add({ kind: "start", upgradeId, stepId, attempt, index, place }),
    noteBegun: ({ upgradeId, stepId, attempt }, index) => add({ kind: "begun", upgradeId, stepId, attempt, index }),
    find: (step) => find(nameOf(step)),
    takeUp: async (known) => {
      const { upgradeId, stepId, attempt } = known;
      await add({ kind: "take_up", upgradeId, stepId, attempt });
      return (await find(nameOf(known))) ?? known;
    },
    list: async () => {
      const names = await readdir(folder).catch(() => []);
      const found = await Promise.all(names.filter((name) => name.endsWith(ending)).map(find));
      return found.filter((attempt) => attempt !== undefined);
    },
    forget: (step) => rm(join(folder, nameOf(step)), { force: true }),
  };
}

interface Waiting {
  readonly line: Line;
  readonly done: PromiseWithResolvers<void>;
}

async function append(folder: string, name: string, notes: readonly Waiting[]): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(join(folder, name), "a", 0o600);
  try {
    // On a line of its own, even where a full disk has cut off the one before.
    await file.writeFile(notes.map(({ line }) => `\n${JSON.stringify(line)}\n`).join(""));
    // What is only lost with the whole machine may be: it makes an answer more careful, and no start depends on it.
    if (notes.some(({ line }) => line.kind !== "begun")) await file.sync();
  } finally {
    await file.close();
  }
}

const ending = ".jsonl";

function nameOf({ upgradeId, stepId, attempt }: StepAttempt): string {
  return `${upgradeId}.${stepId}.${attempt}${ending}`;
}

function attemptOf(lines: readonly Line[]): RemoteAttempt | undefined {
  const [first] = lines;
  if (first === undefined) return undefined;
  const { upgradeId, stepId, attempt } = first;
  const starts = lines.filter((line) => line.kind === "start");
  return {
    upgradeId,
    stepId,
    attempt,
    moments: lines.map(({ at }) => at),
    takenUp: lines.filter((line) => line.kind === "take_up").length,
    places: new Map(starts.map(({ index, place }) => [index, place])),
    begun: new Set(lines.flatMap((line) => (line.kind === "begun" ? [line.index] : []))),
  };
}

/** A line that the machine went down with, or that did not fit on the disk, says nothing: its command was not started. */
function parseLine(text: string): readonly Line[] {
  try {
    const line = lineSchema.safeParse(JSON.parse(text));
    return line.success ? [line.data] : [];
  } catch {
    return [];
  }
}

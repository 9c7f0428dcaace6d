import { mkdir, readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import { currentTrace, inTrace } from "#src/trace.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { deliverLetter, letterSchema } from "./letter.ts";
import type { Letter } from "./letter.ts";
import { replaceFile } from "./own-disk.ts";
import type { Logger, RunnerRecord } from "./ports.ts";

/** One runner executes a bounded number of steps at once; more letters than this mean that nobody delivers them. */
const maxLetters = 1_000;

/** Keeps results on disk until the record has them: the database may be away when a step ends, or the runner may die. */
export interface Outbox {
  /**
   * Writes a letter (fsync) and tries to deliver it at once; a database that is away is no error. A disk that cannot be
   * written is told, and the letter is kept in memory and tried again with every delivery.
   */
  send(letter: Letter): Promise<void>;
  /** Delivers what is waiting, in the order in which it was sent; answers how many are still waiting. */
  deliver(): Promise<number>;
  /** How many letters wait. */
  waiting(): Promise<number>;
  /** Whether the result of this attempt is waiting. */
  holds(attempt: Pick<Letter, "upgradeId" | "stepId" | "attempt">): Promise<boolean>;
}

export interface OutboxParts {
  readonly record: RunnerRecord;
  readonly log: Logger;
  /** Told when a letter is only in memory, so that people know what a crash would lose. Must not throw. */
  readonly onDiskTrouble: (id: UpgradeId, problem: string) => void;
}

/** A letter that waits: on disk under a name, or only in memory. */
interface Waiting {
  readonly name: string;
  readonly letter?: Letter;
}

/** Opens the outbox in `folder`. */
export function openOutbox(folder: string, parts: OutboxParts): Outbox {
  const { record, log, onDiskTrouble } = parts;
  /** Letters that could not be written, by the name that they will have. */
  const unwritten = new Map<string, Letter>();
  let delivering: Promise<number> | undefined;

  const namesOnDisk = async (): Promise<readonly string[]> => {
    const names = await readdir(folder).catch(() => []);
    return names.filter((name) => name.endsWith(".json"));
  };
  const waiting = async (): Promise<readonly Waiting[]> => {
    const inMemory = [...unwritten].map(([name, letter]) => ({ name, letter }));
    return [...(await namesOnDisk()).map((name) => ({ name })), ...inMemory].toSorted(bySequence);
  };

  const writeDown = async (name: string, letter: Letter): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await replaceFile(folder, name, JSON.stringify(letter));
    unwritten.delete(name);
  };
  const writeWhatIsOwed = async (): Promise<void> => {
    for (const [name, letter] of unwritten) {
      // Still in memory where it fails again.
      await writeDown(name, letter).catch(() => undefined);
    }
  };

  const deliverOne = async ({ name, letter }: Waiting): Promise<void> => {
    const path = join(folder, name);
    const known = letter ?? (await readLetter(path, log));
    if (known === undefined) return;
    // Whoever delivers takes along what others left.
    await inTrace(known.trace, () => deliverLetter(known, record, log));
    unwritten.delete(name);
    await rm(path, { force: true });
  };
  const deliverAll = async (): Promise<number> => {
    await writeWhatIsOwed();
    const all = await waiting();
    /** What comes after a letter that has to wait, waits too: the record tells an upgrade in order. */
    const held = new Set<string>();
    let kept = 0;
    for (const [index, one] of all.entries()) {
      const upgradeId = upgradeOf(one.name);
      try {
        if (held.has(upgradeId)) kept += 1;
        else await deliverOne(one);
      } catch (error) {
        log.warn({ letter: one.name, problem: errorMessage(error) }, "a result could not be delivered yet; it is kept");
        // Every further try would wait for the same answer; any other problem is that of one upgrade.
        if (error instanceof AppError && error.code === "database_unreachable") return kept + all.length - index;
        held.add(upgradeId);
        kept += 1;
      }
    }
    return kept;
  };
  const deliver = (): Promise<number> => {
    delivering ??= deliverAll().finally(() => {
      delivering = undefined;
    });
    return delivering;
  };

  return {
    send: async (result) => {
      const letter = { trace: currentTrace(), ...result };
      const before = await waiting();
      if (before.length >= maxLetters) {
        throw new AppError("runner_refused", `${maxLetters} results wait in ${folder}; make the database reachable`);
      }
      const name = nameOf(letter, before);
      await writeDown(name, letter).catch((error: unknown) => {
        // Only now: a delivery meanwhile would write the same file, and each would take away what the other renames.
        unwritten.set(name, letter);
        const problem = errorMessage(error);
        log.error({ letter: name, problem }, "a result cannot be written to this runner's disk; it is kept in memory");
        onDiskTrouble(letter.upgradeId, `the result of step ${letter.stepId} is only in its memory (${problem})`);
      });
      // A delivery that is under way may have listed the folder before this letter was there.
      await delivering;
      await deliver();
    },
    deliver,
    waiting: async () => (await waiting()).length,
    holds: async (attempt) => (await waiting()).some(({ name }) => name.endsWith(attemptName(attempt))),
  };
}

const digits = 12;
const sequencePattern = new RegExp(`^(\\d{${digits}})\\.`, "u");

/** Numbered in the order of sending; letters of earlier versions have no number and come first. */
function nameOf(letter: Letter, before: readonly Waiting[]): string {
  const last = Math.max(0, ...before.map(({ name }) => sequenceOf(name)));
  return `${String(last + 1).padStart(digits, "0")}.${attemptName(letter)}`;
}

function attemptName({ upgradeId, stepId, attempt }: Pick<Letter, "upgradeId" | "stepId" | "attempt">): string {
  return `${upgradeId}.${stepId}.${attempt}.json`;
}

function sequenceOf(name: string): number {
  return Number(sequencePattern.exec(name)?.[1] ?? 0);
}

function bySequence(left: Waiting, right: Waiting): number {
  return sequenceOf(left.name) - sequenceOf(right.name) || (left.name < right.name ? -1 : 1);
}

function upgradeOf(name: string): string {
  return name.replace(sequencePattern, "").split(".")[0] ?? name;
}

async function readLetter(path: string, log: Logger): Promise<Letter | undefined> {
  const parsed = letterSchema.safeParse(parseJson(await readFile(path, "utf8")));
  if (parsed.success) return parsed.data;
  await rename(path, `${path}.unreadable`);
  log.error({ path, problem: z.prettifyError(parsed.error) }, "a kept result is unreadable; it was set aside");
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Reported as unreadable by the caller.
    return undefined;
  }
}

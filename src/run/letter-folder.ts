import { mkdir, readFile, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { errorMessage } from "#src/kernel/app-error.ts";
import { letterSchema } from "./letter.ts";
import type { Letter } from "./letter.ts";
import { replaceFile } from "./own-disk.ts";
import type { Logger } from "./ports.ts";

/** A letter that waits: on disk under a name, or only in memory. */
export interface Waiting {
  readonly name: string;
  readonly letter?: Letter;
}

/** Letters in the order of their sending, on disk where that can be written, else in memory. */
export interface LetterFolder {
  waiting(): Promise<readonly Waiting[]>;
  /** Writes it down (fsync); one that cannot be written is kept in memory, and `onUnwritten` is told. */
  keep(name: string, letter: Letter, onUnwritten: (problem: string) => void): Promise<void>;
  /** Tries again to write what is only in memory. */
  writeWhatIsOwed(): Promise<void>;
  /** Undefined for one that cannot be read, which is set aside. */
  read(waiting: Waiting): Promise<Letter | undefined>;
  drop(name: string): Promise<void>;
  /** Where a letter lies that was set aside because the record refuses it. */
  setAsideAs(name: string): string;
  /** Takes a letter out of the way and keeps it for people; one that cannot be kept is told in the log. */
  setAside(name: string, letter: Letter): Promise<void>;
}

export function openLetterFolder(folder: string, log: Logger): LetterFolder {
  /** Letters that could not be written, by the name that they will have. */
  const unwritten = new Map<string, Letter>();
  const writeDown = async (name: string, letter: Letter): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await replaceFile(folder, name, JSON.stringify(letter));
    unwritten.delete(name);
  };
  return {
    waiting: async () => {
      const names = await readdir(folder).catch(() => []);
      const onDisk = names.filter((name) => name.endsWith(".json")).map((name) => ({ name }));
      const inMemory = [...unwritten].map(([name, letter]) => ({ name, letter }));
      return [...onDisk, ...inMemory].toSorted(bySequence);
    },
    keep: (name, letter, onUnwritten) =>
      writeDown(name, letter).catch((error: unknown) => {
        // Only now: a delivery meanwhile would write the same file, and each would take away what the other renames.
        unwritten.set(name, letter);
        const problem = errorMessage(error);
        log.error({ letter: name, problem }, "a result cannot be written to this runner's disk; it is kept in memory");
        onUnwritten(problem);
      }),
    writeWhatIsOwed: async () => {
      for (const [name, letter] of unwritten) {
        // Still in memory where it fails again.
        await writeDown(name, letter).catch(() => undefined);
      }
    },
    read: async ({ name, letter }) => letter ?? readLetter(join(folder, name), log),
    drop: async (name) => {
      unwritten.delete(name);
      await rm(join(folder, name), { force: true });
    },
    setAsideAs: (name) => join(folder, refusedName(name)),
    setAside: async (name, letter) => {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await replaceFile(folder, refusedName(name), JSON.stringify(letter));
      } catch (error) {
        log.error({ letter: name, problem: errorMessage(error) }, "a refused result could not be kept");
      }
      unwritten.delete(name);
      await rm(join(folder, name), { force: true });
    },
  };
}

function refusedName(name: string): string {
  return `${name}.refused`;
}

const digits = 12;
const sequencePattern = new RegExp(`^(\\d{${digits}})\\.`, "u");

/** Numbered in the order of sending; letters of earlier versions have no number and come first. */
export function nameOf(letter: Letter, before: readonly Waiting[]): string {
  const last = Math.max(0, ...before.map(({ name }) => sequenceOf(name)));
  return `${String(last + 1).padStart(digits, "0")}.${attemptName(letter)}`;
}

export function attemptName({ upgradeId, stepId, attempt }: Pick<Letter, "upgradeId" | "stepId" | "attempt">): string {
  return `${upgradeId}.${stepId}.${attempt}.json`;
}

function sequenceOf(name: string): number {
  return Number(sequencePattern.exec(name)?.[1] ?? 0);
}

function bySequence(left: Waiting, right: Waiting): number {
  return sequenceOf(left.name) - sequenceOf(right.name) || (left.name < right.name ? -1 : 1);
}

export function upgradeOf(name: string): string {
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

import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import { currentTrace } from "#src/trace.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { openCounter } from "./counter.ts";
import type { Letter } from "./letter.ts";
import { attemptName, nameOf, openLetterFolder, upgradeOf } from "./letter-folder.ts";
import type { Waiting } from "./letter-folder.ts";
import type { Logger, RunnerRecord } from "./ports.ts";

/** One runner executes a bounded number of steps at once; more letters than this mean that nobody delivers them. */
const maxLetters = 1_000;

/**
 * Keeps results on disk until the record has them: the database may be away when a step ends, or the runner may die. A
 * result that the record never takes is handed in as an outcome that nobody knows, so that no step runs for ever there.
 */
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
  /** How long a result is handed in again that the database refuses for reasons of its own; two minutes where absent. */
  readonly refusedPatienceMs?: number;
}

/** Opens the outbox in `folder`. */
export function openOutbox(folder: string, parts: OutboxParts): Outbox {
  const { log, onDiskTrouble } = parts;
  const letters = openLetterFolder(folder, log);
  const counter = openCounter(letters, parts);
  let delivering: Promise<number> | undefined;
  const asDelivery = (work: Promise<number>): Promise<number> => {
    delivering = work.finally(() => {
      delivering = undefined;
    });
    return delivering;
  };

  const deliverOne = async (waiting: Waiting): Promise<void> => {
    const letter = await letters.read(waiting);
    if (letter !== undefined) await counter.putAway(await counter.hand(waiting.name, letter));
  };
  const deliverAll = async (): Promise<number> => {
    await letters.writeWhatIsOwed();
    const all = await letters.waiting();
    /** What comes after a letter that has to wait, waits too: the record tells an upgrade in order. */
    const held = new Set<string>();
    let kept = 0;
    for (const [index, one] of all.entries()) {
      const upgradeId = upgradeOf(one.name);
      try {
        if (held.has(upgradeId)) kept += 1;
        else await deliverOne(one);
      } catch (error) {
        log.warn({ letter: one.name, problem: errorMessage(error) }, notYet);
        // Every further try would wait for the same answer; any other problem is that of one upgrade.
        if (error instanceof AppError && error.code === "database_unreachable") return kept + all.length - index;
        held.add(upgradeId);
        kept += 1;
      }
    }
    return kept;
  };
  const deliver = (): Promise<number> => delivering ?? asDelivery(deliverAll());

  /** Nothing waits before it: it is handed in while it is written down, as either of the two is enough. */
  const handIn = async (name: string, letter: Letter, written: Promise<void>): Promise<number> => {
    const [, told] = await Promise.allSettled([written, counter.hand(name, letter)]);
    if (told.status === "rejected") {
      log.warn({ letter: name, problem: errorMessage(told.reason) }, notYet);
      return 1;
    }
    await counter.putAway(told.value);
    return 0;
  };

  return {
    send: async (result) => {
      const letter = { trace: currentTrace(), ...result };
      const before = await letters.waiting();
      if (before.length >= maxLetters) {
        throw new AppError("runner_refused", `${maxLetters} results wait in ${folder}; make the database reachable`);
      }
      const name = nameOf(letter, before);
      const written = letters.keep(name, letter, (problem) =>
        onDiskTrouble(letter.upgradeId, `the result of step ${letter.stepId} is only in its memory (${problem})`),
      );
      if (before.length === 0 && delivering === undefined) {
        await asDelivery(handIn(name, letter, written));
        return;
      }
      await written;
      // A delivery that is under way may have listed the folder before this letter was there.
      await delivering;
      await deliver();
    },
    deliver,
    waiting: async () => (await letters.waiting()).length,
    holds: async (attempt) => (await letters.waiting()).some(({ name }) => name.endsWith(attemptName(attempt))),
  };
}

const notYet = "a result could not be delivered yet; it is kept";

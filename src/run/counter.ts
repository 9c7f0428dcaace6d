import { errorMessage } from "#src/kernel/app-error.ts";
import { inTrace } from "#src/trace.ts";
import { deliverLetter } from "./letter.ts";
import type { Letter } from "./letter.ts";
import type { LetterFolder } from "./letter-folder.ts";
import type { Logger, RunnerRecord } from "./ports.ts";
import { createRefusedLetters, withoutResult } from "./refused-letter.ts";

/** Where letters are handed to the record, and what becomes of them then. */
export interface Counter {
  /**
   * Hands a letter in; one that the record never takes as an outcome that nobody knows. Whoever delivers takes along what
   * others left. @throws whatever keeps the letter waiting
   */
  hand(name: string, letter: Letter): Promise<Handed>;
  /** It waits no more. Not before it is written down: what is written later would wait for ever. */
  putAway(handed: Handed): Promise<void>;
}

/** A letter that the record has, or that it has an unknown outcome in the place of. */
interface Handed {
  readonly name: string;
  readonly letter: Letter;
  readonly isRefused: boolean;
}

interface CounterParts {
  readonly record: RunnerRecord;
  readonly log: Logger;
  readonly refusedPatienceMs?: number;
}

export function openCounter(letters: LetterFolder, { record, log, refusedPatienceMs }: CounterParts): Counter {
  const refused = createRefusedLetters(refusedPatienceMs);
  const handIn = async (name: string, letter: Letter): Promise<Handed> => {
    try {
      await deliverLetter(letter, record, log);
      return { name, letter, isRefused: false };
    } catch (cause) {
      const why = refused.whyGivenUp(name, cause);
      if (why === undefined) throw cause;
      log.error({ letter: name, problem: errorMessage(cause) }, "a result is refused; its outcome is told as unknown");
      await deliverLetter(withoutResult(letter, why, letters.setAsideAs(name)), record, log);
      return { name, letter, isRefused: true };
    }
  };
  return {
    hand: (name, letter) => inTrace(letter.trace, () => handIn(name, letter)),
    putAway: async ({ name, letter, isRefused }) => {
      await (isRefused ? letters.setAside(name, letter) : letters.drop(name));
      refused.forget(name);
    },
  };
}

import { AppError } from "#src/kernel/app-error.ts";

/** Why a text can be no argument and no variable of a program; undefined where it can. The text itself may be a secret. */
export function whyNoWord(word: string): string | undefined {
  if (word.includes("\0")) return "holds a NUL byte, which no program's argument can hold";
  return word.isWellFormed() ? undefined : "holds half of a surrogate pair, which cannot be written as UTF-8";
}

/**
 * One word for a POSIX shell (XCU 2.2.2: within single quotes every character is itself). The only place where text becomes
 * part of a script.
 * @throws AppError `usage` for what no argument can hold: a NUL byte, or half of a surrogate pair, which UTF-8 cannot write.
 */
export function quoteWord(word: string): string {
  const problem = whyNoWord(word);
  if (problem !== undefined) throw new AppError("usage", `a word ${problem}`);
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Several words, each of which stays one. @throws AppError as `quoteWord`. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}

import { AppError } from "#src/kernel/app-error.ts";

/**
 * One word for a POSIX shell (XCU 2.2.2: within single quotes every character is itself). The only place where text becomes
 * part of a script.
 * @throws AppError `usage` for what no argument can hold: a NUL byte, or half of a surrogate pair, which UTF-8 cannot write.
 */
export function quoteWord(word: string): string {
  if (word.includes("\0")) throw new AppError("usage", "a word holds a NUL byte, which no program's argument can hold");
  if (!word.isWellFormed()) {
    throw new AppError("usage", "a word holds half of a surrogate pair, which cannot be written as UTF-8");
  }
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Several words, each of which stays one. @throws AppError as `quoteWord`. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}

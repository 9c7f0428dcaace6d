import { no } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import type { SourceText } from "#src/kong/inventory.ts";
import { bounds } from "./bounds.ts";
import { findFiles } from "./find-files.ts";
import type { FoundFile } from "./find-files.ts";
import { byteBudget, isWebPage, readTextFile } from "./text-file.ts";
import type { ByteBudget } from "./text-file.ts";
import type { Trouble } from "./trouble.ts";

/** A text with the path that was given, below which it was found, and its path in there. */
export interface FoundText extends SourceText {
  readonly given: string;
  readonly inside: string;
}

export interface TextsReading {
  readonly texts: readonly FoundText[];
  readonly troubles: readonly Trouble[];
}

/** How texts are found and cleaned. */
export interface TextsQuestion {
  readonly paths: readonly string[];
  /** What a file is expected to be, for the words of a complaint, e.g. `an nginx template`. */
  readonly expected: string;
  /** What every such text has; a file that was named and has it not is something else. */
  readonly sign?: RegExp;
  readonly fits: (name: string) => boolean;
  /** Takes secrets out. */
  readonly clean: (text: string) => string;
}

/**
 * Texts that hazards search, each named by its path as it can be opened. Below a folder, files that are no text are
 * passed over: images and archives lie beside scripts; a file that was named must be a text.
 */
export async function readTexts(question: TextsQuestion, budget: ByteBudget): Promise<TextsReading> {
  const { paths, fits, clean } = question;
  const found = await findFiles(paths, fits);
  const troubles = [...found.troubles];
  const texts: FoundText[] = [];
  const own = byteBudget(Math.min(budget.left, bounds.sourcesBytes));
  for (const file of found.files) {
    const before = own.left;
    const read = expected(file, await readTextFile(file.path, own, bounds.sourceBytes), question);
    budget.left -= before - own.left;
    if (read.ok) texts.push({ file: file.path, text: clean(read.value), given: file.given, inside: file.inside });
    else if (isNamed(file) || !isBinary(read.problem)) troubles.push({ file: file.path, text: read.problem });
  }
  if (texts.length === 0 && troubles.length === 0)
    troubles.push({ file: paths.join(", "), text: "holds no text file that could be read" });
  return { texts, troubles };
}

/** A file that was named has to be what it was named as; in a folder lie others too. */
function expected(
  file: FoundFile,
  read: Result<string, string>,
  { expected: what, sign }: TextsQuestion,
): Result<string, string> {
  if (!read.ok || !isNamed(file)) return read;
  if (read.value.trim() === "") return no(`is empty; ${what} was expected`);
  if (isWebPage(read.value)) return no(`is a web page; ${what} was expected`);
  return sign === undefined || sign.test(read.value) ? read : no(`does not look like ${what}`);
}

/** Text in another encoding is no binary file: something in it would be missed. */
function isBinary(problem: string): boolean {
  return problem.startsWith("is not a text file") || problem.startsWith("is not a regular file");
}

function isNamed(file: FoundFile): boolean {
  return file.path === file.given;
}

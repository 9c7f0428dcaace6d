import { byteBudget, readTextFile, readWholeText } from "#src/discovery/files/text-file.ts";
import { AppError } from "#src/kernel/app-error.ts";
import type { Result } from "#src/kernel/result.ts";

/**
 * The text of a file that was named on the command line, read as carefully as every other input: a pipe that nobody
 * writes to, a device or a file without end does not hang the program. @throws AppError `usage` that names the file
 */
export async function givenText(file: string, help: string): Promise<string> {
  return textOr(await readTextFile(file, byteBudget()), file, help);
}

/** The same with its byte order mark, without which a diff does not fit the file. */
export async function wholeText(file: string, help: string): Promise<string> {
  return textOr(await readWholeText(file, byteBudget()), file, help);
}

function textOr(read: Result<string, string>, file: string, help: string): string {
  if (read.ok) return read.value;
  throw new AppError("usage", `${file} ${read.problem}; ${help}`);
}

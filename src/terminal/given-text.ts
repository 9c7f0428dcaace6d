import { byteBudget, readTextFile } from "#src/discovery/files/text-file.ts";
import { AppError } from "#src/kernel/app-error.ts";

/**
 * The text of a file that was named on the command line, read as carefully as every other input: a pipe that nobody
 * writes to, a device or a file without end does not hang the program. @throws AppError `usage` that names the file
 */
export async function givenText(file: string, help: string): Promise<string> {
  const read = await readTextFile(file, byteBudget());
  if (read.ok) return read.value;
  throw new AppError("usage", `${file} ${read.problem}; ${help}`);
}

import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "#src/kernel/app-error.ts";

/** What a file with a key is called in complaints, and how its contents are made. */
export interface PrivateFile {
  /** "the signing key", with its article. */
  readonly what: string;
  readonly make: () => string;
}

/**
 * Reads a file that only its owner may open, or makes it on first use (mode 0600). Processes that start at once end up
 * with the same contents.
 * @throws AppError `config_invalid` for a file that others can open, that cannot be read, or that cannot be made.
 */
export async function readOrMakePrivateFile(file: string, { what, make }: PrivateFile): Promise<string> {
  const contents = await readFile(file, "utf8").catch(async (cause: unknown) => {
    if (!hasCode(cause, "ENOENT")) throw unusableFile(what, file, "it cannot be read", cause);
    return makeFile(file, { what, make });
  });
  const { mode } = await stat(file);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    const found = (mode & 0o777).toString(8);
    throw unusableFile(what, file, `others than its owner can open it (mode ${found}); run chmod 600 on it`);
  }
  return contents;
}

/** The error about a private file, without anything of its contents. */
export function unusableFile(what: string, file: string, why: string, cause?: unknown): AppError {
  return new AppError("config_invalid", `${what} ${file} cannot be used: ${why}`, { cause });
}

async function makeFile(file: string, { what, make }: PrivateFile): Promise<string> {
  // Linking a complete file into place is atomic and fails where another process was faster.
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(draft, make(), { mode: 0o600, flag: "wx", flush: true });
    await link(draft, file).catch((cause: unknown) => {
      if (!hasCode(cause, "EEXIST")) throw cause;
    });
    return await readFile(file, "utf8");
  } catch (cause) {
    throw unusableFile(what, file, "it cannot be made", cause);
  } finally {
    await rm(draft, { force: true });
  }
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === code;
}

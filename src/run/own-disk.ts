import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage } from "#src/kernel/app-error.ts";

/** As much as a result takes, with room for the journal and the note about the process. */
const roomBytes = 128 * 1_024;

/**
 * Why the runner cannot keep anything in its data directory now; undefined where it can. Asked before a step is claimed:
 * what was started on a full disk could be lost with the runner.
 */
export async function whyNotWritable(folder: string): Promise<string | undefined> {
  const file = join(folder, "room");
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const handle = await open(file, "w", 0o600);
    try {
      await handle.writeFile(Buffer.alloc(roomBytes, "-"));
      await handle.sync();
    } finally {
      await handle.close();
    }
    return undefined;
  } catch (error) {
    return errorMessage(error);
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

/** Either the whole new text is in the file after a crash, or what was there before. */
export async function replaceFile(folder: string, name: string, text: string): Promise<void> {
  const draft = join(folder, `${name}.draft`);
  const file = await open(draft, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(folder, name));
  const directory = await open(folder, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

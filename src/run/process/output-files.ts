import { mkdir, open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** The two streams of a process as files: whoever writes into a pipe dies with its reader, into a file it goes on. */
export interface OutputFiles extends AsyncDisposable {
  readonly stdout: FileHandle;
  readonly stderr: FileHandle;
}

const chunkBytes = 65_536;
const followEveryMs = 50;

/** Makes the files anew in `folder`; only the runner's account may read them. @throws Error where the disk cannot be written. */
export async function openOutputFiles(folder: string): Promise<OutputFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stdout = await open(join(folder, "stdout"), "w+", 0o600);
  try {
    const stderr = await open(join(folder, "stderr"), "w+", 0o600);
    return {
      stdout,
      stderr,
      [Symbol.asyncDispose]: async () => {
        await Promise.all([stdout.close(), stderr.close()]);
      },
    };
  } catch (cause) {
    await stdout.close();
    throw cause;
  }
}

/** What is written into the file, from its beginning until nobody writes any more. */
export async function* followFile(file: FileHandle, writersGone: AbortSignal): AsyncGenerator<Uint8Array, void> {
  let position = 0;
  for (;;) {
    // Asked before the read: what was written until then is read.
    const isOver = writersGone.aborted;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, position);
    position += bytesRead;
    if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
    else if (isOver) return;
    else await delay(followEveryMs, undefined, { signal: writersGone }).catch(() => undefined);
  }
}

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const MAX_FILES = 200;

/** The contents of uploaded files: on disk when there is a data directory, else in memory. Keeps the newest 200. */
export class FileBytes {
  readonly #directory: string | undefined;
  readonly #memory = new Map<string, Uint8Array>();

  constructor(dataDir: string | undefined) {
    this.#directory = dataDir === undefined ? undefined : join(dataDir, "files");
  }

  get maxFiles(): number {
    return MAX_FILES;
  }

  async put(id: string, bytes: Uint8Array): Promise<void> {
    if (this.#directory === undefined) {
      this.#memory.set(id, bytes);
      return;
    }
    await mkdir(this.#directory, { recursive: true });
    await writeFile(join(this.#directory, id), bytes);
  }

  async get(id: string): Promise<Uint8Array | undefined> {
    if (this.#directory === undefined) return this.#memory.get(id);
    try {
      return await readFile(join(this.#directory, id));
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
  }

  async drop(id: string): Promise<void> {
    this.#memory.delete(id);
    if (this.#directory !== undefined) await rm(join(this.#directory, id), { force: true });
  }
}

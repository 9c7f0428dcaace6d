import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Snapshot, snapshotSchema } from "./records.ts";

const DEBOUNCE_MS = 200;

/** Keeps the workspace in one JSON file: written a moment after a change, by atomic rename. */
export class Store {
  readonly #path: string | undefined;
  readonly #dataDir: string | undefined;
  readonly #onFailure: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(dataDir: string | undefined, onFailure: (error: unknown) => void) {
    this.#dataDir = dataDir;
    this.#path = dataDir === undefined ? undefined : join(dataDir, "workspace.json");
    this.#onFailure = onFailure;
  }

  /** Reads the state of the last run; undefined when there was none. Throws when the file is damaged. */
  async load(): Promise<Snapshot | undefined> {
    if (this.#path === undefined) return undefined;
    let text: string;
    try {
      text = await readFile(this.#path, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw error;
    }
    try {
      return snapshotSchema.parse(JSON.parse(text));
    } catch (cause) {
      throw new Error(`${this.#path} is not a state of the practice workspace; move it away or start fresh`, { cause });
    }
  }

  /** Asks for a write soon; many changes in a row become one write. */
  touch(take: () => Snapshot): void {
    if (this.#path === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#queueWrite(take());
    }, DEBOUNCE_MS);
    this.#timer.unref();
  }

  /** Writes now and waits until it is on disk. */
  async flush(take: () => Snapshot): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#path === undefined) return;
    this.#queueWrite(take());
    await this.#writing;
  }

  #queueWrite(snapshot: Snapshot): void {
    this.#writing = this.#writing.then(() => this.#write(snapshot)).catch(this.#onFailure);
  }

  async #write(snapshot: Snapshot): Promise<void> {
    if (this.#path === undefined || this.#dataDir === undefined) return;
    await mkdir(this.#dataDir, { recursive: true });
    await writeFile(`${this.#path}.new`, JSON.stringify(snapshot));
    await rename(`${this.#path}.new`, this.#path);
  }
}

/** What a page should fetch again. */
export type Change = {
  readonly what: "messages" | "views" | "state" | "traffic" | "notifications" | "files";
  readonly channel?: string;
};

type Listener = (change: Change) => void;

/** Tells every open page what has changed. */
export class Changes {
  readonly #listeners = new Set<Listener>();

  announce(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Adds a listener; the answer takes it away again. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get count(): number {
    return this.#listeners.size;
  }
}

interface Answer<T> {
  /** When it was asked for: what Slack told cannot be newer than that. */
  readonly askedAt: number;
  readonly value: T;
}

interface Bounds {
  readonly maxAgeMs: number;
  readonly maxKept: number;
  /** Whoever asks so soon after a question that is still under way shares it; only of the same moment where absent. */
  readonly sharedForMs?: number;
}

/**
 * Answers of Slack and rosters by id, each as old as the question for it. A question on its way is shared by whoever asks
 * at the same moment, never by a later click. Failures are not kept.
 */
export class Fresh<T> {
  readonly #read: (id: string) => Promise<T>;
  readonly #bounds: Bounds;
  readonly #now: () => number;
  readonly #answers = new Map<string, Answer<T>>();
  readonly #asking = new Map<string, Answer<Promise<T>>>();

  constructor(read: (id: string) => Promise<T>, bounds: Bounds, now: () => number) {
    this.#read = read;
    this.#bounds = bounds;
    this.#now = now;
  }

  /** As it is now. @throws what reading throws. */
  now(id: string): Promise<T> {
    const askedAt = this.#now();
    const asking = this.#asking.get(id);
    const isShared = asking !== undefined && askedAt - asking.askedAt <= (this.#bounds.sharedForMs ?? 0);
    return isShared ? asking.value : this.#ask(id, askedAt);
  }

  /** As it was at most the maximum age ago. @throws what reading throws. */
  lately(id: string): Promise<T> {
    const askedAt = this.#now();
    const known = this.#answers.get(id);
    if (known !== undefined && askedAt - known.askedAt < this.#bounds.maxAgeMs) return Promise.resolve(known.value);
    const asking = this.#asking.get(id);
    return asking !== undefined && askedAt - asking.askedAt < this.#bounds.maxAgeMs
      ? asking.value
      : this.#ask(id, askedAt);
  }

  /** What was told at most the maximum age ago, without asking; undefined where nothing was. */
  known(id: string): T | undefined {
    const known = this.#answers.get(id);
    return known !== undefined && this.#now() - known.askedAt < this.#bounds.maxAgeMs ? known.value : undefined;
  }

  #ask(id: string, askedAt: number): Promise<T> {
    const value = this.#answer(id, askedAt);
    this.#asking.set(id, { askedAt, value });
    return value;
  }

  async #answer(id: string, askedAt: number): Promise<T> {
    try {
      const value = await this.#read(id);
      const known = this.#answers.get(id);
      // A slow answer to an old question does not replace what was asked later.
      if (known === undefined || known.askedAt <= askedAt) this.#keep(id, { askedAt, value });
      return value;
    } finally {
      if (this.#asking.get(id)?.askedAt === askedAt) this.#asking.delete(id);
    }
  }

  #keep(id: string, answer: Answer<T>): void {
    this.#answers.delete(id);
    this.#answers.set(id, answer);
    if (this.#answers.size <= this.#bounds.maxKept) return;
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined) this.#answers.delete(oldest);
  }
}

import { WebAPIRateLimitedError } from "@slack/web-api";
import { Fresh } from "./fresh.ts";

interface Questions<T> {
  /** About a single one. */
  readonly one: (id: string) => Promise<T>;
  /** About everything that there is; what is not told completely is left out, and asked for alone. */
  readonly all: () => Promise<ReadonlyMap<string, T>>;
  /** Told when Slack takes no more questions about single ones for so long. */
  readonly onHeld: (id: string, retryAfterS: number) => void;
}

interface Bounds {
  /** How old an answer may be, in milliseconds, where it need not be one of now, or Slack gives no other. */
  readonly maxAgeMs: number;
  readonly maxKept: number;
  /** Whoever asks so soon after a question that is still under way shares it. */
  readonly sharedForMs: number;
}

type How = "now" | "lately";

const secondMs = 1_000;
/** The key of the question about everything. */
const everything = "*";

/**
 * Answers of Slack about many things of a kind. It takes some questions a minute about single ones, and beyond that as many
 * about all at once; beyond both, what was told lately counts, which is as old as it may be (design invariant 4). Any other
 * failure is one.
 */
export class SinglyOrAll<T> {
  readonly #questions: Questions<T>;
  readonly #now: () => number;
  readonly #one: Fresh<T>;
  readonly #all: Fresh<ReadonlyMap<string, T>>;
  /** Until then Slack answers no question about single ones. */
  #heldUntil = 0;

  constructor(questions: Questions<T>, bounds: Bounds, now: () => number) {
    this.#questions = questions;
    this.#now = now;
    this.#one = new Fresh(questions.one, bounds, now);
    this.#all = new Fresh(questions.all, { ...bounds, maxKept: 1 }, now);
  }

  /** As it is now, as far as Slack tells. @throws what asking throws */
  now(id: string): Promise<T> {
    return this.#ask(id, "now");
  }

  /** As it was at most the maximum age ago. @throws what asking throws */
  lately(id: string): Promise<T> {
    return this.#ask(id, "lately");
  }

  /** The same for one of many that are wanted together: one question for all of them. @throws what asking throws */
  async latelyWithOthers(id: string): Promise<T> {
    const known = this.known(id);
    if (known !== undefined) return known;
    // Whatever is wrong with that question, the others may be answered.
    const all = await this.#all.lately(everything).catch(() => undefined);
    return all?.get(id) ?? this.#ask(id, "lately");
  }

  /** What was told at most the maximum age ago, without asking; undefined where nothing was. */
  known(id: string): T | undefined {
    return this.#one.known(id) ?? this.#all.known(everything)?.get(id);
  }

  async #ask(id: string, how: How): Promise<T> {
    if (this.#now() < this.#heldUntil) return this.#askForAll(id, how);
    try {
      return await this.#one[how](id);
    } catch (error) {
      if (!(error instanceof WebAPIRateLimitedError)) throw error;
      // Many may have been asked about at once; it is told once.
      if (this.#now() >= this.#heldUntil) this.#questions.onHeld(id, error.retryAfter);
      this.#heldUntil = this.#now() + error.retryAfter * secondMs;
      return this.#askForAll(id, how);
    }
  }

  async #askForAll(id: string, how: How): Promise<T> {
    try {
      return (await this.#all[how](everything)).get(id) ?? (await this.#one[how](id));
    } catch (error) {
      const lately = this.known(id);
      if (lately === undefined || !(error instanceof WebAPIRateLimitedError)) throw error;
      return lately;
    }
  }
}

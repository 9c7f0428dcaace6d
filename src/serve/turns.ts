import { atMost } from "#src/slack/at-most.ts";

/**
 * Keys that are worked on at the same time. Each asks the database several things, over connections that people's requests
 * share: hundreds of upgrades at once kept those waiting until they failed.
 */
const mostAtOnce = 4;

/**
 * Does the work of one key at a time; asking again while it runs makes it run once more afterwards.
 * A failure is handed over, and the next ask tries again.
 */
export class Turns<Key> {
  readonly #work: (key: Key) => Promise<void>;
  readonly #onFailure: (key: Key, thrown: unknown) => void;
  readonly #running = new Map<Key, { isAskedAgain: boolean; done: Promise<void> }>();
  readonly #inTurn = atMost(mostAtOnce);
  #isStopped = false;

  constructor(work: (key: Key) => Promise<void>, onFailure: (key: Key, thrown: unknown) => void) {
    this.#work = work;
    this.#onFailure = onFailure;
  }

  ask(key: Key): void {
    if (this.#isStopped) return;
    const running = this.#running.get(key);
    if (running !== undefined) {
      running.isAskedAgain = true;
      return;
    }
    const turn = { isAskedAgain: false, done: Promise.resolve() };
    this.#running.set(key, turn);
    turn.done = this.#run(key, turn);
  }

  /** Takes no more work and waits for what is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#running.values()].map((turn) => turn.done));
  }

  async #run(key: Key, turn: { isAskedAgain: boolean }): Promise<void> {
    do {
      turn.isAskedAgain = false;
      try {
        await this.#inTurn(async () => {
          if (!this.#isStopped) await this.#work(key);
        });
      } catch (thrown) {
        this.#onFailure(key, thrown);
      }
    } while (turn.isAskedAgain && !this.#isStopped);
    this.#running.delete(key);
  }
}

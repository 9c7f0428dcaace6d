import { Budget } from "./budget.ts";

/** Longest pause after failures without an answer from Slack. */
const maxBackOffMs = 30_000;

/** One way into Slack with a budget of its own, which rests longer with every failure in a row. */
export class Outlet extends Budget {
  readonly #everyMs: number;
  #failures = 0;

  constructor(pace: ConstructorParameters<typeof Budget>[0], now: number) {
    super(pace, now);
    this.#everyMs = pace.everyMs;
  }

  /** How long to wait after one more failure, in milliseconds. */
  backOffMs(): number {
    this.#failures += 1;
    return Math.min(maxBackOffMs, this.#everyMs * 2 ** Math.min(this.#failures - 1, 10));
  }

  /** Nobody knows what became of a call: the next one waits. */
  failed(now: number): void {
    this.pause(now, this.backOffMs());
  }

  succeeded(): void {
    this.#failures = 0;
  }
}

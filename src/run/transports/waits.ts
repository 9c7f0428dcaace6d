/** How long is waited for a target that says nothing. */
export interface Waits {
  /**
   * Targets say something at least every second, and logging in takes no longer than this; a connection that is silent for
   * longer is dead, whether or not its program knows.
   */
  readonly quietMs: number;
  /** A whole number. After three times of it without an answer, ssh gives a connection up; the command goes on and is found again. */
  readonly aliveEverySeconds: number;
  /** For ending a command: SIGTERM, 5 s, SIGKILL, 10 s, and the way there and back. */
  readonly endingMs: number;
  /** For what a command printed before it was ended. */
  readonly lastOutputMs: number;
}

export const usualWaits: Waits = { quietMs: 30_000, aliveEverySeconds: 5, endingMs: 30_000, lastOutputMs: 5_000 };

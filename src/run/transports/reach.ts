import type { IdleShells } from "./shells.ts";
import type { Waits } from "./waits.ts";

/** A way to a POSIX shell on a target that reads its script from standard input. */
export interface Reach {
  /** For people: `ssh kong@cp-1`. */
  readonly words: string;
  /** The program that is started here and its words; a problem where nothing can have been started on the target. */
  open(): Promise<Opened>;
  readonly env: Readonly<Record<string, string>>;
  /** What commands on the target get besides their own variables. */
  readonly targetEnv: Readonly<Record<string, string>>;
  /** The folder of state directories on the target; its own choice where absent. */
  readonly stateDir: string | undefined;
  readonly waits: Waits;
  /** Where shells hear one script after the other; absent where each script has one of its own. */
  readonly lasting?: IdleShells;
  /**
   * What to do when the program ended without an answer: a sentence where its words prove that nothing was started,
   * undefined where they do not.
   */
  refusal(end: BrokenOff): string | undefined;
  /** Told when a connection broke, so that the next one begins anew. */
  doubt(): void;
}

/** How a program that leads to a target ended without an answer. */
export interface BrokenOff {
  readonly exitCode: number | undefined;
  readonly stderr: string;
  /** What the target printed that is no answer of ours: that of a forced command, or of a shell that lets nobody in. */
  readonly noise: string;
}

export type Opened =
  | { readonly kind: "ready"; readonly argv: readonly [string, ...string[]] }
  | { readonly kind: "refused"; readonly problem: string };

/** The last line that says something, shortened. */
export function lastLineOf(text: string): string {
  const line = text
    .split(/[\r\n]+/u)
    .findLast((one) => one.trim() !== "")
    ?.trim();
  return (line ?? "it said nothing").slice(0, 300).toWellFormed();
}

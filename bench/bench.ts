import type { Program } from "./measure.ts";

/** One thing that is measured, e.g. reading a file in one way. */
export interface Case {
  readonly name: string;
  readonly program: Program;
  /** Of the environment; nothing else of it reaches the program. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The case whose time this one is divided by: absolute figures drift from machine to machine. */
  readonly floor?: string;
  readonly budget?: Budget;
}

/** What a case may take: time on the clock, or a multiple of its floor, and memory. */
export interface Budget {
  readonly wallMs?: number;
  readonly ratio?: number;
  readonly peakMb: number;
}

/** A subject with its cases, which are measured in turns so that a busy moment hits all of them alike. */
export interface Bench {
  /** Names the file in `results/` and the section of the README. */
  readonly name: string;
  readonly title: string;
  /** Makes the files and opens the servers that the cases need; what is put on the stack ends after the last case. */
  readonly prepare: (folder: string, stack: AsyncDisposableStack) => Promise<readonly Case[]>;
}

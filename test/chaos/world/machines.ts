import { randomUUID } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { machineFileVariable } from "./machine-file.ts";
import type { MachineState } from "./machine-file.ts";

/** The machine of one process of the product, as far as that process can tell. */
export interface Machine {
  /** What starts a program on it. */
  readonly nodeWords: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Sets its clock of the day, so many milliseconds beside the real one. */
  setClock(byMs: number): void;
  fillDisk(isFull: boolean): void;
  /** From now on it has been booted a moment ago; whoever ran on it has to be ended by others. */
  boot(): void;
}

/** A machine whose state lies in this file. */
export function createMachine(file: string): Machine {
  let state: MachineState = { clockMs: 0, isDiskFull: false, bootId: randomUUID(), bootedAtUptime: 0 };
  const tell = (change: Partial<MachineState>): void => {
    state = { ...state, ...change };
    writeFileSync(`${file}.draft`, JSON.stringify(state));
    renameSync(`${file}.draft`, file);
  };
  tell({});
  return {
    nodeWords: ["--import", new URL("faked-machine.ts", import.meta.url).href],
    env: { [machineFileVariable]: file },
    setClock: (byMs) => tell({ clockMs: byMs }),
    fillDisk: (isFull) => tell({ isDiskFull: isFull }),
    boot: () => tell({ bootId: randomUUID(), bootedAtUptime: uptime() }),
  };
}

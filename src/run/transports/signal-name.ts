import { constants } from "node:os";

const names = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** `SIGKILL` for 9; undefined where no signal has that number. Linux numbers them alike on all machines that Node runs on. */
export function signalName(number: number): string | undefined {
  return names.get(number);
}

import { setTimeout as delay } from "node:timers/promises";
import type { Environment } from "#practice/kong/configuration/configuration.ts";
import { KongFailure } from "./failure.ts";

/** What a rehearsal asks to go wrong in one command. */
export interface Fault {
  /** Time the command takes longer; for migrations spread over them. */
  readonly delayMs: number;
  /** Name of the migration whose SQL raises a database error. */
  readonly raiseIn: string | undefined;
  /** A lock row of this owner is there before the command asks for the lock … */
  readonly holdLockAs: string | undefined;
  /** … and lives this long. */
  readonly holdLockMs: number;
  /** The command ends at once with this message and exit code 1. */
  readonly failWith: string | undefined;
}

/** Reads the fault that is wanted right now; read anew at every migration, so a rehearsal can change it meanwhile. */
export type ReadFault = () => Fault | undefined;

/**
 * Faults exist only when KONG_PRACTICE_FAULTS names a JSON file, and only for the commands named in it ("migrations up").
 * The reader of that file is loaded only then: every call of the command line pays for what it imports.
 */
export async function faultsFor(command: string, env: Environment): Promise<ReadFault> {
  const file = env["KONG_PRACTICE_FAULTS"];
  if (file === undefined || file === "") return () => undefined;
  const { readFaultFile } = await import("./fault-file.ts");
  return () => readFaultFile(file, command);
}

/** Lets a command that changes no schema be late or fail, as wanted. */
export async function sufferFault(command: string, env: Environment): Promise<void> {
  const wanted = (await faultsFor(command, env))();
  await waitForFault(wanted, 1);
  if (wanted?.failWith !== undefined) throw new KongFailure(wanted.failWith);
}

/** Waits for the share of the delay that falls on one of `parts` equal parts of the command. */
export async function waitForFault(wanted: Fault | undefined, parts: number): Promise<void> {
  const shareMs = (wanted?.delayMs ?? 0) / Math.max(parts, 1);
  if (shareMs > 0) await delay(shareMs);
}

import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Fault } from "./faults.ts";

const milliseconds = z.int().min(0).max(600_000);

const faultFile = z.record(
  z.string(),
  z.strictObject({
    delay_ms: milliseconds.optional(),
    raise_in: z.string().optional(),
    hold_lock_as: z.string().optional(),
    hold_lock_ms: milliseconds.optional(),
    fail_with: z.string().optional(),
  }),
);

/** Reads the fault of one command from the file as it is now. @throws when the file is not as documented in the README. */
export function readFaultFile(file: string, command: string): Fault | undefined {
  const wanted = faultFile.parse(JSON.parse(readFileSync(file, "utf8")))[command];
  if (wanted === undefined) return undefined;
  return {
    delayMs: wanted.delay_ms ?? 0,
    raiseIn: wanted.raise_in,
    holdLockAs: wanted.hold_lock_as,
    holdLockMs: wanted.hold_lock_ms ?? 60_000,
    failWith: wanted.fail_with,
  };
}

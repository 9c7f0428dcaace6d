import { z } from "zod";

/** Names the file in the environment of a process. */
export const machineFileVariable = "CHAOS_MACHINE";

const machineSchema = z.object({
  /** How far its clock of the day is off, in milliseconds. */
  clockMs: z.number(),
  isDiskFull: z.boolean(),
  bootId: z.string(),
  /** Uptime of the real machine when this one was booted, in seconds. */
  bootedAtUptime: z.number(),
});
/** What a process is told of its machine. */
export type MachineState = z.infer<typeof machineSchema>;

/** @throws Error for what nobody wrote */
export function readMachine(text: string): MachineState {
  return machineSchema.parse(JSON.parse(text));
}

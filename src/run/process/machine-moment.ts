import { readFile } from "node:fs/promises";
import { uptime } from "node:os";

/** A moment by the time since the machine was booted, which goes on evenly when somebody sets the clock. */
export interface MachineMoment {
  /** Tells boots and machines apart. */
  readonly bootId: string;
  readonly uptimeMs: number;
}

export async function machineMoment(): Promise<MachineMoment> {
  return { bootId: await readBootId(), uptimeMs: Math.round(uptime() * 1_000) };
}

/**
 * How much time has passed for certain over moments in their order. What lies between two boots or two machines is not
 * counted, because only clocks that may have been set could tell it.
 */
export function passedMs(moments: readonly MachineMoment[]): number {
  return moments.reduce((sum, moment, index) => {
    const before = moments[index - 1];
    if (before === undefined || before.bootId !== moment.bootId) return sum;
    return sum + Math.max(0, moment.uptimeMs - before.uptimeMs);
  }, 0);
}

let known: Promise<string> | undefined;

/** Only Linux tells it; elsewhere a reboot cannot be told from a restart of the runner. No process outlives a boot. */
export function readBootId(): Promise<string> {
  known ??= readFile("/proc/sys/kernel/random/boot_id", "utf8").then(
    (text) => text.trim(),
    () => "unknown",
  );
  return known;
}

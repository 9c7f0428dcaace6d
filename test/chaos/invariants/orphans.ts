import type { SeenProcess } from "#test/chaos/world/process-tree.ts";

/** No process that a step was started for is left when no step runs any more. */
export function judgeOrphans(processes: readonly SeenProcess[]): readonly string[] {
  return processes.map(({ pid, command, marker }) => `process ${pid} (${command}) of ${marker ?? "?"} is left`);
}

import { seeProcesses } from "./process-tree.ts";
import type { SeenProcess } from "./process-tree.ts";
import type { World } from "./world.ts";

/** Processes that steps of this world were started for; the port of its database tells them from those of another world. */
export async function stepProcesses({ links }: Pick<World, "links">): Promise<readonly SeenProcess[]> {
  const ours = `127.0.0.1:${links["kong>postgres"].port}/`;
  return (await seeProcesses()).filter(({ marker }) => marker?.startsWith(ours) === true);
}

import { z } from "zod";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { AdminClient } from "./admin-client.ts";

/** `GET /` lists the processes of nginx since 2.8; while a reload goes on, old and new workers (recorded with 2.8.5 to 3.9.3). */
const processesSchema = z.object({ pids: z.object({ workers: z.array(z.number()).min(1) }) });

/** Process ids of a node's workers. @throws Error when the node does not tell them */
export async function readWorkers(node: KongNode, admin: AdminClient): Promise<readonly number[]> {
  const read = processesSchema.safeParse(await admin.get(node, "/"));
  if (!read.success) throw new Error(`GET / of ${node.name} does not tell its workers`);
  return read.data.pids.workers;
}

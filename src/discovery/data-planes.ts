import { z } from "zod";
import { instantOf } from "#src/kernel/instant.ts";
import type { DataPlane } from "#src/kong/inventory.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { readList } from "./admin-api.ts";
import type { AdminClient } from "./admin-client.ts";
import { limits } from "./limits.ts";

const dataPlaneSchema = z.object({
  hostname: z.string(),
  version: z.string().default("unknown"),
  sync_status: z.string().default("unknown"),
  config_hash: z.string().nullish(),
  /** Unix seconds. */
  last_seen: z.number().nullish(),
});

/**
 * `GET /clustering/data-planes` of a control plane (recorded with 3.4.2). Rows of data planes that are gone stay for
 * cluster_data_plane_purge_delay (14 days), so `lastSeen` has to be looked at.
 * @throws Error when the control plane does not tell
 */
export async function readDataPlanes(node: KongNode, admin: AdminClient): Promise<readonly DataPlane[]> {
  const listing = await readList(node, { path: "/clustering/data-planes", most: limits.entities }, admin);
  if (listing === undefined) throw new Error("GET /clustering/data-planes is not there: Kong before 2.2");
  return z.array(dataPlaneSchema).parse(listing.items).map(toDataPlane);
}

function toDataPlane(row: z.infer<typeof dataPlaneSchema>): DataPlane {
  const { hostname, version, sync_status: syncStatus, config_hash: configHash, last_seen: seen } = row;
  return {
    hostname,
    version,
    syncStatus,
    ...(typeof configHash === "string" ? { configHash } : {}),
    ...(typeof seen === "number" ? { lastSeen: instantOf(seen * 1_000) } : {}),
  };
}

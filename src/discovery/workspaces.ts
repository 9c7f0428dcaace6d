import { z } from "zod";
import type { KongNode } from "#src/plan/kong-node.ts";
import { readList } from "./admin-api.ts";
import type { AdminClient } from "./admin-client.ts";
import { limits } from "./limits.ts";

const workspaceSchema = z.object({ name: z.string() });

/**
 * The workspaces to look into: those that the configuration names, else all of `GET /workspaces`; undefined where there
 * is no such call (404), as on OSS, which has one workspace. @throws Error when Enterprise does not tell, or there are too many
 */
export async function readWorkspaces(
  node: KongNode,
  configured: readonly string[] | undefined,
  admin: AdminClient,
): Promise<readonly string[] | undefined> {
  if (configured !== undefined) return configured.map(askable);
  const listing = await readList(node, { path: "/workspaces", most: limits.workspaces }, admin);
  if (listing === undefined) return undefined;
  if (listing.isCut) throw new Error(`there are more than ${limits.workspaces} workspaces; name those that count`);
  const names = z
    .array(workspaceSchema)
    .parse(listing.items)
    .map(({ name }) => name);
  // Every Enterprise installation has `default`; an empty list means a role that may not see them.
  if (names.length === 0) throw new Error("GET /workspaces lists none: the token's role may not see workspaces");
  return names.map(askable);
}

/** A name as a part of a path. @throws Error for one that would lead to another place, because encoding does not change it */
function askable(name: string): string {
  if (name !== "" && name !== "." && name !== "..") return name;
  throw new Error(
    `a workspace is named “${name}”, which no path can say; rename it, or name the workspaces that count`,
  );
}

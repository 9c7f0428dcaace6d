import { z } from "zod";
import type { KongNode } from "#src/plan/environment.ts";
import { readList } from "./admin-api.ts";
import type { AdminClient } from "./admin-client.ts";
import { limits } from "./limits.ts";

const workspaceSchema = z.object({ name: z.string() });

/**
 * The workspaces to look into: those that the configuration names, else all of `GET /workspaces`. OSS has no such call
 * (404) and one workspace. @throws Error when Enterprise does not tell, or there are too many
 */
export async function readWorkspaces(
  node: KongNode,
  configured: readonly string[] | undefined,
  admin: AdminClient,
): Promise<readonly string[]> {
  if (configured !== undefined) return configured;
  const listing = await readList(node, { path: "/workspaces", most: limits.workspaces }, admin);
  if (listing === undefined) return ["default"];
  if (listing.isCut) throw new Error(`there are more than ${limits.workspaces} workspaces; name those that count`);
  const names = z
    .array(workspaceSchema)
    .parse(listing.items)
    .map(({ name }) => name);
  // Every Enterprise installation has `default`; an empty list means a role that may not see them.
  if (names.length === 0) throw new Error("GET /workspaces lists none: the token's role may not see workspaces");
  return names;
}

import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { countList } from "./admin-api.ts";
import type { AdminClient } from "./admin-client.ts";
import { inParallel } from "./in-parallel.ts";
import { limits } from "./limits.ts";
import { readWorkspaces } from "./workspaces.ts";

/** The kinds that carry a gateway's configuration; what is missing of them is missing for clients. */
const countedKinds = ["routes", "services", "plugins", "consumers", "upstreams"] as const;

/** How many entities of these kinds a node's Admin API lists. */
export interface EntityCounts {
  /** `routes`, and `payments/routes` of the workspace payments. */
  readonly counts: Readonly<Record<string, number>>;
  /** Kinds of which there are more than `limits.countedEntities`: their figure is only that bound. */
  readonly cut: readonly string[];
}

/**
 * Counts entities of every workspace page by page, so that it works without a database too.
 * @throws Error when a list cannot be read to its end or bound
 */
export async function countEntities(
  environment: Environment,
  node: KongNode,
  admin: AdminClient,
): Promise<EntityCounts> {
  const workspaces = (await readWorkspaces(node, environment.adminApi?.workspaces, admin)) ?? ["default"];
  const wanted = workspaces.flatMap((workspace) =>
    countedKinds.map((kind) => (workspace === "default" ? kind : `${encodeURIComponent(workspace)}/${kind}`)),
  );
  const found = await inParallel(limits.parallelLists, wanted, async (name) => {
    const listing = await countList(node, { path: `/${name}`, most: limits.countedEntities }, admin);
    return { name, listing };
  });
  return {
    counts: Object.fromEntries(
      found.flatMap(({ name, listing }) => (listing === undefined ? [] : [[name, listing.count] as const])),
    ),
    cut: found.filter(({ listing }) => listing?.isCut === true).map(({ name }) => name),
  };
}

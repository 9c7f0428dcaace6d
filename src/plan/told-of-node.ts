import type { Facts } from "#src/kong/facts.ts";

type Told = Facts["nodes"][number];

/** By the very list of the facts, which nothing changes: searched anew for each node, a thousand nodes cost a second. */
const indexes = new WeakMap<Facts["nodes"], ReadonlyMap<string, Told>>();

/** What discovery read of the node of that name; the first of several. */
export function toldOfNode({ nodes }: Pick<Facts, "nodes">, name: string): Told | undefined {
  const index = indexes.get(nodes) ?? new Map(nodes.toReversed().map((told) => [told.name, told]));
  indexes.set(nodes, index);
  return index.get(name);
}

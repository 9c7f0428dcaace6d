import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";

/** Nodes of one group that are replaced together, from one version to another. */
export interface Batch {
  readonly number: number;
  readonly nodes: readonly KongNode[];
  /** The rest of the group, which serves meanwhile. */
  readonly others: readonly KongNode[];
  readonly from: string;
  readonly to: string;
  /** The first node of all: what is wrong with the new version is to be seen on one node. */
  readonly isCanary: boolean;
  /** An interrupted batch: it need not be taken out of traffic any more, and it has to come back first. */
  readonly isAway: boolean;
}

/** A node that is to be replaced. */
export interface Replacement {
  readonly node: KongNode;
  /** The package that it has now; equal to `to` where only traffic was taken from it. */
  readonly from: string;
  readonly to: string;
  /** Already away, so that it comes back before another one goes. */
  readonly isAway: boolean;
}

/** What an environment without `rolling` gets: one node at a time, half a minute to look. */
const careful: NonNullable<Environment["rolling"]> = { batchSize: 1, maxUnavailable: 1, pauseMs: 30_000 };

export function rollingSettings(environment: Environment): NonNullable<Environment["rolling"]> {
  return environment.rolling ?? careful;
}

/**
 * Batches in the order of the replacements, group by group: what is away comes first and in one batch, and no batch is
 * larger than what may be away, nor a whole group of several nodes.
 */
export function batchesOf(
  environment: Environment,
  replacements: readonly Replacement[],
  order: "canary_first" | "as_given",
): readonly Batch[] {
  const away = replacements.filter(({ isAway }) => isAway);
  const rest = replacements.filter(({ isAway }) => !isAway);
  const canary = order === "canary_first" ? rest.slice(0, 1) : [];
  const chunks = [
    ...sameVersions(away),
    ...(canary.length === 0 ? [] : [canary]),
    ...byGroup(rest.slice(canary.length)).flatMap((group) =>
      sameVersions(group).flatMap((same) => chunk(same, batchSize(environment, same))),
    ),
  ];
  return chunks.flatMap((chunked, index) => {
    const [first] = chunked;
    if (first === undefined) return [];
    const nodes = chunked.map(({ node }) => node);
    const notUp = new Set(
      [...chunked, ...chunks.slice(index).flatMap((later) => later.filter(({ isAway }) => isAway))].map(
        ({ node }) => node,
      ),
    );
    const others = groupOf(environment, first.node).filter((node) => !notUp.has(node));
    const isCanary = chunked === canary;
    return [{ number: index + 1, nodes, others, from: first.from, to: first.to, isCanary, isAway: first.isAway }];
  });
}

/** Who serves while a batch is away, as the end of a sentence. */
export function meanwhile({ others }: Batch): string {
  return others.length > 0 ? "the rest of the group serves meanwhile" : "nobody else of the group serves meanwhile";
}

function batchSize(environment: Environment, replacements: readonly Replacement[]): number {
  const [first] = replacements;
  const { batchSize: wanted, maxUnavailable } = rollingSettings(environment);
  const size = first === undefined ? 1 : groupOf(environment, first.node).length;
  return Math.max(1, Math.min(wanted, maxUnavailable, size - 1));
}

/** All nodes of the environment that share the node's group; those without one share theirs. */
function groupOf(environment: Environment, node: KongNode): readonly KongNode[] {
  return environment.nodes.filter((candidate) => candidate.group === node.group);
}

function byGroup(replacements: readonly Replacement[]): readonly (readonly Replacement[])[] {
  const groups = [...new Set(replacements.map(({ node }) => node.group))];
  return groups.map((group) => replacements.filter(({ node }) => node.group === group));
}

/** One package per batch, so that one version is installed in it. */
function sameVersions(replacements: readonly Replacement[]): readonly (readonly Replacement[])[] {
  const keys = [...new Set(replacements.map(({ from, to }) => `${from} ${to}`))];
  return keys.map((key) => replacements.filter(({ from, to }) => `${from} ${to}` === key));
}

function chunk(replacements: readonly Replacement[], size: number): readonly (readonly Replacement[])[] {
  const count = Math.ceil(replacements.length / size);
  return Array.from({ length: count }, (_, index) => replacements.slice(index * size, (index + 1) * size));
}

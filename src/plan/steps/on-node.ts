import { canonicalJson } from "#src/kernel/digest.ts";
import { allNodes } from "#src/plan/sides.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Command } from "#src/plan/step.ts";
import type { Transport } from "#src/plan/transport.ts";
import { runnerCommand } from "./postgres-command.ts";

/** How a command reaches the node of that name; nothing where the node is on the runner's own machine. */
export function viaOf(environment: Environment, node: string): Pick<Command, "via"> {
  return wayTo(allNodes(environment).find(({ name }) => name === node));
}

/** The same for a node at hand. */
export function wayTo(node: Pick<KongNode, "transport"> | undefined): Pick<Command, "via"> {
  return node?.transport === undefined ? {} : { via: node.transport };
}

/**
 * How a `kong` command of that version reaches a node whose pods run another one, or none: in a Job of the version's own
 * image. Undefined where the package that the node has is the one to ask.
 */
export function jobOf({ transport, job }: KongNode, version: string): Transport | undefined {
  if (job === undefined || transport?.kind !== "kubectl") return undefined;
  const { kubectl, context, namespace, pod, container } = transport;
  return {
    kind: "job",
    kubectl,
    context,
    namespace,
    workload: pod,
    ...(container === undefined ? {} : { container }),
    image: job.image.replaceAll("{version}", version),
  };
}

/** A shell-free command for files of a node, where the node is. */
export function nodeCommand(node: KongNode, argv: readonly string[]): Command {
  return node.transport === undefined
    ? runnerCommand(argv)
    : { ...runnerCommand(argv), target: node.name, via: node.transport };
}

/** Nodes that have files of their own: those of a pod come from its image and its volumes, and go with it. */
export function withFiles(nodes: readonly KongNode[]): readonly KongNode[] {
  return nodes.filter(({ job }) => job === undefined);
}

/** One node of each place that is not the runner's own machine. */
export function placesElsewhere(nodes: readonly KongNode[]): readonly KongNode[] {
  const places = new Map<string, KongNode>();
  for (const node of nodes) {
    const key = canonicalJson(node.transport ?? null);
    if (node.transport !== undefined && !places.has(key)) places.set(key, node);
  }
  return [...places.values()];
}

/** That files of nodes are there: on the runner in one question, elsewhere in one for each node. */
export function filesOf(
  nodes: readonly KongNode[],
  pathsOf: (node: KongNode) => readonly string[],
  ownPaths: readonly string[] = [],
): readonly Probe[] {
  const here = nodes.filter(({ transport }) => transport === undefined).flatMap((node) => pathsOf(node));
  const paths = [...here, ...ownPaths];
  return [
    ...(paths.length === 0 ? [] : [{ kind: "files_present" as const, paths }]),
    ...nodes
      .filter(({ transport }) => transport !== undefined)
      .map((node) => ({ kind: "files_present" as const, paths: pathsOf(node), node: node.name })),
  ];
}

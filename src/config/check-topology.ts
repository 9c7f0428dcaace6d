import { z } from "zod";
import type { Found } from "./cross-check.ts";

const nodeOutline = z
  .object({
    name: z.string().optional().catch(undefined),
    role: z.string().optional().catch(undefined),
    admin: z.unknown().optional(),
    status: z.unknown().optional(),
    transport: z.unknown().optional(),
  })
  .catch({ admin: undefined, status: undefined, transport: undefined });

/** As much of an environment as its topology is judged by; whatever else is wrong is the schema's complaint. */
export const topologyOutline = {
  topology: z.string().default("traditional").catch("traditional"),
  database: z.unknown().optional(),
  cassandra: z.unknown().optional(),
  kubernetes: z.unknown().optional(),
  declarative: z.unknown().optional(),
  transport: z.unknown().optional(),
  nodes: z.array(nodeOutline).default([]).catch([]),
  green: z
    .object({ nodes: z.array(nodeOutline).default([]).catch([]) })
    .optional()
    .catch(undefined),
  preproduction: z.string().optional().catch(undefined),
  copy_of: z.string().optional().catch(undefined),
  packages: z.object({ recipe: z.string() }).optional().catch(undefined),
  soak: z
    .object({ metrics: z.object({ from: z.string() }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  hooks: z
    .object({ install: z.unknown().optional(), start: z.unknown().optional(), stop: z.unknown().optional() })
    .optional()
    .catch(undefined),
};
type Outline = z.infer<z.ZodObject<typeof topologyOutline>>;

/** What is left of an environment that is not even an object. */
export const emptyTopology: Outline = {
  topology: "",
  database: undefined,
  cassandra: undefined,
  kubernetes: undefined,
  declarative: undefined,
  transport: undefined,
  nodes: [],
};
type Node = z.infer<typeof nodeOutline>;

/** What a topology needs and what it cannot have; strategies would refuse it later and less clearly. */
export function checkTopology(environment: string, outline: Outline): readonly Found[] {
  const at = (...path: readonly PropertyKey[]): readonly PropertyKey[] => ["environments", environment, ...path];
  const complain = (message: string, ...path: readonly PropertyKey[]): readonly Found[] => [
    { path: at(...path), message },
  ];
  const { topology, database, cassandra, kubernetes, nodes } = outline;
  const hasDatabase = database !== undefined || cassandra !== undefined;
  switch (topology) {
    case "hybrid":
      return [
        ...(hasDatabase
          ? []
          : complain("is missing; the control planes of a hybrid topology share a database", "database")),
        ...(nodes.some(({ role }) => role === "control_plane")
          ? []
          : complain("a hybrid topology needs at least one node with role: control_plane", "nodes")),
        ...withoutAddress(nodes, at("nodes"), (node) => node.role !== "data_plane"),
      ];
    case "dbless":
      return [
        ...(nodes.length > 0 ? [] : complain("is missing; name at least one node", "nodes")),
        ...(hasDatabase
          ? complain("a dbless topology has no database; remove it or change the topology", "database")
          : []),
      ];
    case "kubernetes":
      return kubernetes === undefined
        ? complain("is missing; name context, namespace, chart version and releases", "kubernetes")
        : [];
    case "traditional":
      return [
        ...(hasDatabase
          ? []
          : complain("is missing; every node of a traditional topology shares a database", "database")),
        ...(nodes.length > 0 ? [] : complain("is missing; name at least one node", "nodes")),
        ...withoutAddress(nodes, at("nodes"), () => true),
      ];
    default:
      // Another word is the schema's complaint.
      return [];
  }
}

/**
 * Declarative files and what Cassandra's way exports are made and read on the runner and on nodes alike, and nothing carries
 * them from one to the other yet.
 */
export function checkTransports(environment: string, outline: Outline): readonly Found[] {
  const { topology, cassandra, declarative, nodes, green } = outline;
  const what =
    topology === "dbless" || declarative !== undefined
      ? "nodes that load a declarative file"
      : cassandra === undefined
        ? undefined
        : "nodes with Cassandra";
  if (what === undefined) return [];
  const message = `${what} have to be on the runner's own machine, which reads and writes the same files; remove it, and let a runner work there`;
  const at = (...path: readonly PropertyKey[]): Found => ({ path: ["environments", environment, ...path], message });
  return [
    ...(outline.transport === undefined ? [] : [at("transport")]),
    ...nodes.flatMap((node, index) => (node.transport === undefined ? [] : [at("nodes", index, "transport")])),
    ...(green?.nodes ?? []).flatMap((node, index) =>
      node.transport === undefined ? [] : [at("green", "nodes", index, "transport")],
    ),
  ];
}

const withJob = z.object({ kubectl: z.object({ job: z.object({}) }) });

/** Where commands run in Jobs, nobody but the site knows how pods come and go, and `kong start` would start nothing. */
export function checkJobs(
  environment: string,
  { topology, transport, nodes, green, hooks }: Outline,
): readonly Found[] {
  const ways = [transport, ...[...nodes, ...(green?.nodes ?? [])].map((node) => node.transport)];
  if (!ways.some((way) => withJob.safeParse(way).success)) return [];
  const path = ["environments", environment];
  if (topology !== "traditional") {
    const message = "transport.kubectl.job is for a traditional topology only; remove it, or use Helm releases";
    return [{ path: [...path, "topology"], message }];
  }
  return (["start", "stop"] as const)
    .filter((name) => hooks?.[name] === undefined)
    .map((name) => ({
      path: [...path, "hooks", name],
      message: `is missing; with transport.kubectl.job it has to ${name} the pods of {node}, for example by kubectl scale`,
    }));
}

/** A container keeps the image it was made from, so that pulling another one changes nothing that runs. */
export function checkContainers(environment: string, { packages, hooks }: Outline): readonly Found[] {
  const isMade = hooks?.start !== undefined || hooks?.install !== undefined;
  if (packages?.recipe !== "docker" || isMade) return [];
  const message =
    "is missing; the recipe docker only pulls the image, and this has to make the container of {node} from {version}";
  return [{ path: ["environments", environment, "hooks", "start"], message }];
}

/** Nodes whose own totals are to be counted have to be reached by the runner. */
export function checkCounted(environment: string, { soak, nodes }: Outline): readonly Found[] {
  if (soak?.metrics?.from !== "kong") return [];
  const path = ["environments", environment];
  const proxies = nodes.flatMap((node, index) => (node.role === "control_plane" ? [] : [{ node, index }]));
  if (proxies.length === 0) {
    const message = "kong counts on the nodes themselves, and no proxy is named; use prometheus or command";
    return [{ path: [...path, "soak", "metrics", "from"], message }];
  }
  return proxies
    .filter(({ node }) => node.status === undefined && node.admin === undefined)
    .map(({ index }) => ({
      path: [...path, "nodes", index, "status"],
      message: "is missing; soak.metrics from kong reads the status listener or the Admin API of every proxy",
    }));
}

function withoutAddress(
  nodes: readonly Node[],
  path: readonly PropertyKey[],
  needsAdmin: (node: Node) => boolean,
): readonly Found[] {
  return nodes.flatMap((node, index) =>
    node.admin !== undefined || !needsAdmin(node)
      ? []
      : [{ path: [...path, index, "admin"], message: "is missing; the Admin API's address, as the runner reaches it" }],
  );
}

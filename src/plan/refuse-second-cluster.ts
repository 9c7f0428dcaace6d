import type { Database } from "./database.ts";
import type { Environment } from "./environment.ts";
import type { KongNode } from "./kong-node.ts";
import type { PlanRefusal } from "./refusal.ts";

/** Refuses environments without a second cluster, or with one that is the old one in part. */
export function refuseSecondCluster(environment: Environment): readonly PlanRefusal[] {
  const { green, topology } = environment;
  return [
    ...(topology === "traditional"
      ? []
      : [
          {
            code: "topology_unsupported",
            sentence: `${environment.name} is configured as ${topology}; a second cluster takes over from a traditional one only`,
            help:
              topology === "kubernetes"
                ? "use helm or helm-split, which replace pods in place; a second Deployment beside the old one is made, filled and given traffic by hand"
                : "use a strategy made for this topology",
            isMisfit: true as const,
          },
        ]),
    ...(green === undefined || green.nodes.length === 0
      ? [
          {
            code: "no_second_cluster",
            sentence: `${environment.name} has no second cluster to send traffic to`,
            help: "describe its nodes under `green`, or use a strategy without a second cluster",
            isMisfit: true as const,
          },
        ]
      : sharedAddresses(environment.nodes, green.nodes)),
  ];
}

/** Refuses a second cluster whose database is missing, or is the one in use. */
export function refuseGreenDatabase({ database, green }: Environment): readonly PlanRefusal[] {
  if (green === undefined) return [];
  if (green.database === undefined) {
    return [
      {
        code: "green_without_database",
        sentence: "the second cluster has no database of its own",
        help: "describe it under `green.database`; it is created by the upgrade and must not exist yet",
        isMisfit: true,
      },
    ];
  }
  if (database === undefined || placeOf(database) !== placeOf(green.database)) return [];
  return [
    {
      code: "green_is_blue",
      sentence: `both clusters are configured with the database ${placeOf(database)}`,
      help: "give `green.database` another server or another name: migrating it would migrate the database in use",
    },
  ];
}

/** Whether both databases lie on one server, as far as their addresses tell. */
export function isOnOneServer(left: Database, right: Database): boolean {
  return left.host.toLowerCase() === right.host.toLowerCase() && left.port === right.port;
}

function placeOf({ host, port, name }: Database): string {
  return `${host.toLowerCase()}:${port}/${name}`;
}

/** A new node that answers at an old node's address would be tested, migrated and stopped in its place. */
function sharedAddresses(old: readonly KongNode[], fresh: readonly KongNode[]): readonly PlanRefusal[] {
  const taken = new Map(old.flatMap((node) => addressesOf(node).map((address) => [address, node.name] as const)));
  return fresh.flatMap((node) =>
    addressesOf(node).flatMap((address) => {
      const owner = taken.get(address);
      if (owner === undefined) return [];
      return [
        {
          code: "green_node_is_old_node",
          sentence: `${node.name} of the second cluster and ${owner} of the old one share ${address}`,
          help: "give every node its own addresses and prefix, or the old node would be taken for the new one",
        },
      ];
    }),
  );
}

function addressesOf({ admin, proxy, kong, prefix }: KongNode): readonly string[] {
  const urls = [admin, proxy].filter((url) => url !== undefined);
  return [...urls.map((url) => url.replace(/\/+$/u, "").toLowerCase()), `${kong} with prefix ${prefix}`];
}

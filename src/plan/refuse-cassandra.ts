import { isAtLeast, parseVersion } from "#src/kong/version.ts";
import type { PlanContext } from "./plan-context.ts";
import type { PlanRefusal } from "./refusal.ts";

/** Refuses what is no move of a Cassandra installation, or more than one move at once. */
export function refuseCassandra(context: PlanContext): readonly PlanRefusal[] {
  const { environment, from, to } = context;
  const { cassandra, green, name } = environment;
  if (cassandra === undefined) {
    return [
      {
        code: "not_cassandra",
        sentence: `${name} is not configured with a Cassandra keyspace`,
        help: "describe it under `cassandra` where the nodes run with database = cassandra",
        isMisfit: true,
      },
    ];
  }
  const wanted = parseVersion(to);
  const isMoving = green?.database !== undefined;
  return [
    ...refuseNodes(context),
    ...(isMoving && from !== to
      ? [
          {
            code: "store_and_version",
            sentence: `the second cluster has a PostgreSQL database, so the data store would change together with the version, ${from} → ${to}`,
            help: `plan to ${from} first, which moves the data at the same version, and to ${to} afterwards from PostgreSQL`,
          },
        ]
      : []),
    ...(!isMoving && wanted !== undefined && isAtLeast(wanted, "3.4")
      ? [
          {
            code: "cassandra_gone",
            sentence: `Kong ${to} does not start with Cassandra`,
            help: `move to PostgreSQL first: describe its database under \`green.database\` and plan to ${from}, the running version (Kong Enterprise LTS 2.8 to 3.4 upgrade guide, prerequisites)`,
          },
        ]
      : []),
  ];
}

function refuseNodes({ environment, facts }: PlanContext): readonly PlanRefusal[] {
  return environment.nodes.flatMap(({ name }): readonly PlanRefusal[] => {
    const admin = facts.nodes.find((node) => node.name === name)?.admin;
    if (admin === undefined || admin.database === "cassandra") return [];
    return [
      {
        code: "not_on_cassandra",
        sentence: `${name} runs with database = ${admin.database}, but the environment is configured with a Cassandra keyspace`,
        help: "take `cassandra` out of the configuration where the move is done",
      },
    ];
  });
}

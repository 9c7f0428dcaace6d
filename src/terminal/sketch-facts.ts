import type { Instant } from "#src/kernel/instant.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";

/**
 * Facts for an installation that nobody looked at: it is assumed to be healthy and to run one version, so that steps can
 * be shown in outline. They are never recorded and never shown as facts.
 */
export function sketchFacts(environment: Environment, version: string, at: Instant): Facts {
  const known = { value: version, source: "--from or the files", at };
  return {
    observedAt: at,
    nodes: environment.nodes.map(({ name, role, admin }) => ({
      name,
      cliVersion: version,
      ...(admin === undefined
        ? {}
        : {
            admin: {
              version,
              database: databaseKind(environment),
              role: role === "control_plane" ? "control_plane" : "traditional",
              databaseReachable: true,
              plugins: [],
            },
          }),
    })),
    ...(environment.database === undefined ? {} : { database: healthyDatabase }),
    installation: { version: known },
    configuration: {},
    sources: [],
  };
}

function databaseKind({ database, cassandra }: Environment): string {
  if (cassandra !== undefined) return "cassandra";
  return database === undefined ? "off" : "postgres";
}

const healthyDatabase: NonNullable<Facts["database"]> = {
  // Not known: no rule about PostgreSQL's version is applied.
  serverVersion: "",
  sizeBytes: 0,
  migrations: { state: "up_to_date", executed: {}, pending: {}, new: {} },
  schemaMeta: [],
  counts: {},
};

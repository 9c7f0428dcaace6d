import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { HelmRelease } from "#src/plan/kubernetes.ts";
import { sampleDatabase, sampleEnvironment, sampleFacts } from "./sample.ts";

/** A release of these samples by what it serves. */
export function release(name: string, role: HelmRelease["role"]): HelmRelease {
  return { name, role, values: [`/srv/kong/values-${name}.yaml`], workload: `deployment/${name}-kong` };
}

/** Kong in a cluster, whose PostgreSQL the runner reaches. */
export function clusterEnvironment(
  releases: readonly HelmRelease[] = [release("kong", "all")],
  changes: Partial<Environment> = {},
): Environment {
  return {
    ...sampleEnvironment(),
    name: "prod",
    description: "Kong by Helm",
    topology: "kubernetes",
    nodes: [],
    hooks: {},
    kubernetes: {
      kubectl: "kubectl",
      helm: "helm",
      context: "prod-eu",
      namespace: "kong",
      chart: "kong/kong",
      chartVersion: "2.38.0",
      releases,
    },
    ...changes,
  };
}

/** What the survey read there: the version by the image, and each release's revision and chart. */
export function clusterFacts(
  environment: Environment,
  { version, database = "postgres" }: { readonly version: string; readonly database?: "postgres" | "off" },
  changes: Partial<Facts> = {},
): Facts {
  const { database: _, ...sample } = sampleFacts();
  const at = sample.observedAt;
  const known = { source: "kubectl get deployment", at };
  return {
    ...sample,
    nodes: [],
    configuration: { database },
    ...(environment.database === undefined ? {} : { database: withoutCommand() }),
    installation: {
      version: { ...known, value: version },
      database: { ...known, value: database },
      helmReleases: {
        source: "helm list",
        at,
        value: (environment.kubernetes?.releases ?? []).map(({ name }, index) => ({
          name,
          revision: 7 + index,
          chartVersion: "2.30.0",
          status: "deployed",
        })),
      },
    },
    ...changes,
  };
}

/** No node's own `kong` tells the migration state in a cluster. */
function withoutCommand(): NonNullable<Facts["database"]> {
  const { migrations: _, ...database } = sampleDatabase();
  return database;
}

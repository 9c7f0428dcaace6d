import { databaseIn, idOf } from "#src/plan/cluster.ts";
import type { Kubernetes } from "#src/plan/kubernetes.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";
import type { PlanRefusal } from "#src/plan/refusal.ts";
import { isAtLeast, parseVersion } from "#src/kong/version.ts";
import { refuseClusterEdition } from "./edition-change.ts";

/** Every reason why releases cannot be upgraded by Helm here; how many there may be is for the strategy to say. */
export function refuseCluster(context: PlanContext): readonly PlanRefusal[] {
  const { environment } = context;
  const { kubernetes } = environment;
  if (environment.topology !== "kubernetes" || kubernetes === undefined) return [notInKubernetes(environment.name)];
  return [
    ...refuseNames(kubernetes),
    ...refuseClusterEdition(context),
    ...refuseDatabase(context),
    ...refuseOldPods(context),
    ...refuseState(context),
    ...refuseStuck(context),
  ];
}

/** Steps are named after releases, and no two of them may have one name. */
function refuseNames({ releases }: Kubernetes): readonly PlanRefusal[] {
  const ids = releases.map((release) => idOf(release));
  const alike = releases.filter((_, index) => ids.indexOf(ids[index] ?? "") !== index).map(({ name }) => name);
  if (alike.length === 0) return [];
  return [
    {
      code: "release_names_alike",
      sentence: `the names of two releases cannot be told apart by their first 40 characters: ${alike.join(", ")}`,
      help: "give every release of the environment its own name; a dot counts as a hyphen",
    },
  ];
}

function notInKubernetes(environment: string): PlanRefusal {
  return {
    code: "topology_unsupported",
    isMisfit: true,
    sentence: `no Helm releases are configured for ${environment}`,
    help: "set the topology to kubernetes and describe context, namespace, chart and releases",
  };
}

function refuseDatabase(context: PlanContext): readonly PlanRefusal[] {
  const { environment, facts } = context;
  const onlyDataPlanes = environment.kubernetes?.releases.every(({ role }) => role === "data_plane") === true;
  if (onlyDataPlanes || databaseIn(context) !== undefined) return [];
  return [
    facts.installation?.database?.value === "cassandra"
      ? {
          code: "database_unsupported",
          sentence: "the releases use Cassandra, which no strategy with Helm migrates",
          help: "move to PostgreSQL on the running version first: Kong 3.4 and later do not start with Cassandra",
        }
      : {
          code: "database_unknown",
          sentence: "nobody told whether the releases use a database",
          help: "describe `database`, or let the runner read the environment of the workloads: without a database no migration job may run, with one it must",
        },
  ];
}

/** The chart's job migrates while the old pods serve, so they have to understand what it changes. */
function refuseOldPods(context: PlanContext): readonly PlanRefusal[] {
  const [from, to] = [parseVersion(context.from), parseVersion(context.to)];
  if (from === undefined || to === undefined || databaseIn(context) === "none") return [];
  if (isAtLeast(from, "2.8.2") || !isAtLeast(to, "3.0")) return [];
  return [
    {
      code: "old_pods_break",
      sentence: `pods of ${context.from} lose their regex routes as soon as the job has run \`kong migrations up\`, and they still serve then`,
      help: "bring the release to the latest 2.8 first: from 2.8.2 on Kong understands the paths that the migration writes",
    },
  ];
}

/** No node's own `kong` tells the state here, so the names in `schema_meta` do. */
function refuseState({ environment, facts }: PlanContext): readonly PlanRefusal[] {
  if (environment.database === undefined) return [];
  if (facts.database === undefined) {
    const { host, port, name } = environment.database;
    return [
      {
        code: "database_unread",
        sentence: `the database ${name} on ${host}:${port} could not be read`,
        help: "check address, role and password of `database`; leave it out where only pods can reach it",
      },
    ];
  }
  const pending = facts.database.schemaMeta.filter((row) => row.pending.length > 0);
  if (pending.length === 0) return [];
  return [
    {
      code: "earlier_upgrade_unfinished",
      sentence: `an earlier upgrade was never finished: migrations are pending in ${pending.map(({ subsystem }) => subsystem).join(", ")}`,
      help: "run `kong migrations finish` with the version that began it, or restore the backup of before, then plan again",
    },
  ];
}

/** Helm refuses to work on a release that it was interrupted in. */
function refuseStuck({ environment, facts }: PlanContext): readonly PlanRefusal[] {
  const names = new Set(environment.kubernetes?.releases.map(({ name }) => name));
  const found = facts.installation?.helmReleases?.value ?? [];
  return found
    .filter(({ name, status }) => names.has(name) && status !== "deployed")
    .map(({ name, status }) => ({
      code: "release_not_deployed",
      sentence: `Helm says that the release ${name} is ${status}`,
      help: `bring it to a good state first: \`helm history ${name}\` tells what happened, \`helm rollback\` returns to a revision that worked`,
    }));
}

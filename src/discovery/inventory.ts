import { isShipped } from "./installation-facts.ts";
import type { Facts, Source } from "#src/kong/facts.ts";
import { emptyInventory } from "#src/kong/inventory.ts";
import type {
  CustomPlugin,
  DatabaseServer,
  Entity,
  Input,
  InputState,
  Inventory,
  Setting,
} from "#src/kong/inventory.ts";
import type { Environment } from "#src/plan/environment.ts";
import { deploymentOf } from "./installation-facts.ts";
import type { Readings } from "./installation-facts.ts";
import type { ClusterReading } from "./kubernetes.ts";

/** The explicitly set keys of one node; undefined where its kong.conf could not be read. */
export interface NodeSettings {
  readonly settings: readonly Setting[] | undefined;
}

export interface LiveReading {
  readonly environment: Environment;
  readonly readings: Readings;
  readonly settings: readonly NodeSettings[];
  readonly database: Facts["database"];
  readonly cluster: ClusterReading;
  /** Whether every list of entities was read to its end. */
  readonly isWhole: boolean;
  readonly sources: readonly Source[];
}

/** Everything that hazards are judged from, as far as the live installation told it. */
export function buildInventory(reading: LiveReading): Inventory {
  const { environment, readings, database, cluster } = reading;
  const today = readings.at.slice(0, "2026-11-21".length);
  const installed = installedPlugins(readings);
  const base = emptyInventory(today);
  return {
    ...base,
    inputs: { ...base.inputs, ...inputStates(reading) },
    deployment: deploymentOf(readings, environment.kubernetes !== undefined),
    entities: [...readings.entities, ...licenceOf(readings), ...workspacesOf(readings)],
    settings: reading.settings.flatMap(({ settings }) => settings ?? []),
    installedPlugins: installed,
    customPlugins: installed.filter(({ name }) => !isShipped(name, readings)).map((plugin) => withoutSources(plugin)),
    helmReleases: cluster.releases,
    manifests: cluster.manifests,
    dataPlanes: readings.dataPlanes ?? [],
    hosts: readings.hosts,
    ...(database === undefined
      ? {}
      : {
          databaseServer: serverOf(database),
          ...(database.migrations === undefined ? {} : { migrations: database.migrations }),
        }),
  };
}

function serverOf({ serverVersion, sizeBytes, canCreateTables, lock }: NonNullable<Facts["database"]>): DatabaseServer {
  return {
    kind: "postgres",
    version: serverVersion,
    sizeBytes,
    migrationLock: lock?.owner ?? "none",
    ...(canCreateTables === undefined ? {} : { canCreateTables }),
  };
}

function withoutSources(plugin: Inventory["installedPlugins"][number]): CustomPlugin {
  return { ...plugin, sources: [] };
}

function installedPlugins({ roots }: Readings): Inventory["installedPlugins"] {
  const byName = new Map<string, Inventory["installedPlugins"][number]>();
  for (const { root } of roots) {
    for (const [name, { priority, version }] of Object.entries(root.plugins.available_on_server)) {
      const told = {
        name,
        ...(priority === undefined ? {} : { priority }),
        ...(version === undefined ? {} : { version }),
      };
      byName.set(name, { ...byName.get(name), ...told });
    }
  }
  return [...byName.values()];
}

function licenceOf({ licence }: Readings): readonly Entity[] {
  if (licence === undefined || licence === "none") return [];
  return [{ kind: "license", parents: [], origin: "live", fields: { expiration_date: licence } }];
}

function workspacesOf({ workspaces }: Readings): readonly Entity[] {
  return (workspaces ?? []).map((name) => ({ kind: "workspace", name, parents: [], origin: "live", fields: { name } }));
}

/** What was asked for and how it went; what this installation cannot have stays "not given". */
function inputStates(reading: LiveReading): Partial<Record<Input, InputState>> {
  const { environment, readings, settings, database, cluster, isWhole, sources } = reading;
  const problemOf = (...names: readonly string[]): string =>
    sources
      .flatMap(({ name, outcome }) =>
        outcome.kind === "failed" && names.some((part) => name.includes(part)) ? [`${name}: ${outcome.problem}`] : [],
      )
      .slice(0, 5)
      .join("; ");
  const read: InputState = { kind: "read" };
  const state = (isRead: boolean, ...names: readonly string[]): InputState =>
    isRead ? read : { kind: "failed", problem: problemOf(...names) };
  const hasAdmin = environment.nodes.some(({ admin }) => admin !== undefined);
  const unread = settings.filter((node) => node.settings === undefined).length;
  return {
    deployment: state(readings.roots.length > 0 || cluster.versions.length > 0, "Admin API"),
    ...(hasAdmin
      ? {
          entities: isWhole
            ? read
            : { kind: readings.entities.length > 0 ? "partly" : "failed", problem: problemOf("Admin API") },
          plugins: state(readings.roots.length > 0, "Admin API"),
          licence: licenceState(readings, problemOf),
        }
      : {}),
    ...(settings.length === 0
      ? {}
      : {
          configuration:
            unread === 0
              ? read
              : { kind: unread < settings.length ? "partly" : "failed", problem: problemOf("kong.conf") },
        }),
    ...(environment.database === undefined
      ? {}
      : {
          database: state(database !== undefined, "PostgreSQL"),
          migrations: state(database?.migrations !== undefined, "kong migrations", "PostgreSQL"),
        }),
    // What this topology cannot have was looked for by knowing that: its absence is decided.
    data_planes: environment.nodes.some(({ role }) => role === "control_plane")
      ? state(readings.dataPlanes !== undefined, "data-planes", "Admin API entities")
      : read,
    ...(readings.hosts.length > 0 ? { hosts: read } : hostsProblem(problemOf("operating system"))),
    ...(environment.kubernetes === undefined
      ? { helm: read, manifests: read }
      : {
          helm: state(cluster.releases.length === environment.kubernetes.releases.length, "helm"),
          manifests: sources.some(({ name, outcome }) => name === "kubectl get jobs" && outcome.kind === "read")
            ? { kind: "partly", problem: "only jobs were read; name rendered manifests under sources.manifests" }
            : { kind: "failed", problem: problemOf("kubectl get jobs") },
        }),
  };
}

function hostsProblem(problem: string): Partial<Record<Input, InputState>> {
  return problem === "" ? {} : { hosts: { kind: "failed", problem } };
}

/** A licence that kong.conf carries is not among `GET /licenses`, so its absence there says nothing. */
function licenceState({ licence, roots }: Readings, problemOf: (...names: readonly string[]) => string): InputState {
  const isInConfiguration = roots.some(({ root }) =>
    [root.configuration.license_data, root.configuration.license_path].some(
      (value) => value !== undefined && value !== "",
    ),
  );
  if (licence !== undefined && licence !== "none") return { kind: "read" };
  if (isInConfiguration)
    return { kind: "failed", problem: "the licence comes from kong.conf or the environment, and its end was not read" };
  const problem = problemOf("/licenses", "Admin API entities");
  return problem === "" ? { kind: "read" } : { kind: "failed", problem };
}

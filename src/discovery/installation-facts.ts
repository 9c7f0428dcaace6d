import type { Instant } from "#src/kernel/instant.ts";
import { isBundled } from "#src/kong/bundled-plugins.ts";
import type { InstallationFacts, PluginInUse } from "#src/kong/facts.ts";
import type { DataPlane, Deployment, Entity, Host } from "#src/kong/inventory.ts";
import { parseVersion } from "#src/kong/version.ts";
import type { NodeRoot } from "./admin-api.ts";

/** What was read of the whole installation; undefined for what no source told. */
export interface Readings {
  readonly at: Instant;
  readonly roots: readonly { readonly source: string; readonly root: NodeRoot }[];
  readonly workspaces: readonly string[] | undefined;
  readonly entities: readonly Entity[];
  readonly counts: Readonly<Record<string, number>> | undefined;
  readonly licence: string | undefined;
  readonly dataPlanes: readonly DataPlane[] | undefined;
  readonly hosts: readonly Host[];
  /** Versions by image tags, where no Admin API told. */
  /** What `helm list` told. */
  readonly helmReleases: NonNullable<InstallationFacts["helmReleases"]>["value"] | undefined;
  readonly imageVersions: readonly { readonly release: string; readonly version: string }[];
}

/** The facts of the installation, each with the source that told it. */
export function installationFacts(readings: Readings): InstallationFacts {
  const { at, roots, workspaces, licence, dataPlanes, hosts, imageVersions } = readings;
  const [first] = roots;
  const tell: Tell = (value, source) => ({ value, source: source ?? first?.source ?? "Admin API", at });
  return {
    ...(first === undefined ? ofImages(imageVersions, tell) : ofRoots(first.root, readings, tell)),
    ...(workspaces === undefined ? {} : { workspaces: tell(workspaces, "Admin API /workspaces") }),
    ...(licence === undefined ? {} : { licence: tell(licence, "Admin API /licenses") }),
    ...countsOf(readings, tell),
    ...(dataPlanes === undefined ? {} : { dataPlanes: tell(dataPlanes, "Admin API /clustering/data-planes") }),
    ...(readings.helmReleases === undefined ? {} : { helmReleases: tell(readings.helmReleases, "helm list") }),
    ...(hosts.length === 0 ? {} : { hosts: tell(hosts, "runner and images") }),
  };
}

function ofImages([image]: Readings["imageVersions"], tell: Tell): InstallationFacts {
  return image === undefined ? {} : { version: tell(image.version, `image of release ${image.release}`) };
}

function ofRoots(root: NodeRoot, { roots, entities }: Readings, tell: Tell): InstallationFacts {
  return {
    version: tell(root.version),
    edition: tell(editionOf(root)),
    topology: tell(topologyOf(roots)),
    plugins: tell(pluginsInUse(entities, root), "Admin API /plugins"),
    ...ofConfiguration(root.configuration, tell),
  };
}

function countsOf({ entities, counts }: Readings, tell: Tell): InstallationFacts {
  if (entities.length === 0 && counts === undefined) return {};
  return { entities: tell(countKinds(entities, counts), "Admin API and database") };
}

/** The same for the conditions of hazards. */
export function deploymentOf(readings: Readings, isKubernetes: boolean): Deployment {
  const { roots } = readings;
  const [first] = roots;
  const database = databaseOf(first?.root.configuration.database);
  return {
    ...(first === undefined ? {} : { edition: editionOf(first.root), topology: topologyOf(roots) }),
    ...(database === undefined ? {} : { database }),
    platform: isKubernetes ? "kubernetes" : "host",
    isHelm: isKubernetes,
    ...(roots.length === 0 ? {} : { nodeCount: roots.length }),
  };
}

/** From 3.6 on the Admin API says it; before, four numbers or the suffix do (Kong 3.6 changelog; version support policy). */
export function editionOf({ edition, version }: NodeRoot): "oss" | "enterprise" {
  if (edition !== undefined) return edition === "enterprise" ? "enterprise" : "oss";
  return /enterprise/u.test(version) || parseVersion(version)?.enterprisePatch !== undefined ? "enterprise" : "oss";
}

function topologyOf(roots: Readings["roots"]): "traditional" | "hybrid" | "dbless" {
  if (roots.some(({ root }) => root.configuration.role !== "traditional")) return "hybrid";
  return roots.every(({ root }) => root.configuration.database === "off") ? "dbless" : "traditional";
}

function databaseOf(database: string | undefined): "postgres" | "cassandra" | "off" | undefined {
  return database === "postgres" || database === "cassandra" || database === "off" ? database : undefined;
}

type Tell = <Value>(
  value: Value,
  source?: string,
) => { readonly value: Value; readonly source: string; readonly at: Instant };

function ofConfiguration(configuration: NodeRoot["configuration"], tell: Tell): InstallationFacts {
  const database = databaseOf(configuration.database);
  const { router_flavor: routerFlavor, enforce_rbac: rbac, keyring_enabled: keyring, vitals, portal } = configuration;
  return {
    ...(database === undefined ? {} : { database: tell(database) }),
    ...(routerFlavor === undefined ? {} : { routerFlavor: tell(routerFlavor) }),
    ...(rbac === undefined ? {} : { rbac: tell(rbac) }),
    ...(keyring === undefined
      ? {}
      : { keyring: tell(isOn(keyring) ? (configuration.keyring_strategy ?? "on") : "off") }),
    ...(vitals === undefined ? {} : { vitals: tell(isOn(vitals)) }),
    ...(portal === undefined ? {} : { portal: tell(isOn(portal)) }),
  };
}

function isOn(setting: string): boolean {
  return setting === "true" || setting === "on";
}

function countKinds(
  entities: readonly Entity[],
  counts: Readonly<Record<string, number>> | undefined,
): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const { kind } of entities) kinds[`${kind}s`] = (kinds[`${kind}s`] ?? 0) + 1;
  const consumers = counts?.["consumers"];
  return { ...kinds, ...(consumers === undefined ? {} : { consumers }) };
}

function pluginsInUse(entities: readonly Entity[], root: NodeRoot): readonly PluginInUse[] {
  const instances = new Map<string, number>();
  for (const { kind, name } of entities)
    if (kind === "plugin" && name !== undefined) instances.set(name, (instances.get(name) ?? 0) + 1);
  const names = [...instances.keys()].toSorted();
  return names.map((name) => describePlugin(name, instances.get(name) ?? 0, root));
}

/** Whether Kong itself ships a plugin in the version and edition that runs; all are custom where no node tells it. */
export function isShipped(name: string, { roots: [first] }: Readings): boolean {
  return first !== undefined && originOf(name, first.root) !== "custom";
}

function originOf(name: string, root: NodeRoot): PluginInUse["origin"] {
  const version = parseVersion(root.version);
  if (version === undefined) return "custom";
  if (isBundled(name, version, "oss")) return "bundled";
  return editionOf(root) === "enterprise" && isBundled(name, version, "enterprise") ? "enterprise" : "custom";
}

function describePlugin(name: string, instances: number, root: NodeRoot): PluginInUse {
  const installed = root.plugins.available_on_server[name];
  return {
    name,
    origin: originOf(name, root),
    instances,
    ...(installed?.priority === undefined ? {} : { priority: installed.priority }),
    ...(installed?.version === undefined ? {} : { version: installed.version }),
  };
}

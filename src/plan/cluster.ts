import type { HelmRelease, Kubernetes } from "./kubernetes.ts";
import type { PlanContext } from "./plan-context.ts";
import type { Probe } from "./probe.ts";

/** Helm releases of one installation, by what they have to do with its database. */
export interface Cluster {
  readonly context: PlanContext;
  readonly kubernetes: Kubernetes;
  /** Releases that use the database, in the order in which they are upgraded; all of them where there is none. */
  readonly leading: readonly HelmRelease[];
  /** Data planes: they follow, and no migration job ever runs for them. */
  readonly following: readonly HelmRelease[];
  /** `reachable`: by the runner's own tools. `elsewhere`: only inside the cluster, so a person saves and restores it. */
  readonly database: "reachable" | "elsewhere" | "none";
}

/**
 * The cluster of a Kubernetes environment.
 * @throws Error without one; strategies refuse such environments before they make a step
 */
export function clusterOf(context: PlanContext): Cluster {
  const { kubernetes, name } = context.environment;
  if (kubernetes === undefined) throw new Error(`environment ${name} has no Kubernetes cluster`);
  const following = kubernetes.releases.filter(({ role }) => role === "data_plane");
  const leading = kubernetes.releases.filter(({ role }) => role !== "data_plane");
  const database = databaseIn(context);
  return leading.length === 0
    ? { context, kubernetes, leading: following, following: [], database: "none" }
    : { context, kubernetes, leading, following, database: database ?? "none" };
}

/** Where the database is; undefined where neither configuration nor survey tells. */
export function databaseIn({ environment, facts }: PlanContext): Cluster["database"] | undefined {
  if (environment.database !== undefined) return "reachable";
  switch (facts.installation?.database?.value) {
    case "postgres":
      return "elsewhere";
    case "off":
      return "none";
    case "cassandra":
    case undefined:
      return undefined;
  }
}

export function allReleases({ leading, following }: Cluster): readonly HelmRelease[] {
  return [...leading, ...following];
}

/** Every pod of these releases runs this version, and none is on its way out. */
export function rolledOut(releases: readonly HelmRelease[], version: string): readonly Probe[] {
  return releases.map(({ name }) => ({ kind: "workload_rolled_out", release: name, version }));
}

/** What `kong migrations list` says in a pod of the first release that uses the database; nothing without one. */
export function migrationsInCluster(
  { leading, database }: Cluster,
  oneOf: Extract<Probe, { kind: "migrations_in_cluster" }>["oneOf"],
): readonly Probe[] {
  const [first] = leading;
  if (first === undefined || database === "none") return [];
  return [{ kind: "migrations_in_cluster", release: first.name, oneOf }];
}

/** Nobody holds Kong's migration lock; nothing to ask where the runner cannot look into the database. */
export function lockFree({ database }: Cluster): readonly Probe[] {
  return database === "reachable" ? [{ kind: "migration_lock_free" }] : [];
}

/** Nobody wrote since the last fingerprint; nothing to ask where the runner cannot look into the database. */
export function nobodyWrote({ database }: Cluster): readonly Probe[] {
  return database === "reachable" ? [{ kind: "configuration_unchanged" }] : [];
}

/** The revision that a release had when the facts were read: what going back returns to. */
export function revisionOf({ context }: Cluster, { name }: HelmRelease): number | undefined {
  return context.facts.installation?.helmReleases?.value.find((release) => release.name === name)?.revision;
}

/** Whether the release already has the wanted chart; undefined where the survey did not tell. */
export function hasWantedChart({ context, kubernetes }: Cluster, { name }: HelmRelease): boolean | undefined {
  const found = context.facts.installation?.helmReleases?.value.find((release) => release.name === name);
  return found === undefined ? undefined : found.chartVersion === kubernetes.chartVersion;
}

/** A release in the id of a step: Helm allows dots and 53 characters there (helm, pkg/chartutil/validate_name.go). */
export function idOf({ name }: Pick<HelmRelease, "name">): string {
  return name.replaceAll(".", "-").slice(0, 40);
}

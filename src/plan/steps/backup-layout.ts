import { databaseOf } from "#src/plan/databases-of.ts";
import type { HelmRelease } from "#src/plan/kubernetes.ts";
import type { PlanContext } from "#src/plan/plan-context.ts";

/** Longest name of a PostgreSQL database in bytes. */
const maxDatabaseName = 63;

/** Folder of this upgrade's backups on the runner's machine. */
export function backupFolder(context: PlanContext): string {
  return `${context.environment.backupDir}/${context.upgradeId}`;
}

/** The database dump, in PostgreSQL's custom format. */
export function dumpFile(context: PlanContext): string {
  return `${backupFolder(context)}/kong.dump`;
}

/** The configuration as `kong config db_export` writes it. */
export function declarativeFile(context: PlanContext): string {
  return `${backupFolder(context)}/kong.yml`;
}

/** The declarative file as it was converted for the new version; apart from the backups, because it is made before them. */
export function convertedFile({ environment, upgradeId }: PlanContext): string {
  return `${environment.backupDir}/${upgradeId}.converted.yml`;
}

/** Where the copy of a node's kong.conf lies. */
export function confCopy(context: PlanContext, nodeName: string): string {
  return `${backupFolder(context)}/${nodeName}.kong.conf`;
}

/** Where the archive of a node's prefix lies. */
export function prefixArchive(context: PlanContext, nodeName: string): string {
  return `${backupFolder(context)}/${nodeName}.prefix.tar`;
}

/** Where the manifest of the workload of a node in Kubernetes lies, as it was before the upgrade. */
export function workloadCopy(context: PlanContext, nodeName: string): string {
  return `${backupFolder(context)}/${nodeName}.workload.json`;
}

/** Where the site's own templates and plugins lie, by their paths below the root. */
export function ownFilesArchive(context: PlanContext): string {
  return `${backupFolder(context)}/own-files.tar`;
}

/** Where the values or the history of a Helm release, as they were before the upgrade, lie. */
export function releaseFile(context: PlanContext, { name }: HelmRelease, what: "values" | "history"): string {
  return `${backupFolder(context)}/${name}.${what}.yaml`;
}

/** The database that a backup is restored into to prove it; made and dropped by this upgrade only. */
export function scratchDatabase(context: PlanContext): string {
  return derivedName(context, "proof");
}

/** The name that the upgraded database gets when the backup takes its place. */
export function setAsideDatabase(context: PlanContext): string {
  return derivedName(context, "upgraded");
}

/** The name that the database of a preproduction environment gets when a copy of production takes its place. */
export function formerDatabase(context: PlanContext): string {
  return derivedName(context, "former");
}

function derivedName(context: PlanContext, purpose: string): string {
  const suffix = `_${purpose}_${context.upgradeId.toLowerCase().replaceAll("-", "_")}`;
  return `${databaseOf(context.environment).name.slice(0, maxDatabaseName - suffix.length)}${suffix}`;
}

import { placeOfValue, valuesOfKong } from "#src/kong/chart-values.ts";
import type { HelmRelease } from "#src/kong/inventory.ts";
import type { Context } from "./context.ts";
import { isRecord, valueAt } from "./field-path.ts";
import { ingressFields } from "./ingress-routes.ts";
import { visible } from "./shown-value.ts";
import type { Subject, Subjects } from "./subject.ts";

export function helmSubjects({ inventory, from }: Context): Subjects {
  return from("helm", inventory.helmReleases.map(releaseSubject));
}

/** Manifests of one kind, e.g. `Ingress`. */
export function manifestSubjects(resource: string, { inventory, from }: Context): Subjects {
  const all = inventory.manifests
    .filter(({ kind }) => kind === resource)
    .map((manifest): Subject => {
      const { kind, name, namespace, place } = manifest;
      const fields = kind === "Ingress" ? ingressFields(manifest, inventory) : manifest.fields;
      const inNamespace = namespace === undefined ? "" : ` in namespace ${namespace}`;
      const file = place === undefined ? "" : ` (${place.file}${place.line === undefined ? "" : `:${place.line}`})`;
      const label = visible(`${kind} ${name}${file}${inNamespace}`);
      return { fields, describe: () => ({ label, what: kind, name, file: place?.file, line: place?.line }) };
    });
  return from("manifests", all);
}

/** Releases whose database another release writes to as well; where one does not tell its database, nobody knows. */
export function splitReleaseSubjects({ inventory, from }: Context): Subjects {
  const databases = inventory.helmReleases.map(databaseOf);
  // Cluster and files may tell the same release.
  const users = new Map<unknown, Set<string>>();
  for (const [index, { name }] of inventory.helmReleases.entries())
    users.set(databases[index], (users.get(databases[index]) ?? new Set()).add(name));
  const all = inventory.helmReleases
    .filter((_, index) => typeof databases[index] === "string" && (users.get(databases[index])?.size ?? 0) > 1)
    .map(releaseSubject);
  const writers = inventory.helmReleases.filter((_, index) => databases[index] !== "none");
  const isHidden = databases.includes(undefined) && new Set(writers.map(({ name }) => name)).size > 1;
  const subjects = from("helm", all);
  return isHidden ? { ...subjects, isComplete: false } : subjects;
}

function releaseSubject(release: HelmRelease): Subject {
  const { name, namespace, values, file } = release;
  const inNamespace = namespace === undefined ? "" : ` in namespace ${namespace}`;
  const label = visible(`Helm release ${name}${inNamespace}`);
  return {
    fields: valuesOfKong(values),
    placeOf: (field) => placeOfValue(release, field),
    describe: () => ({ label, what: "Helm release", name, file }),
  };
}

/** What tells a release's database: host and name, as texts or as references to secrets; `none` without a database. */
function databaseOf(release: HelmRelease): string | symbol | undefined {
  const values = valuesOfKong(release.values);
  const env = (key: string): unknown => valueAt(values, ["env", key]);
  // Without quotes YAML takes `off` for false.
  if (env("database") === "off" || env("database") === false || env("role") === "data_plane") return "none";
  if (valueAt(values, ["postgresql", "enabled"]) === true) return Symbol(release.name);
  const host = reference(env("pg_host"));
  return host === undefined ? undefined : [host, reference(env("pg_port")), reference(env("pg_database"))].join("\n");
}

/** The text itself, or which key of which secret holds it. */
function reference(value: unknown): string | undefined {
  if (typeof value === "string" || typeof value === "number") return String(value);
  const secret = valueAt(value, ["valueFrom", "secretKeyRef"]);
  if (!isRecord(secret)) return undefined;
  return `secret ${String(secret["name"])} ${String(secret["key"])}`;
}

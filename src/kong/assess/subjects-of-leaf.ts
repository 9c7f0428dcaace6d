import { unreachable } from "#src/kernel/result.ts";
import type { Leaf } from "#src/kong/catalogue/condition.ts";
import type { EntityKind } from "#src/kong/inventory.ts";
import type { Context } from "./context.ts";
import { customPluginSubjects } from "./custom-plugin-subjects.ts";
import {
  dataPlaneSubjects,
  databaseSubjects,
  deploymentSubjects,
  hostSubjects,
  migrationSubjects,
  versionSubjects,
} from "./installation-subjects.ts";
import { ingressRoutes, ingressServices } from "./ingress-routes.ts";
import { helmSubjects, manifestSubjects, splitReleaseSubjects } from "./kubernetes-subjects.ts";
import type { Subject, Subjects } from "./subject.ts";
import { declarativeSubjects, fileSubjects, sourceSubjects, textSubjects } from "./text-subjects.ts";

/** A leaf that looks at something; the others hold always, or are asked. */
export type LookingLeaf = Exclude<Leaf, { readonly kind: "always" | "manual" }>;

/**
 * What conditions of one `all` have in common when they are about the same object: kind and name. Two facts of a host are
 * about the same host, though the catalogue calls them facts of the deployment.
 */
export function subjectKey(leaf: LookingLeaf): string {
  switch (leaf.kind) {
    case "plugin":
    case "file_plugin":
      return `${leaf.kind} ${leaf.name}`;
    case "conf":
      return `conf ${leaf.key}`;
    case "source":
      return `source ${leaf.files}`;
    case "k8s":
      return `k8s ${leaf.resource}`;
    case "deployment":
      return isOfHost(leaf.path) ? "host" : "deployment";
    default:
      return leaf.kind;
  }
}

/** The objects that a leaf is about. */
export function subjectsOf(leaf: LookingLeaf, context: Context): Subjects {
  return context.subjects(subjectKey(leaf), () => look(leaf, context));
}

function look(leaf: LookingLeaf, context: Context): Subjects {
  switch (leaf.kind) {
    case "plugin":
      return fromEntities(context.plugins(leaf.name), context);
    case "file_plugin":
      return context.from("declarative", context.plugins(leaf.name, "file"));
    case "file_route":
      return context.from("declarative", context.entities("route", "file"));
    case "license":
      return context.from("licence", context.entities("license"));
    case "conf":
      return context.from("configuration", context.settings(leaf.key));
    case "source":
      return sourceSubjects(leaf.files, context);
    case "custom_plugin":
      return customPluginSubjects(context);
    case "nginx_template":
    case "client":
    case "metrics_consumer":
    case "cli":
      return textSubjects(leaf.kind, context);
    case "file":
      return fileSubjects(context);
    case "declarative":
      return declarativeSubjects(context);
    case "helm_values":
      return helmSubjects(context);
    case "helm_split":
      return splitReleaseSubjects(context);
    case "k8s":
      return manifestSubjects(leaf.resource, context);
    case "deployment":
      return isOfHost(leaf.path) ? hostSubjects(context) : deploymentSubjects(context);
    case "database_server":
      return databaseSubjects(context);
    case "version":
      return versionSubjects(context);
    case "data_planes":
      return dataPlaneSubjects(context);
    case "host":
      return hostSubjects(context);
    case "migrations":
      return migrationSubjects(context);
    case "route":
      return withMade(entitySubjects(leaf.kind, context), ingressRoutes(context.inventory));
    case "service":
      return withMade(entitySubjects(leaf.kind, context), ingressServices(context.inventory));
    case "consumer":
    case "consumer_group":
    case "upstream":
    case "certificate":
    case "ca_certificate":
    case "sni":
    case "key":
    case "key_set":
    case "vault":
    case "workspace":
    case "event_hook":
    case "filter_chain":
    case "partial":
    case "admin":
      return entitySubjects(leaf.kind, context);
    default:
      return unreachable(leaf);
  }
}

/** Kinds that declarative files cannot hold, so that files alone do not tell whether there are any. */
const liveOnly: ReadonlySet<EntityKind> = new Set(["admin", "event_hook", "workspace"]);

function entitySubjects(kind: EntityKind, context: Context): Subjects {
  const { inventory } = context;
  const isFromFiles = inventory.inputs.declarative.kind !== "not_given";
  const isOnlyFiles = isFromFiles && !inventory.entities.some(({ origin }) => origin === "live");
  const subjects = fromEntities(context.entities(kind), context);
  return liveOnly.has(kind) && isOnlyFiles ? { ...subjects, isComplete: false } : subjects;
}

/** What an ingress controller makes is told by what it makes it from. */
function withMade(subjects: Subjects, made: readonly Subject[]): Subjects {
  return made.length === 0 ? subjects : { ...subjects, all: [...subjects.all, ...made] };
}

function fromEntities(all: readonly Subject[], { missingEntities: missing }: Context): Subjects {
  return { all, input: missing ?? "entities", isComplete: missing === undefined };
}

function isOfHost(path: string): boolean {
  return path === "os" || path === "image" || path === "package" || path === "arch";
}

import type { Deployment, Entity, Host, Manifest, SourceText } from "#src/kong/inventory.ts";
import { isSecretName, redacted } from "#src/discovery/redact.ts";
import { databaseOf, topologyOf } from "./helm.ts";
import { imageOfKong, kongImage } from "./images.ts";
import { fromElsewhere, settingsOfVariables } from "./settings.ts";
import type { SettingsReading, Variable } from "./settings.ts";
import { embeddedLine, isConfiguration } from "./embedded-lines.ts";
import type { FileLines } from "./embedded-lines.ts";
import { luaMapOf, mountsOfPod } from "./plugin-maps.ts";
import type { LuaMap, PluginMount } from "./plugin-maps.ts";
import type { EmbeddedConfiguration } from "./read-declarative.ts";
import type { Trouble } from "./trouble.ts";
import { isMapping } from "#src/discovery/files/yaml/parts.ts";
import { at, listOf, scalarText, textAt } from "#src/discovery/files/yaml/mapping-documents.ts";
import type { MappingDocument } from "#src/discovery/files/yaml/mapping-documents.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What the objects of one file of Kubernetes manifests told. */
export interface ManifestReading {
  readonly manifests: Manifest[];
  readonly entities: Entity[];
  readonly settings: SettingsReading[];
  readonly hosts: Host[];
  readonly versions: string[];
  /** Command lines with a custom nginx template. */
  readonly commands: SourceText[];
  /** Declarative configuration inside config maps. */
  readonly embedded: EmbeddedConfiguration[];
  /** Config maps and secrets with Lua, and what is mounted as plugins. */
  readonly luaMaps: LuaMap[];
  readonly mounts: PluginMount[];
  readonly troubles: Trouble[];
  deployment: Deployment;
}

/** Takes Kubernetes objects; those inside a `List` too. Undefined where the documents hold none. */
export function readManifests(
  file: string,
  documents: readonly MappingDocument[],
  lines: FileLines,
): ManifestReading | undefined {
  const reading: ManifestReading = {
    manifests: [],
    entities: [],
    settings: [],
    hosts: [],
    versions: [],
    commands: [],
    embedded: [],
    luaMaps: [],
    mounts: [],
    troubles: [],
    deployment: {},
  };
  for (const { fields, line, itemLines } of documents)
    takeObject(reading, fields, { place: { file, line }, lines, itemLines });
  if (reading.manifests.length === 0) return undefined;
  reading.deployment = { platform: "kubernetes", ...reading.deployment };
  return reading;
}

interface At {
  readonly place: { readonly file: string; readonly line: number };
  readonly lines: FileLines;
  readonly itemLines: ReadonlyMap<unknown, number>;
}

function takeObject(reading: ManifestReading, fields: Fields, where: At): void {
  const { kind } = fields;
  if (typeof kind !== "string" || typeof fields["apiVersion"] !== "string") return;
  if (kind === "List" || kind.endsWith("List")) {
    for (const item of listOf(fields["items"])) {
      const line = where.itemLines.get(item) ?? where.place.line;
      if (isMapping(item)) takeObject(reading, item, { ...where, place: { ...where.place, line } });
    }
    return;
  }
  const namespace = textAt(fields, "metadata", "namespace");
  reading.manifests.push({
    kind,
    name: textAt(fields, "metadata", "name") ?? "",
    ...(namespace === undefined ? {} : { namespace }),
    place: where.place,
    fields: keptFields(kind, fields),
  });
  if (textAt(fields, "metadata", "labels", "app.kubernetes.io/managed-by") === "Helm") {
    reading.deployment = { ...reading.deployment, isHelm: true };
  }
  takeContent(reading, fields, { ...where, kind });
}

function takeContent(reading: ManifestReading, fields: Fields, where: At & { readonly kind: string }): void {
  switch (where.kind) {
    case "Deployment":
    case "StatefulSet":
    case "DaemonSet":
      takeWorkload(reading, fields, where);
      break;
    case "KongPlugin":
    case "KongClusterPlugin":
      takePlugin(reading, fields, where);
      break;
    case "ConfigMap":
      takeConfigMap(reading, fields, where);
      takeLua(reading, fields, { ...where, kind: "ConfigMap" });
      break;
    case "Secret":
      takeLua(reading, fields, { ...where, kind: "Secret" });
      break;
    default:
  }
}

function takeLua(reading: ManifestReading, fields: Fields, where: At & { readonly kind: LuaMap["kind"] }): void {
  const map = luaMapOf(where.kind, fields, where);
  if (map !== undefined) reading.luaMaps.push(map);
}

/** Secrets are not kept; definitions and config maps are large and nothing looks at them. */
function keptFields(kind: string, fields: Fields): Fields {
  const { apiVersion, metadata } = fields;
  if (kind === "Secret" || kind === "ConfigMap" || kind === "CustomResourceDefinition")
    return { apiVersion, kind, metadata };
  return withoutLiteralSecrets(fields);
}

/** In a container's `env` the name that tells a secret stands beside its value. */
function withoutLiteralSecrets(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, withoutSecretValues(value)]));
}

function withoutSecretValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutSecretValues(item));
  if (!isMapping(value)) return value;
  const { name } = value;
  const kept = withoutLiteralSecrets(value);
  const isSecret = typeof name === "string" && typeof value["value"] === "string" && isSecretName(name);
  return isSecret ? { ...kept, value: redacted } : kept;
}

function takeWorkload(reading: ManifestReading, fields: Fields, where: At): void {
  const pod = at(fields, "spec", "template", "spec");
  reading.mounts.push(...mountsOfPod(pod));
  const containers = listOf(at(pod, "containers")).filter((container) => isMapping(container));
  if (containers.some((container) => /kubernetes-ingress-controller/u.test(textAt(container, "image") ?? ""))) {
    reading.deployment = { ...reading.deployment, configManagement: "kic" };
  }
  const kong = containers.find((container) => isKong(container));
  if (kong === undefined) return;
  takeImage(reading, kong);
  const variables = listOf(kong["env"]).flatMap((entry) => variableOf(entry, where));
  reading.settings.push(settingsOfVariables(where.place.file, variables));
  takeCommand(reading, kong, where);
  takeDeployment(reading, at(fields, "spec", "replicas"), variables);
}

function isKong(container: Fields): boolean {
  if (kongImage(textAt(container, "image") ?? "") !== undefined) return true;
  return listOf(container["env"]).some((entry) =>
    /^KONG_(?:DATABASE|PROXY_LISTEN|ADMIN_LISTEN|ROLE|PREFIX)$/u.test(textAt(entry, "name") ?? ""),
  );
}

function takeImage(reading: ManifestReading, container: Fields): void {
  const image = textAt(container, "image");
  if (image === undefined) return;
  const { host, version, edition } = imageOfKong(image);
  reading.hosts.push(host);
  if (version !== undefined) reading.versions.push(version);
  if (edition !== undefined) reading.deployment = { ...reading.deployment, edition };
}

function variableOf(entry: unknown, { place, lines }: At): readonly Variable[] {
  const name = textAt(entry, "name");
  if (name === undefined) return [];
  const value = scalarText(at(entry, "value"));
  const line = lines.find(place.line, (each) => each.includes(name));
  if (value !== undefined) return [{ name, value, line }];
  return at(entry, "valueFrom") === undefined ? [] : [{ name, value: fromElsewhere, line }];
}

function takeCommand(reading: ManifestReading, container: Fields, { place: { file } }: At): void {
  const words = [...listOf(container["command"]), ...listOf(container["args"])].filter(
    (word) => typeof word === "string",
  );
  const text = words.join(" ");
  if (text.includes("--nginx-conf")) reading.commands.push({ file, text });
}

function takeDeployment(reading: ManifestReading, replicas: unknown, variables: readonly Variable[]): void {
  const value = (name: string): string | undefined => variables.find((variable) => variable.name === name)?.value;
  const database = databaseOf(value("KONG_DATABASE"));
  const topology = topologyOf(value("KONG_ROLE"), database);
  const { nodeCount = 0 } = reading.deployment;
  reading.deployment = {
    ...reading.deployment,
    // Data planes have no database; the control plane's counts.
    ...(database === undefined || reading.deployment.database !== undefined ? {} : { database }),
    ...(topology === undefined || reading.deployment.topology === "hybrid" ? {} : { topology }),
    ...(typeof replicas === "number" ? { nodeCount: nodeCount + replicas } : {}),
  };
}

/** Custom resources of the ingress controller; what they are attached to stands in annotations elsewhere. */
function takePlugin(reading: ManifestReading, fields: Fields, { place, kind }: At & { readonly kind: string }): void {
  const name = textAt(fields, "plugin");
  if (name === undefined) return;
  if (fields["configFrom"] !== undefined || fields["configPatches"] !== undefined) {
    const text = `the configuration of plugin ${name} is in a secret, so it was not read`;
    reading.troubles.push({ ...place, text });
    return;
  }
  const { config, disabled, protocols, ordering, instance_name: instanceName } = fields;
  const own = { config, protocols, ordering, instance_name: instanceName };
  reading.entities.push({
    kind: "plugin",
    name,
    parents: [],
    origin: "file",
    place,
    resource: resourceOf(kind, fields),
    fields: {
      name,
      enabled: disabled !== true,
      ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
    },
  });
}

/**
 * A resource applies where annotations name it; a KongClusterPlugin with the label `global: "true"` applies everywhere
 * (Kong docs, ingress controller, custom resources).
 */
function resourceOf(kind: string, fields: Fields): NonNullable<Entity["resource"]> {
  const namespace = textAt(fields, "metadata", "namespace");
  const label = scalarText(at(fields, "metadata", "labels", "global"));
  return {
    kind,
    name: textAt(fields, "metadata", "name") ?? "",
    ...(namespace === undefined || kind === "KongClusterPlugin" ? {} : { namespace }),
    isGlobal: label === "true" && kind === "KongClusterPlugin",
  };
}

function takeConfigMap(reading: ManifestReading, fields: Fields, { place, lines }: At): void {
  const { data } = fields;
  if (!isMapping(data)) return;
  for (const text of Object.values(data)) {
    if (typeof text !== "string" || !isConfiguration(text)) continue;
    reading.embedded.push({ file: place.file, text, firstLine: embeddedLine(lines, place.line, text) });
  }
}

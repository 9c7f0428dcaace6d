import { basename, dirname, join } from "node:path";
import type {
  CustomPlugin,
  Deployment,
  Entity,
  HelmRelease,
  Host,
  Manifest,
  Setting,
  SourceText,
} from "#src/kong/inventory.ts";
import { mergeDeployments } from "#src/kong/merge-inventories.ts";
import { placeOfValue } from "#src/kong/chart-values.ts";
import { bounds } from "./bounds.ts";
import { fileLines, textsAroundConfigurations } from "./embedded-lines.ts";
import { findFiles } from "./find-files.ts";
import { readHelmValues } from "./helm.ts";
import type { ChartVersions } from "./helm.ts";
import type { ValuesFile } from "./helm-layers.ts";
import type { KnownTexts } from "#src/discovery/files/yaml/known-texts.ts";
import { readManifests } from "./manifests.ts";
import { mountsOfRelease, pluginsInMaps } from "./plugin-maps.ts";
import type { LuaMap, PluginMount } from "./plugin-maps.ts";
import type { EmbeddedConfiguration } from "./read-declarative.ts";
import { isWebPage, readTextFile } from "./text-file.ts";
import type { ByteBudget } from "./text-file.ts";
import type { Trouble } from "./trouble.ts";
import { mappingDocuments } from "#src/discovery/files/yaml/mapping-documents.ts";

/** What Helm values and manifests told. */
export interface KubernetesReading {
  readonly helmReleases: HelmRelease[];
  readonly manifests: Manifest[];
  readonly entities: Entity[];
  readonly settings: Setting[];
  readonly environmentNames: string[];
  readonly hosts: Host[];
  readonly versions: { readonly version: string; readonly source: string }[];
  readonly commands: SourceText[];
  readonly embedded: EmbeddedConfiguration[];
  readonly luaMaps: LuaMap[];
  readonly mounts: PluginMount[];
  /** Plugins whose sources lie in config maps and secrets. */
  readonly customPlugins: CustomPlugin[];
  readonly helmTroubles: Trouble[];
  readonly manifestTroubles: Trouble[];
  readonly notes: Trouble[];
  deployment: Deployment;
}

/** Values of one Helm release: its only file, or several files in Helm's order, in which later ones win. */
export type HelmValues = string | { readonly release?: string | undefined; readonly values: readonly string[] };

export interface KubernetesSources {
  readonly helmValues: readonly HelmValues[];
  /** Versions of Kong's chart, where nothing in the files tells them. */
  readonly charts: ChartVersions;
  readonly manifests: readonly string[];
}

export async function readKubernetes(
  { helmValues, charts, manifests }: KubernetesSources,
  budget: ByteBudget,
): Promise<KubernetesReading> {
  const texts = textsAroundConfigurations();
  const reading = nothing();
  for (const release of releasesOf(helmValues)) await addHelm(reading, { ...release, charts }, { texts, budget });
  const found = await findFiles(manifests, (name) => /\.(?:ya?ml|json)$/iu.test(name));
  reading.manifestTroubles.push(...found.troubles);
  for (const { path, given } of found.files) {
    const read = await readTextFile(path, budget);
    if (read.ok) addManifests(reading, { path, text: read.value, isNamed: path === given }, texts);
    else reading.manifestTroubles.push({ file: path, text: read.problem });
  }
  addPlugins(reading);
  const isNothing = reading.manifests.length === 0 && reading.manifestTroubles.length === 0;
  if (isNothing && manifests.length > 0)
    reading.manifestTroubles.push({
      file: manifests.join(", "),
      text: "holds no Kubernetes objects (*.yml, *.yaml, *.json)",
    });
  return reading;
}

function addPlugins(reading: KubernetesReading): void {
  const mounts = [...reading.mounts, ...reading.helmReleases.flatMap((release) => mountsOfRelease(release))];
  const { plugins, notes } = pluginsInMaps(reading.luaMaps, mounts);
  reading.customPlugins.push(...plugins);
  reading.notes.push(...notes);
}

function nothing(): KubernetesReading {
  return {
    helmReleases: [],
    manifests: [],
    entities: [],
    settings: [],
    environmentNames: [],
    hosts: [],
    versions: [],
    commands: [],
    embedded: [],
    luaMaps: [],
    mounts: [],
    customPlugins: [],
    helmTroubles: [],
    manifestTroubles: [],
    notes: [],
    deployment: {},
  };
}

interface Means {
  readonly texts: KnownTexts;
  readonly budget: ByteBudget;
}

interface NamedRelease {
  readonly release: string;
  readonly values: readonly string[];
}

/**
 * Each value is a release of its own, but for those with one name. Where nobody named it, the release is called like its
 * last file: the first one is often shared.
 */
function releasesOf(helmValues: readonly HelmValues[]): readonly NamedRelease[] {
  const named = new Map<string, readonly string[]>();
  const all = helmValues.flatMap((given): readonly NamedRelease[] => {
    const { release, values } = typeof given === "string" ? { release: undefined, values: [given] } : given;
    if (release === undefined) return [{ release: nameOf(values.at(-1) ?? ""), values }];
    const isFirst = !named.has(release);
    named.set(release, [...(named.get(release) ?? []), ...values]);
    return isFirst ? [{ release, values: [] }] : [];
  });
  return all.map(({ release, values }) => ({
    release,
    values: values.length > 0 ? values : (named.get(release) ?? []),
  }));
}

function nameOf(path: string): string {
  return basename(path).replace(/\.(?:ya?ml|json)$/iu, "");
}

/** A release of which a file could not be read is not judged at all: that file might have changed every value. */
async function addHelm(
  reading: KubernetesReading,
  { release, values, charts }: NamedRelease & { readonly charts: ChartVersions },
  means: Means,
): Promise<void> {
  const before = reading.helmTroubles.length;
  const files: ValuesFile[] = [];
  for (const path of values) {
    const file = await readValuesFile(reading, path, means);
    if (file !== undefined) files.push(file);
  }
  if (reading.helmTroubles.length > before) return;
  if (files.length === 0) {
    const text = `${values.length > 1 ? "hold" : "holds"} no values; Helm values of Kong's chart were expected`;
    reading.helmTroubles.push({ file: values.join(", "), text });
    return;
  }
  const chart = await readChart(values, means);
  const helm = readHelmValues({ name: release, files, chart, told: charts });
  reading.helmTroubles.push(...helm.troubles);
  // What is not the chart's own lacks all of its keys: hazards would take that for a decision.
  if (helm.troubles.length > 0) return;
  reading.helmReleases.push(helm.release);
  reading.settings.push(...helm.settings.settings);
  reading.hosts.push(...helm.hosts);
  addDeployment(reading, helm.deployment);
  if (helm.version !== undefined) reading.versions.push({ version: helm.version, source: imageSource(helm.release) });
  if (helm.embedded !== undefined) reading.embedded.push(helm.embedded);
}

function imageSource(release: HelmRelease): string {
  return `image in ${placeOfValue(release, "image")?.file ?? release.file ?? release.name}`;
}

/** Undefined where it holds nothing, as an overlay may, or where it could not be read, which is named among the troubles. */
async function readValuesFile(
  reading: KubernetesReading,
  path: string,
  { texts, budget }: Means,
): Promise<ValuesFile | undefined> {
  const read = await readTextFile(path, budget, bounds.smallFileBytes);
  if (!read.ok) {
    reading.helmTroubles.push({ file: path, text: read.problem });
    return undefined;
  }
  if (isWebPage(read.value)) {
    reading.helmTroubles.push({ file: path, line: 1, text: "is a web page; Helm values were expected" });
    return undefined;
  }
  const { documents, troubles } = mappingDocuments(path, read.value, texts);
  reading.helmTroubles.push(...troubles);
  const [document] = documents;
  return document === undefined ? undefined : { file: path, text: read.value, fields: document.fields };
}

/** A Chart.yaml beside one of the values tells the chart's version; there need not be one. */
async function readChart(
  paths: readonly string[],
  { texts, budget }: Means,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    const chartPath = join(folder, "Chart.yaml");
    const read = await readTextFile(chartPath, budget, bounds.smallFileBytes);
    const fields = read.ok ? mappingDocuments(chartPath, read.value, texts).documents[0]?.fields : undefined;
    if (fields !== undefined) return fields;
  }
  return undefined;
}

/** Several releases or workloads: their nodes add up, and one part of a hybrid installation makes it hybrid. */
function addDeployment(reading: KubernetesReading, deployment: Deployment): void {
  const before = reading.deployment;
  const nodeCount = (before.nodeCount ?? 0) + (deployment.nodeCount ?? 0);
  const isHybrid = before.topology === "hybrid" || deployment.topology === "hybrid";
  reading.deployment = {
    ...mergeDeployments(before, deployment),
    ...(nodeCount > 0 ? { nodeCount } : {}),
    ...(isHybrid ? { topology: "hybrid" as const } : {}),
  };
}

interface ManifestFile {
  readonly path: string;
  readonly text: string;
  readonly isNamed: boolean;
}

function addManifests(reading: KubernetesReading, { path, text, isNamed }: ManifestFile, texts: KnownTexts): void {
  if (isWebPage(text)) {
    reading.manifestTroubles.push({ file: path, line: 1, text: "is a web page; Kubernetes manifests were expected" });
    return;
  }
  const { documents, troubles } = mappingDocuments(path, text, texts);
  reading.manifestTroubles.push(...troubles);
  const found = readManifests(path, documents, fileLines(text));
  if (found === undefined) {
    const notice = { file: path, text: "holds no Kubernetes object (apiVersion and kind)" };
    if (troubles.length === 0) (isNamed ? reading.manifestTroubles : reading.notes).push(notice);
    return;
  }
  reading.manifests.push(...found.manifests);
  reading.entities.push(...found.entities);
  reading.hosts.push(...found.hosts);
  reading.commands.push(...found.commands);
  reading.manifestTroubles.push(...found.troubles);
  for (const { settings, environmentNames } of found.settings) {
    reading.settings.push(...settings);
    reading.environmentNames.push(...environmentNames);
  }
  for (const version of found.versions) reading.versions.push({ version, source: `image in ${path}` });
  reading.embedded.push(...found.embedded);
  reading.luaMaps.push(...found.luaMaps);
  reading.mounts.push(...found.mounts);
  addDeployment(reading, found.deployment);
}

import { basename, dirname, join } from "node:path";
import type { Deployment, Entity, HelmRelease, Host, Manifest, Setting, SourceText } from "#src/kong/inventory.ts";
import { mergeDeployments } from "#src/kong/merge-inventories.ts";
import { bounds } from "./bounds.ts";
import { fileLines, textsAroundConfigurations } from "./embedded-lines.ts";
import { findFiles } from "./find-files.ts";
import { readHelmValues } from "./helm.ts";
import type { KnownTexts } from "#src/discovery/files/yaml/known-texts.ts";
import { readManifests } from "./manifests.ts";
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
  readonly helmTroubles: Trouble[];
  readonly manifestTroubles: Trouble[];
  readonly notes: Trouble[];
  deployment: Deployment;
}

export interface KubernetesSources {
  readonly helmValues: readonly string[];
  readonly manifests: readonly string[];
}

export async function readKubernetes(
  { helmValues, manifests }: KubernetesSources,
  budget: ByteBudget,
): Promise<KubernetesReading> {
  const texts = textsAroundConfigurations();
  const reading = nothing();
  for (const path of helmValues) await addHelm(reading, path, { texts, budget });
  const found = await findFiles(manifests, (name) => /\.(?:ya?ml|json)$/iu.test(name));
  reading.manifestTroubles.push(...found.troubles);
  for (const { path, given } of found.files) {
    const read = await readTextFile(path, budget);
    if (read.ok) addManifests(reading, { path, text: read.value, isNamed: path === given }, texts);
    else reading.manifestTroubles.push({ file: path, text: read.problem });
  }
  const isNothing = reading.manifests.length === 0 && reading.manifestTroubles.length === 0;
  if (isNothing && manifests.length > 0)
    reading.manifestTroubles.push({
      file: manifests.join(", "),
      text: "holds no Kubernetes objects (*.yml, *.yaml, *.json)",
    });
  return reading;
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

async function addHelm(reading: KubernetesReading, path: string, { texts, budget }: Means): Promise<void> {
  const read = await readTextFile(path, budget, bounds.smallFileBytes);
  if (!read.ok) {
    reading.helmTroubles.push({ file: path, text: read.problem });
    return;
  }
  if (isWebPage(read.value)) {
    reading.helmTroubles.push({ file: path, line: 1, text: "is a web page; Helm values were expected" });
    return;
  }
  const { documents, troubles } = mappingDocuments(path, read.value, texts);
  reading.helmTroubles.push(...troubles);
  const [document] = documents;
  if (document === undefined) {
    if (troubles.length === 0)
      reading.helmTroubles.push({ file: path, text: "holds no values; Helm values of Kong's chart were expected" });
    return;
  }
  const name = basename(path).replace(/\.(?:ya?ml|json)$/iu, "");
  const chart = await readChart(path, { texts, budget });
  const helm = readHelmValues({ file: path, name, text: read.value, chart }, document);
  reading.helmTroubles.push(...helm.troubles);
  // What is not the chart's own lacks all of its keys: hazards would take that for a decision.
  if (helm.troubles.length > 0) return;
  reading.helmReleases.push(helm.release);
  reading.settings.push(...helm.settings.settings);
  reading.hosts.push(...helm.hosts);
  addDeployment(reading, helm.deployment);
  if (helm.version !== undefined) reading.versions.push({ version: helm.version, source: `image in ${path}` });
  if (helm.embedded !== undefined) reading.embedded.push(helm.embedded);
}

/** A Chart.yaml beside the values tells the chart's version; there need not be one. */
async function readChart(
  path: string,
  { texts, budget }: Means,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const chartPath = join(dirname(path), "Chart.yaml");
  const read = await readTextFile(chartPath, budget, bounds.smallFileBytes);
  return read.ok ? mappingDocuments(chartPath, read.value, texts).documents[0]?.fields : undefined;
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
  addDeployment(reading, found.deployment);
}

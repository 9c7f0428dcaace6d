import { placeOfValue, valuesOfKong } from "#src/kong/chart-values.ts";
import type { Deployment, HelmRelease, Host } from "#src/kong/inventory.ts";
import { isMapping } from "#src/discovery/files/yaml/parts.ts";
import { imageOfKong } from "./images.ts";
import { fromElsewhere, settingsOfVariables } from "./settings.ts";
import type { SettingsReading, Variable } from "./settings.ts";
import { embeddedLine, fileLines } from "./embedded-lines.ts";
import { layered } from "./helm-layers.ts";
import type { ValuesFile } from "./helm-layers.ts";
import type { EmbeddedConfiguration } from "./read-declarative.ts";
import type { Trouble } from "./trouble.ts";
import { at, listOf, scalarText, textAt } from "#src/discovery/files/yaml/mapping-documents.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface HelmReading {
  readonly release: HelmRelease;
  readonly settings: SettingsReading;
  readonly deployment: Deployment;
  readonly hosts: readonly Host[];
  readonly version: string | undefined;
  /** Declarative configuration that the values hold. */
  readonly embedded: EmbeddedConfiguration | undefined;
  readonly troubles: readonly Trouble[];
}

/** The values files of one release in Helm's order, and what a Chart.yaml beside one of them says. */
export interface HelmFiles {
  readonly name: string;
  readonly files: readonly ValuesFile[];
  readonly chart: Fields | undefined;
  /** Versions of Kong's chart that somebody told. */
  readonly told: ChartVersions;
}

/** Versions of the chart `kong/kong`: of the release that runs, and of the one that the upgrade goes to. */
export interface ChartVersions {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Takes the values of one release of the charts `kong/kong` and `kong/ingress` (Kong/charts, charts/kong/values.yaml 2.x and 3.x). */
export function readHelmValues(helm: HelmFiles): HelmReading {
  const release = releaseOf(helm);
  const values = valuesOfKong(release.values);
  const env = isMapping(values["env"]) ? values["env"] : {};
  const settings = settingsOfVariables(release.file, variablesOf(env, release), "helm");
  const image = imageName(values);
  const facts = image === undefined ? undefined : imageOfKong(image);
  return {
    release: { ...release, values: withoutConfiguration(release.values) },
    settings,
    deployment: { ...deploymentOf(values, env), ...editionOf(values, facts?.edition) },
    hosts: facts === undefined ? [] : [facts.host],
    version: facts?.version,
    embedded: embeddedIn(at(values, "dblessConfig", "config"), release, helm.files),
    troubles: looksLikeKong(values) ? [] : [notKongs(helm.files)],
  };
}

function releaseOf({ name, files, chart, told }: HelmFiles): HelmRelease {
  const file = files.at(-1)?.file;
  const from = chartVersionOf(files, chart) ?? told.from;
  return {
    name,
    ...layered(files),
    ...(file === undefined ? {} : { file }),
    ...(from === undefined ? {} : { chartVersion: from }),
    ...(told.to === undefined ? {} : { targetChartVersion: told.to }),
  };
}

function notKongs(files: readonly ValuesFile[]): Trouble {
  const names = files.map(({ file }) => file).join(", ");
  const verb = files.length > 1 ? "hold" : "holds";
  return {
    file: names,
    text: `${verb} none of the keys of Kong's chart (image, env, proxy, …); are these its values?`,
  };
}

/** What tells values of Kong's chart from any other mapping (Kong/charts, charts/kong/values.yaml 2.x and 3.x). */
const chartKeys = [
  ..."image env proxy udpProxy admin manager portal portalapi status cluster clustertelemetry ingressController".split(
    " ",
  ),
  ..."migrations runMigrations postgresql dblessConfig enterprise plugins deployment replicaCount waitImage".split(" "),
];

function looksLikeKong(values: Fields): boolean {
  // A declarative file has lists of the same names.
  return chartKeys.some((key) => Object.hasOwn(values, key) && !Array.isArray(values[key]));
}

/** The configuration of a node without database, as a text or as values. */
function embeddedIn(
  config: unknown,
  release: HelmRelease,
  files: readonly ValuesFile[],
): EmbeddedConfiguration | undefined {
  const { file = "", line: start = 1 } = placeOfValue(release, "dblessConfig.config") ?? {};
  if (isMapping(config) && Object.keys(config).length > 0)
    return { file, text: JSON.stringify(config), firstLine: start };
  if (typeof config !== "string" || config.trim() === "") return undefined;
  const lines = fileLines(files.find((one) => one.file === file)?.text ?? "");
  return { file, text: config, firstLine: embeddedLine(lines, start, config) };
}

/** It is read on its own; as one of the values it would be kept with its secrets. */
function withoutConfiguration(values: Fields): Fields {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      if (key === "dblessConfig" && isMapping(value)) return [key, { ...value, config: {} }];
      return [key, isMapping(value) ? withoutConfiguration(value) : value];
    }),
  );
}

/** `env` of the values: names of settings in any case, with values or references to secrets. */
function variablesOf(env: Fields, release: HelmRelease): readonly Variable[] {
  return Object.entries(env).flatMap(([key, value]) => {
    const text = isMapping(value) ? fromElsewhere : scalarText(value);
    if (text === undefined) return [];
    const { file, line } = placeOfValue(release, `env.${key}`) ?? {};
    return [{ name: `KONG_${key.toUpperCase()}`, value: text, file, line }];
  });
}

function imageName(values: Fields): string | undefined {
  const unified = textAt(values, "image", "unifiedRepoTag");
  if (unified !== undefined && unified !== "") return unified;
  const repository = textAt(values, "image", "repository");
  const tag = at(values, "image", "tag");
  if (repository === undefined && tag === undefined) return undefined;
  // The chart's own default.
  const name = repository ?? "kong";
  return typeof tag === "string" || typeof tag === "number" ? `${name}:${tag}` : name;
}

function deploymentOf(values: Fields, env: Fields): Deployment {
  const database = databaseOf(env["database"]);
  const topology = topologyOf(env["role"], database);
  const replicas = values["replicaCount"];
  const hasController = at(values, "ingressController", "enabled") === true;
  return {
    platform: "kubernetes",
    isHelm: true,
    ...(database === undefined ? {} : { database }),
    ...(topology === undefined ? {} : { topology }),
    ...(typeof replicas === "number" ? { nodeCount: replicas } : {}),
    ...(hasController ? { configManagement: "kic" as const } : {}),
  };
}

function editionOf(values: Fields, ofImage: Deployment["edition"]): Deployment {
  const edition = at(values, "enterprise", "enabled") === true ? "enterprise" : ofImage;
  return edition === undefined ? {} : { edition };
}

/** The words of Kong's setting `database`. */
export function databaseOf(value: unknown): Deployment["database"] {
  // Without quotes YAML takes `off` for false.
  if (value === "off" || value === false) return "off";
  return value === "postgres" || value === "cassandra" ? value : undefined;
}

/** What the settings `role` and `database` say together; nothing where they leave it open. */
export function topologyOf(role: unknown, database: Deployment["database"]): Deployment["topology"] {
  if (role === "control_plane" || role === "data_plane") return "hybrid";
  if (database === "off") return "dbless";
  return role === "traditional" && database !== undefined ? "traditional" : undefined;
}

/**
 * From `Chart.yaml`, as the chart itself or as a dependency, or from a comment as `helm list` writes it (kong-2.26.0). The
 * chart `kong/ingress` counts versions of its own, which say nothing about the chart of Kong inside it.
 */
function chartVersionOf(files: readonly ValuesFile[], chart: Fields | undefined): string | undefined {
  const comments = files.map(({ text }) => /^#.*\bkong-(\d+\.\d+\.\d+)\b/mu.exec(text.slice(0, 10_000))?.[1]);
  const comment = comments.findLast((version) => version !== undefined);
  if (comment !== undefined || chart === undefined) return comment;
  const kong = [...listOf(chart["dependencies"]), chart].find((each) => at(each, "name") === "kong");
  const version = textAt(kong, "version")?.replace(/^v/u, "");
  // A dependency may be a range, of which anything could run.
  return version !== undefined && /^\d+\.\d+\.\d+$/u.test(version) ? version : undefined;
}

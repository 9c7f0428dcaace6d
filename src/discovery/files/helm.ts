import { valuesOfKong } from "#src/kong/chart-values.ts";
import type { Deployment, HelmRelease, Host } from "#src/kong/inventory.ts";
import { isMapping } from "#src/discovery/files/yaml/parts.ts";
import { imageOfKong } from "./images.ts";
import { fromElsewhere, settingsOfVariables } from "./settings.ts";
import type { SettingsReading, Variable } from "./settings.ts";
import { embeddedLine, fileLines } from "./embedded-lines.ts";
import type { FileLines } from "./embedded-lines.ts";
import type { EmbeddedConfiguration } from "./read-declarative.ts";
import type { Trouble } from "./trouble.ts";
import { at, listOf, scalarText, textAt } from "#src/discovery/files/yaml/mapping-documents.ts";
import type { MappingDocument } from "#src/discovery/files/yaml/mapping-documents.ts";

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

/** A file of Helm values, with what a Chart.yaml beside it says. */
export interface HelmFile {
  readonly file: string;
  readonly name: string;
  readonly text: string;
  readonly chart: Fields | undefined;
}

/** Takes the values of one release of the charts `kong/kong` and `kong/ingress` (Kong/charts, charts/kong/values.yaml 2.x and 3.x). */
export function readHelmValues(helm: HelmFile, document: MappingDocument): HelmReading {
  const { file, name } = helm;
  const values = valuesOfKong(document.fields);
  const env = isMapping(values["env"]) ? values["env"] : {};
  const lines = fileLines(helm.text);
  const settings = settingsOfVariables(file, variablesOf(env, lines), "helm");
  const config = at(values, "dblessConfig", "config");
  const image = imageName(values);
  const facts = image === undefined ? undefined : imageOfKong(image);
  const chartVersion = chartVersionOf(helm);
  const troubles = looksLikeKong(values)
    ? []
    : [
        {
          file,
          line: document.line,
          text: "holds none of the keys of Kong's chart (image, env, proxy, …); are these its values?",
        },
      ];
  return {
    release: {
      name,
      file,
      values: withoutConfiguration(document.fields),
      ...(chartVersion === undefined ? {} : { chartVersion }),
    },
    settings,
    deployment: { ...deploymentOf(values, env), ...editionOf(values, facts?.edition) },
    hosts: facts === undefined ? [] : [facts.host],
    version: facts?.version,
    embedded: embeddedIn(file, config, lines),
    troubles,
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
function embeddedIn(file: string, config: unknown, lines: FileLines): EmbeddedConfiguration | undefined {
  const start = lines.find(1, (line) => /^\s*dblessConfig:/u.test(line));
  if (isMapping(config) && Object.keys(config).length > 0)
    return { file, text: JSON.stringify(config), firstLine: start };
  if (typeof config !== "string" || config.trim() === "") return undefined;
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
function variablesOf(env: Fields, lines: FileLines): readonly Variable[] {
  const start = lines.find(1, (line) => /^\s*env:/u.test(line));
  return Object.entries(env).flatMap(([key, value]) => {
    const name = `KONG_${key.toUpperCase()}`;
    const text = isMapping(value) ? fromElsewhere : scalarText(value);
    if (text === undefined) return [];
    return [{ name, value: text, line: lines.find(start, (each) => each.trimStart().startsWith(`${key}:`)) }];
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

/** From `Chart.yaml`, as the chart itself or as a dependency, or from a comment as `helm list` writes it (kong-2.26.0). */
function chartVersionOf({ text, chart }: HelmFile): string | undefined {
  const comment = /^#.*\b(?:kong|ingress)-(\d+\.\d+\.\d+)\b/mu.exec(text.slice(0, 10_000))?.[1];
  if (comment !== undefined || chart === undefined) return comment;
  const charts = [...listOf(chart["dependencies"]), chart];
  const kong =
    charts.find((each) => at(each, "name") === "kong") ?? charts.find((each) => at(each, "name") === "ingress");
  return textAt(kong, "version")?.replace(/^v/u, "");
}

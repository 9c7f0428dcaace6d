import { redactText } from "#src/discovery/redact.ts";
import { emptyInventory } from "#src/kong/inventory.ts";
import type { CustomPlugin, Deployment, Input, InputState, Inventory, SourceText } from "#src/kong/inventory.ts";
import { mergeInventories } from "#src/kong/merge-inventories.ts";
import { bounds } from "./bounds.ts";
import { readCustomPlugins } from "./custom-plugins.ts";
import { notJudged } from "./foreign-plugins.ts";
import { databaseOf, topologyOf } from "./helm.ts";
import type { ChartVersions } from "./helm.ts";
import { knownTexts } from "#src/discovery/files/yaml/known-texts.ts";
import type { KnownTexts } from "#src/discovery/files/yaml/known-texts.ts";
import { readDeclarative } from "./read-declarative.ts";
import type { DeclarativeFilesReading } from "./read-declarative.ts";
import { readKubernetes } from "./read-kubernetes.ts";
import type { HelmValues, KubernetesReading } from "./read-kubernetes.ts";
import { readSettings } from "./read-settings.ts";
import type { ConfigurationReading } from "./read-settings.ts";
import { readTexts } from "./source-texts.ts";
import type { FoundText } from "./source-texts.ts";
import { byteBudget } from "./text-file.ts";
import type { ByteBudget } from "./text-file.ts";
import { describeTrouble, stateOf } from "./trouble.ts";

/** Files of one installation, any subset of them. */
export interface FileSources {
  /** Declarative files (decK or kong.yml, format 1.1 to 3.0, YAML or JSON), or folders with them. */
  readonly declarative?: readonly string[];
  /** kong.conf files. */
  readonly conf?: readonly string[];
  /** Files with NAME=value lines, or variables; only KONG_* and names such as AWS_REGION are kept. */
  readonly env?: readonly string[] | Readonly<Record<string, string | undefined>>;
  /** A custom nginx template. */
  readonly template?: string;
  /** Folders with the Lua sources of custom plugins. */
  readonly plugins?: readonly string[];
  /** Scripts and pipelines that call the Admin API: files or folders. */
  readonly scripts?: readonly string[];
  /** Dashboards and alert rules: files or folders. */
  readonly dashboards?: readonly string[];
  /** Values of Helm releases, each with one file or with several in Helm's order. */
  readonly helmValues?: readonly HelmValues[];
  /** Versions of Kong's chart: of the running releases where the files do not tell, and of the target. */
  readonly charts?: ChartVersions;
  /** Rendered Kubernetes manifests: files or folders. */
  readonly manifests?: readonly string[];
}

export interface FileReading {
  readonly inventory: Inventory;
  /** Versions of Kong that files name: image tags, KONG_VERSION. */
  readonly versions: readonly { readonly version: string; readonly source: string }[];
  readonly formatVersions: readonly string[];
  /** Worth knowing and no trouble, each with file and line. */
  readonly notes: readonly string[];
}

/**
 * Reads what files tell about an installation. Content never makes it throw: a file that is missing, unreadable, too
 * large, truncated or of the wrong form makes its input `failed` or `partly`, with file, line and what was expected.
 *
 * @param today ISO day that licences and support dates are compared with.
 */
export async function readFiles(asked: FileSources, today: string): Promise<FileReading> {
  const sources = withoutEmpty(asked);
  const means: Means = { texts: knownTexts(), budget: byteBudget() };
  const { texts, budget } = means;
  const { declarative: paths = [], helmValues = [], charts = {}, manifests = [], conf = [], env = [] } = sources;
  const configuration = await readSettings({ conf, env }, budget);
  const kubernetes = await readKubernetes({ helmValues, charts, manifests }, budget);
  const declarative = await readDeclarative({ paths, embedded: kubernetes.embedded }, texts, budget);
  const parts = [
    settingsPart(configuration),
    kubernetesPart(kubernetes, sources),
    declarativePart(declarative),
    await pluginsPart(sources.plugins, means),
    await textsPart("scripts", sources.scripts, means),
    await textsPart("dashboards", sources.dashboards, means),
    await textsPart("template", sources.template === undefined ? undefined : [sources.template], means),
  ];
  const merged = parts.map((part) => inventoryOf(part, today)).reduce((all, one) => mergeInventories(all, one));
  const deployment = { ...told(merged), ...merged.deployment };
  return {
    inventory: { ...merged, deployment, inputs: { ...merged.inputs, deployment: deploymentState(deployment) } },
    versions: [...configuration.versions, ...kubernetes.versions],
    formatVersions: [...new Set(declarative.files.flatMap(({ formatVersion }) => formatVersion ?? []))],
    notes: [...configuration.notes, ...kubernetes.notes, ...declarative.notes].map((note) => describeTrouble(note)),
  };
}

/** An empty list asks for nothing. */
function withoutEmpty(sources: FileSources): FileSources {
  const entries = Object.entries(sources).filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return Object.fromEntries(entries);
}

interface Means {
  readonly texts: KnownTexts;
  readonly budget: ByteBudget;
}

/** What one source adds to an empty inventory; without states where nothing was given. */
interface Part {
  readonly states: Partial<Readonly<Record<Input, InputState>>>;
  readonly found: Partial<Omit<Inventory, "inputs" | "today">>;
}

const nothingGiven: Part = { states: {}, found: {} };

function inventoryOf({ states, found }: Part, today: string): Inventory {
  const empty = emptyInventory(today);
  return { ...empty, ...found, inputs: { ...empty.inputs, ...states } };
}

function settingsPart({ settings, environmentNames, licenceEnd, read, troubles }: ConfigurationReading): Part {
  if (read === 0 && troubles.length === 0) return nothingGiven;
  const licence = { kind: "license", parents: [], origin: "file", fields: { expiration_date: licenceEnd } } as const;
  return {
    states: {
      configuration: stateOf(read, troubles),
      ...(licenceEnd === undefined ? {} : { licence: { kind: "read" } }),
    },
    found: {
      settings,
      ...(environmentNames === undefined ? {} : { environmentNames }),
      ...(licenceEnd === undefined ? {} : { entities: [licence] }),
    },
  };
}

/** An image's name says little about its nodes, and a command line in a manifest is not every script. */
function kubernetesPart(kubernetes: KubernetesReading, { helmValues, manifests, plugins }: FileSources): Part {
  const { customPlugins, helmReleases, settings, environmentNames, hosts, entities, commands, deployment } = kubernetes;
  const imageOnly = "only images were read; open files, architecture and packages of the nodes are not known";
  return {
    states: {
      ...(helmValues === undefined ? {} : { helm: stateOf(helmReleases.length, kubernetes.helmTroubles) }),
      ...(manifests === undefined
        ? {}
        : { manifests: stateOf(kubernetes.manifests.length, kubernetes.manifestTroubles) }),
      ...(settings.length === 0 ? {} : { configuration: { kind: "read" } }),
      ...(hosts.length === 0 ? {} : { hosts: { kind: "partly", problem: imageOnly, isByTheWay: true } }),
      ...(entities.length === 0
        ? {}
        : {
            entities: {
              kind: "partly",
              problem: "only KongPlugin resources were read, not what they are attached to",
              isByTheWay: true,
            },
          }),
      // A folder that was given holds all of them.
      ...(customPlugins.length === 0 || plugins !== undefined ? {} : { sources: mapsOnly }),
      ...(commands.length === 0
        ? {}
        : { scripts: { kind: "partly", problem: "only command lines of manifests were read", isByTheWay: true } }),
    },
    found: {
      helmReleases,
      settings,
      hosts,
      entities,
      deployment,
      manifests: kubernetes.manifests,
      scripts: commands,
      customPlugins,
      ...(environmentNames.length === 0 ? {} : { environmentNames }),
    },
  };
}

const mapsOnly: InputState = {
  kind: "partly",
  problem: "only plugins in config maps and secrets of manifests were read",
  isByTheWay: true,
};

function declarativePart({ entities, files, troubles }: DeclarativeFilesReading): Part {
  if (files.length === 0 && troubles.length === 0) return nothingGiven;
  const state = stateOf(files.length, troubles);
  return { states: { entities: state, declarative: state }, found: { entities, declarativeFiles: files } };
}

async function pluginsPart(folders: readonly string[] | undefined, { budget }: Means): Promise<Part> {
  if (folders === undefined) return nothingGiven;
  const { plugins, troubles } = await readCustomPlugins(folders, budget);
  const state = stateOf(plugins.length, troubles);
  return { states: { plugins: state, sources: withoutForeign(state, plugins) }, found: { customPlugins: plugins } };
}

/** A plugin that is not in Lua was read, but what hazards look for in Lua is not in there. */
function withoutForeign(state: InputState, plugins: readonly CustomPlugin[]): InputState {
  const foreign = plugins.filter(({ language }) => language !== undefined).map((plugin) => notJudged(plugin));
  if (foreign.length === 0 || state.kind !== "read") return state;
  const rest = foreign.length > bounds.problems ? `; and ${foreign.length - bounds.problems} more` : "";
  return { kind: "partly", problem: foreign.slice(0, bounds.problems).join("; ") + rest, isByTheWay: true };
}

/** A template has directives and blocks; anything may be a script. */
const expectations = {
  scripts: { expected: "a script" },
  dashboards: { expected: "a dashboard or alert rules" },
  template: { expected: "an nginx template", sign: /^[ \t]*[a-z_]\w*(?:[ \t]+[^\n]*)?[;{}][ \t]*(?:#[^\n]*)?\r?$/mu },
} as const;

async function textsPart(
  input: "scripts" | "dashboards" | "template",
  paths: readonly string[] | undefined,
  { budget }: Means,
): Promise<Part> {
  if (paths === undefined) return nothingGiven;
  const question = { paths, fits: () => true, clean: redactText, ...expectations[input] };
  const { texts, troubles } = await readTexts(question, budget);
  const found = texts.map((text) => sourceText(text));
  const states = { [input]: stateOf(found.length, troubles) };
  switch (input) {
    case "scripts":
      return { states, found: { scripts: found } };
    case "dashboards":
      return { states, found: { dashboards: found } };
    case "template":
      return { states, found: { templates: found } };
  }
}

function sourceText({ file, text }: FoundText): SourceText {
  return { file, text };
}

/** What the settings say about the installation as a whole. */
function told({ settings, declarativeFiles }: Inventory): Deployment {
  const value = (key: string): string | undefined => settings.find((setting) => setting.key === key)?.value;
  // A node that loads a declarative file has no database.
  const loadsFile = value("declarative_config") !== undefined && declarativeFiles.length > 0;
  const database = databaseOf(value("database")) ?? (loadsFile ? "off" : undefined);
  const topology = topologyOf(value("role"), database);
  return { ...(database === undefined ? {} : { database }), ...(topology === undefined ? {} : { topology }) };
}

/** What is still open is said, so that nothing takes it for absent. */
function deploymentState(deployment: Deployment): InputState {
  const facts = (["topology", "database", "platform"] as const).filter((fact) => deployment[fact] === undefined);
  if (facts.length === 0) return { kind: "read" };
  if (Object.keys(deployment).length === 0) return { kind: "not_given" };
  return { kind: "partly", problem: `the files do not tell ${facts.join(" and ")}`, isByTheWay: true };
}

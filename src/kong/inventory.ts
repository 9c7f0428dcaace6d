import type { MigrationState } from "./facts.ts";

/** Where something was read, for people and for SARIF: a file, and the line where that is known. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line?: number;
}

/** The kinds of Kong's entities that hazards look at; names as in the Admin API, in the singular. */
export type EntityKind =
  | "service"
  | "route"
  | "plugin"
  | "consumer"
  | "consumer_group"
  | "upstream"
  | "certificate"
  | "ca_certificate"
  | "sni"
  | "key"
  | "key_set"
  | "vault"
  | "workspace"
  | "event_hook"
  | "filter_chain"
  | "partial"
  | "admin"
  | "license";

/** One entity of the configuration, as it was read. */
export interface Entity {
  readonly kind: EntityKind;
  readonly id?: string;
  readonly name?: string;
  /** Absent for the default workspace and on OSS. */
  readonly workspace?: string;
  /** What it hangs on, nearest first: a plugin's route, service, consumer, consumer group; a route's service. */
  readonly parents: readonly { readonly kind: EntityKind; readonly name: string }[];
  /** `live`: as Kong stores it, every default written out. `file`: as people wrote it; a field left out is absent. */
  readonly origin: "live" | "file";
  readonly place?: Place;
  /** The Kubernetes resource that it is configured by; what that is attached to stands elsewhere, unless it is global. */
  readonly resource?: {
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
    readonly isGlobal: boolean;
  };
  /** The entity's own fields; `targets` of an upstream are inside it. Secrets that look like such are redacted already. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One explicitly set key of kong.conf, lower case without `KONG_`; an environment variable wins over the file. */
export interface Setting {
  readonly key: string;
  readonly value: string;
  readonly origin: "file" | "environment" | "helm" | "live";
  /** The node it was read from, where nodes may differ. */
  readonly node?: string;
  readonly place?: Place;
}

/** A text that hazards search: a template, a script, a dashboard, a Lua source. */
export interface SourceText {
  /** Path as it can be opened from where it was given; of a text inside another file, the one that Kong would find it at. */
  readonly file: string;
  readonly text: string;
  /** The file that holds it, e.g. a manifest with a config map. */
  readonly within?: {
    readonly file: string;
    /** What it is called there, e.g. `handler.lua in ConfigMap kong/audit`. */
    readonly holder: string;
    /** Of its first line, from 1. */
    readonly line: number;
    /** Whether its lines are lines of the file, or all of it is on one. */
    readonly lines: "own" | "one";
  };
}

/** What plugins of plugin servers are written in. */
export type PluginLanguage = "Go" | "JavaScript" | "Python";

/** A plugin that Kong does not ship, from its sources or from `available_on_server`. */
export interface CustomPlugin {
  readonly name: string;
  readonly priority?: number;
  readonly version?: string;
  readonly hasMigrations?: boolean;
  /** The same plugin's version on data planes, where it was read apart. */
  readonly dataPlaneVersion?: string;
  /** Absent for Lua, and where nobody told. */
  readonly language?: PluginLanguage;
  readonly sources: readonly SourceText[];
}

export interface DeclarativeFile {
  readonly file: string;
  readonly formatVersion: string | undefined;
  /** Top-level keys with their lines. */
  readonly topLevel: readonly { readonly key: string; readonly line?: number }[];
  /** Entities with the same primary or unique key twice, e.g. `routes[3] and routes[7]: name orders`. */
  readonly duplicateKeys: readonly { readonly what: string; readonly line?: number }[];
}

export interface HelmRelease {
  readonly name: string;
  readonly namespace?: string;
  readonly chartVersion?: string;
  /** The chart version that the upgrade goes to, where it was said. */
  readonly targetChartVersion?: string;
  /** Of several files the merged ones, as Helm merges them; a null stays, since it also takes away the chart's default. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The last of its files, whose values win. */
  readonly file?: string;
  /** Where each of the values stands that won, by its path in `values` such as `image.tag`. */
  readonly places?: ReadonlyMap<string, Place>;
}

export interface Manifest {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly place?: Place;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface DataPlane {
  readonly hostname: string;
  readonly version: string;
  readonly syncStatus: string;
  readonly configHash?: string;
  /** UTC, ISO 8601. */
  readonly lastSeen?: string;
}

/** The server that holds Kong's configuration. */
export interface DatabaseServer {
  readonly kind: "postgres" | "cassandra";
  readonly version: string;
  readonly sizeBytes?: number;
  /** Whether Kong's role may create tables in its schema, which migrations do. */
  readonly canCreateTables?: boolean;
  /** Who holds Kong's migration lock, or `none`. */
  readonly migrationLock?: string;
}

/** What a host tells where a runner, a package or an image name can say it. */
export interface Host {
  readonly node?: string;
  /** e.g. `debian11`, `rhel8`, `amazonlinux2`, `ubuntu22.04`, `alpine`. */
  readonly os?: string;
  readonly package?: "deb" | "rpm" | "apk" | "image";
  readonly image?: string;
  readonly arch?: "amd64" | "arm64";
  /** `ulimit -n` of the Kong process. */
  readonly openFiles?: number;
}

/** What the installation is as a whole; absent where nothing told. */
export interface Deployment {
  readonly edition?: "oss" | "enterprise";
  readonly topology?: "traditional" | "hybrid" | "dbless";
  readonly database?: "postgres" | "cassandra" | "off";
  readonly platform?: "kubernetes" | "host" | "container";
  readonly isHelm?: boolean;
  readonly strategy?: string;
  readonly editionChange?: "oss->enterprise";
  readonly configManagement?: "deck" | "gitops" | "admin-api" | "kic";
  readonly nodeCount?: number;
}

/**
 * What can be given to discovery, in the words of the result. A hazard whose condition needs an input that was not read
 * is reported as not checked, with the words of the input that would decide it.
 */
export const inputs = {
  entities: "routes, services and plugins (Admin API or a declarative file)",
  declarative: "declarative files (decK or kong.yml)",
  configuration: "kong.conf or KONG_* variables",
  plugins: "the list of installed plugins (Admin API) or the folder of custom plugins",
  sources: "the sources of custom plugins",
  template: "the custom nginx template",
  scripts: "scripts and pipelines that call the Admin API",
  dashboards: "dashboards and alert rules",
  helm: "Helm values, and the chart's version before and after",
  manifests: "Kubernetes manifests",
  database: "the database server",
  migrations: "the state of migrations",
  data_planes: "the list of data planes",
  hosts: "operating system, package or image of the nodes",
  licence: "the licence",
  deployment: "topology, database and platform",
} as const;
export type Input = keyof typeof inputs;

/** Whether an input was read. `partly`: some of it; what was read counts, and what was not is not taken for absent. */
export type InputState =
  | { readonly kind: "read" }
  | {
      readonly kind: "partly";
      readonly problem: string;
      /** Nobody asked for it: another input happened to tell a part. What is missing is no failure then. */
      readonly isByTheWay?: true;
    }
  | { readonly kind: "failed"; readonly problem: string }
  | { readonly kind: "not_given" };

/** Everything that hazards are judged from: in memory only, of any size, from any subset of sources. */
export interface Inventory {
  readonly inputs: Readonly<Record<Input, InputState>>;
  readonly deployment: Deployment;
  readonly entities: readonly Entity[];
  readonly settings: readonly Setting[];
  /** Names in the environment of the nodes without the prefix KONG_, e.g. AWS_REGION; undefined when not known. */
  readonly environmentNames?: readonly string[];
  readonly customPlugins: readonly CustomPlugin[];
  /** Every plugin that is installed, with its priority where it was told. */
  readonly installedPlugins: readonly {
    readonly name: string;
    readonly priority?: number;
    readonly version?: string;
  }[];
  readonly templates: readonly SourceText[];
  readonly scripts: readonly SourceText[];
  readonly dashboards: readonly SourceText[];
  readonly declarativeFiles: readonly DeclarativeFile[];
  readonly helmReleases: readonly HelmRelease[];
  readonly manifests: readonly Manifest[];
  readonly dataPlanes: readonly DataPlane[];
  readonly databaseServer?: DatabaseServer;
  readonly migrations?: MigrationState;
  readonly hosts: readonly Host[];
  /** First segments of the paths of `GET /endpoints`, where it was read. */
  readonly adminApiSegments?: readonly string[];
  /** ISO day on which it was read; licences and support dates are compared with it. */
  readonly today: string;
}

/** An inventory in which nothing was read; readers add what they know. */
export function emptyInventory(today: string): Inventory {
  const notGiven = { kind: "not_given" } as const;
  return {
    inputs: {
      entities: notGiven,
      declarative: notGiven,
      configuration: notGiven,
      plugins: notGiven,
      sources: notGiven,
      template: notGiven,
      scripts: notGiven,
      dashboards: notGiven,
      helm: notGiven,
      manifests: notGiven,
      database: notGiven,
      migrations: notGiven,
      data_planes: notGiven,
      hosts: notGiven,
      licence: notGiven,
      deployment: notGiven,
    },
    deployment: {},
    entities: [],
    settings: [],
    customPlugins: [],
    installedPlugins: [],
    templates: [],
    scripts: [],
    dashboards: [],
    declarativeFiles: [],
    helmReleases: [],
    manifests: [],
    dataPlanes: [],
    hosts: [],
    today,
  };
}

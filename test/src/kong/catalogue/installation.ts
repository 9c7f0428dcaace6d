import { emptyInventory, inputs } from "#src/kong/inventory.ts";
import type {
  CustomPlugin,
  DataPlane,
  DeclarativeFile,
  Deployment,
  Entity,
  EntityKind,
  HelmRelease,
  Host,
  Input,
  InputState,
  Inventory,
  Manifest,
  SourceText,
} from "#src/kong/inventory.ts";
import type { MigrationState } from "#src/kong/facts.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A small installation as an example writes it; every input that is named here counts as read, all others as not given. */
export interface Installation {
  readonly deployment?: Deployment;
  /** Live entities; `on` names what a plugin hangs on, e.g. `{ route: "orders" }`; `workspace` is taken out of the fields. */
  readonly plugins?: readonly (Fields & { readonly name: string; readonly on?: Readonly<Record<string, string>> })[];
  readonly routes?: readonly Fields[];
  readonly services?: readonly Fields[];
  readonly entities?: Partial<Readonly<Record<EntityKind, readonly Fields[]>>>;
  /** The same as written in a declarative file: fields left out are absent; `on` and `workspace` as for live ones. */
  readonly files?: Partial<Readonly<Record<EntityKind, readonly Fields[]>>>;
  readonly declarative?: readonly Partial<DeclarativeFile>[];
  readonly conf?: Readonly<Record<string, string>>;
  readonly environmentNames?: readonly string[];
  /** Sources of custom plugins: path below `kong/plugins` to Lua text. */
  readonly lua?: Readonly<Record<string, string>>;
  readonly customPlugins?: readonly (Partial<CustomPlugin> & { readonly name: string })[];
  readonly installed?: readonly { readonly name: string; readonly priority?: number; readonly version?: string }[];
  readonly template?: string;
  readonly scripts?: string;
  readonly dashboards?: string;
  readonly helm?: readonly Partial<HelmRelease>[];
  readonly manifests?: readonly (Fields & { readonly kind: string })[];
  readonly database?: NonNullable<Inventory["databaseServer"]>;
  readonly migrations?: Partial<MigrationState>;
  readonly dataPlanes?: readonly (Partial<DataPlane> & { readonly version: string })[];
  readonly hosts?: readonly Host[];
  /** A licence that ends on that ISO day; `none`: it was looked for and there is none. */
  readonly licence?: string;
  readonly adminApiSegments?: readonly string[];
  readonly today?: string;
}

/** The inventory of an example. */
export function inventoryOf(given: Installation): Inventory {
  const base = emptyInventory(given.today ?? "2026-11-26");
  return {
    ...base,
    ...toldOnlyIfGiven(given),
    inputs: { ...base.inputs, ...readInputs(given) },
    deployment: given.deployment ?? {},
    entities: [...liveEntities(given), ...fileEntities(given)],
    settings: Object.entries(given.conf ?? {}).map(([key, value]) => ({ key, value, origin: "file" as const })),
    customPlugins: customPluginsOf(given),
    installedPlugins: given.installed ?? [],
    templates: textOf("nginx.template", given.template),
    scripts: textOf("deploy.sh", given.scripts),
    dashboards: textOf("kong.json", given.dashboards),
    ...listsOf(given),
    hosts: given.hosts ?? [],
  };
}

type Lists = Pick<Inventory, "declarativeFiles" | "helmReleases" | "manifests" | "dataPlanes">;

function listsOf({ declarative = [], helm = [], manifests = [], dataPlanes = [] }: Installation): Lists {
  return {
    declarativeFiles: declarative.map(declarativeFile),
    helmReleases: helm.map(helmRelease),
    manifests: manifests.map(manifest),
    dataPlanes: dataPlanes.map(dataPlane),
  };
}

function declarativeFile(given: Partial<DeclarativeFile>): DeclarativeFile {
  return { file: "kong.yml", formatVersion: undefined, topLevel: [], duplicateKeys: [], ...given };
}

function helmRelease(given: Partial<HelmRelease>): HelmRelease {
  return { name: "kong", values: {}, ...given };
}

function manifest(fields: Fields & { readonly kind: string }): Manifest {
  const { metadata } = fields;
  const isNamed = typeof metadata === "object" && metadata !== null && "name" in metadata;
  return { kind: fields.kind, name: isNamed ? String(metadata.name) : "example", fields };
}

function dataPlane(given: Partial<DataPlane> & { readonly version: string }): DataPlane {
  return { hostname: "dp-1", syncStatus: "normal", ...given };
}

function textOf(file: string, text: string | undefined): readonly SourceText[] {
  return text === undefined ? [] : [{ file, text }];
}

type Told = Pick<Inventory, "environmentNames" | "databaseServer" | "migrations" | "adminApiSegments">;

function toldOnlyIfGiven({ environmentNames, database, migrations, adminApiSegments }: Installation): Told {
  return {
    ...(environmentNames === undefined ? {} : { environmentNames }),
    ...(database === undefined ? {} : { databaseServer: database }),
    ...(adminApiSegments === undefined ? {} : { adminApiSegments }),
    ...(migrations === undefined
      ? {}
      : { migrations: { state: "up_to_date", executed: {}, pending: {}, new: {}, ...migrations } }),
  };
}

function readInputs(given: Installation): Partial<Record<Input, InputState>> {
  const isRead: Readonly<Record<Input, boolean>> = {
    entities: [given.plugins, given.routes, given.services, given.entities, given.files].some(
      (part) => part !== undefined,
    ),
    declarative: given.files !== undefined || given.declarative !== undefined,
    configuration: given.conf !== undefined || given.environmentNames !== undefined,
    plugins: given.customPlugins !== undefined || given.installed !== undefined || given.lua !== undefined,
    sources: given.lua !== undefined,
    template: given.template !== undefined,
    scripts: given.scripts !== undefined,
    dashboards: given.dashboards !== undefined,
    helm: given.helm !== undefined,
    manifests: given.manifests !== undefined,
    database: given.database !== undefined,
    migrations: given.migrations !== undefined,
    data_planes: given.dataPlanes !== undefined,
    hosts: given.hosts !== undefined,
    licence: given.licence !== undefined,
    deployment: given.deployment !== undefined,
  };
  const states: Partial<Record<Input, InputState>> = {};
  for (const [input, isGiven] of Object.entries(isRead))
    if (isGiven && isInput(input)) states[input] = { kind: "read" };
  return states;
}

function isInput(text: string): text is Input {
  return Object.hasOwn(inputs, text);
}

function liveEntities(given: Installation): readonly Entity[] {
  const { plugins = [], routes = [], services = [], entities = {}, licence = "none" } = given;
  return [
    ...plugins.map((fields) => entity("plugin", fields, "live")),
    ...routes.map((fields) => entity("route", fields, "live")),
    ...services.map((fields) => entity("service", fields, "live")),
    ...ofKinds(entities, "live"),
    ...(licence === "none" ? [] : [entity("license", { id: "licence", expiration_date: licence }, "live")]),
  ];
}

function fileEntities({ files = {} }: Installation): readonly Entity[] {
  return ofKinds(files, "file").map((one) => Object.assign({}, one, { place: { file: "kong.yml", line: 1 } }));
}

function ofKinds(
  kinds: Partial<Readonly<Record<EntityKind, readonly Fields[]>>>,
  origin: "live" | "file",
): readonly Entity[] {
  return Object.entries(kinds).flatMap(([kind, all]) =>
    isKind(kind) ? all.map((fields) => entity(kind, fields, origin)) : [],
  );
}

function entity(kind: EntityKind, { workspace, on, ...fields }: Fields, origin: "live" | "file"): Entity {
  return {
    kind,
    id: typeof fields["id"] === "string" ? fields["id"] : `${kind}-id`,
    ...(typeof fields["name"] === "string" ? { name: fields["name"] } : {}),
    ...(typeof workspace === "string" ? { workspace } : {}),
    parents: parentsOf(on),
    origin,
    fields,
  };
}

function parentsOf(on: unknown): Entity["parents"] {
  return Object.entries(on ?? {}).flatMap(([kind, name]) => (isKind(kind) ? [{ kind, name: String(name) }] : []));
}

function customPluginsOf({ customPlugins = [], lua = {} }: Installation): readonly CustomPlugin[] {
  const bySources = new Map<string, SourceText[]>();
  for (const [file, text] of Object.entries(lua)) {
    const name = file.split("/")[0] ?? file;
    const sources = bySources.get(name) ?? [];
    sources.push({ file: `kong/plugins/${file}`, text });
    bySources.set(name, sources);
  }
  const read = [...bySources].map(([name, sources]) => ({ name, sources }));
  return [...customPlugins.map(customPlugin), ...read];
}

function customPlugin(given: Partial<CustomPlugin> & { readonly name: string }): CustomPlugin {
  return { sources: [], ...given };
}

const kinds = new Set(
  "service route plugin consumer consumer_group upstream certificate ca_certificate sni key key_set vault workspace event_hook filter_chain partial admin license".split(
    " ",
  ),
);

function isKind(kind: string): kind is EntityKind {
  return kinds.has(kind);
}

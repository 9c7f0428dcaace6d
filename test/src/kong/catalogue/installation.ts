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
  /** The same as written in a declarative file: fields left out are absent. */
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
    inputs: { ...base.inputs, ...readInputs(given) },
    deployment: given.deployment ?? {},
    entities: [...liveEntities(given), ...fileEntities(given)],
    settings: Object.entries(given.conf ?? {}).map(([key, value]) => ({ key, value, origin: "file" as const })),
    ...(given.environmentNames === undefined ? {} : { environmentNames: given.environmentNames }),
    customPlugins: customPluginsOf(given),
    installedPlugins: given.installed ?? [],
    templates: given.template === undefined ? [] : [{ file: "nginx.template", text: given.template }],
    scripts: given.scripts === undefined ? [] : [{ file: "deploy.sh", text: given.scripts }],
    dashboards: given.dashboards === undefined ? [] : [{ file: "kong.json", text: given.dashboards }],
    declarativeFiles: (given.declarative ?? []).map((file) => ({
      file: "kong.yml",
      formatVersion: undefined,
      topLevel: [],
      duplicateKeys: [],
      ...file,
    })),
    helmReleases: (given.helm ?? []).map((release) => ({ name: "kong", values: {}, ...release })),
    manifests: (given.manifests ?? []).map(({ kind, ...fields }) => ({
      kind,
      name: "example",
      fields: { kind, ...fields },
    })),
    dataPlanes: (given.dataPlanes ?? []).map((plane) => ({ hostname: "dp-1", syncStatus: "normal", ...plane })),
    ...(given.database === undefined ? {} : { databaseServer: given.database }),
    ...(given.migrations === undefined
      ? {}
      : { migrations: { state: "up_to_date", executed: {}, pending: {}, new: {}, ...given.migrations } }),
    hosts: given.hosts ?? [],
    ...(given.adminApiSegments === undefined ? {} : { adminApiSegments: given.adminApiSegments }),
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
  const licence =
    given.licence === undefined || given.licence === "none"
      ? []
      : [entity("license", { id: "licence", expiration_date: given.licence }, "live")];
  const plugins = (given.plugins ?? []).map(({ on, ...fields }) => ({
    ...entity("plugin", fields, "live"),
    parents: Object.entries(on ?? {}).flatMap(([kind, name]) => (isKind(kind) ? [{ kind, name }] : [])),
  }));
  return [
    ...plugins,
    ...(given.routes ?? []).map((fields) => entity("route", fields, "live")),
    ...(given.services ?? []).map((fields) => entity("service", fields, "live")),
    ...ofKinds(given.entities ?? {}, "live"),
    ...licence,
  ];
}

function fileEntities(given: Installation): readonly Entity[] {
  return ofKinds(given.files ?? {}, "file").map((one) => ({ ...one, place: { file: "kong.yml", line: 1 } }));
}

function ofKinds(
  kinds: Partial<Readonly<Record<EntityKind, readonly Fields[]>>>,
  origin: "live" | "file",
): readonly Entity[] {
  return Object.entries(kinds).flatMap(([kind, all]) =>
    isKind(kind) ? all.map((fields) => entity(kind, fields, origin)) : [],
  );
}

function entity(kind: EntityKind, { workspace, ...fields }: Fields, origin: "live" | "file"): Entity {
  return {
    kind,
    id: typeof fields["id"] === "string" ? fields["id"] : `${kind}-id`,
    ...(typeof fields["name"] === "string" ? { name: fields["name"] } : {}),
    ...(typeof workspace === "string" ? { workspace } : {}),
    parents: [],
    origin,
    fields,
  };
}

function customPluginsOf(given: Installation): readonly CustomPlugin[] {
  const bySources = new Map<string, { file: string; text: string }[]>();
  for (const [file, text] of Object.entries(given.lua ?? {})) {
    const name = file.split("/")[0] ?? file;
    bySources.set(name, [...(bySources.get(name) ?? []), { file: `kong/plugins/${file}`, text }]);
  }
  const named = (given.customPlugins ?? []).map((plugin) => ({ sources: [], ...plugin }));
  const read = [...bySources].map(([name, sources]) => ({ name, sources }));
  return [...named, ...read];
}

const kinds = new Set(
  "service route plugin consumer consumer_group upstream certificate ca_certificate sni key key_set vault workspace event_hook filter_chain partial admin license".split(
    " ",
  ),
);

function isKind(kind: string): kind is EntityKind {
  return kinds.has(kind);
}

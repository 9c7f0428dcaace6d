import fc from "fast-check";
import { catalogue } from "#src/kong/catalogue/catalogue.ts";
import type { Condition, Leaf } from "#src/kong/catalogue/condition.ts";
import { inputs } from "#src/kong/inventory.ts";
import type { CustomPlugin, Entity, EntityKind, Input, InputState, Inventory } from "#src/kong/inventory.ts";
import { inventoryOf } from "#test/src/kong/catalogue/installation.ts";

const leaves: readonly Leaf[] = catalogue.flatMap(({ when }) => leavesOf(when));

export function leavesOf(condition: Condition): readonly Leaf[] {
  if ("any" in condition) return condition.any.flatMap(leavesOf);
  if ("all" in condition) return condition.all.flatMap(leavesOf);
  return "not" in condition ? leavesOf(condition.not) : [condition];
}

/** Trees over the leaves of the catalogue. */
export const conditions: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Condition>(...leaves),
    fc.array(tie("tree"), { maxLength: 3 }).map((any) => ({ any })),
    fc.array(tie("tree"), { maxLength: 3 }).map((all) => ({ all })),
    tie("tree").map((not) => ({ not })),
  ),
})).tree;

const value = fc.oneof(
  fc.constantFrom<unknown>(
    true,
    false,
    null,
    "on",
    "off",
    "cluster",
    "v1",
    "/a/\\d+",
    "~/a",
    "/a//b",
    "%2f",
    0,
    1.5,
    1e9,
  ),
  fc.constantFrom<unknown>(["a"], [], {}, [null], "{vault://x}", "x-credential-username", "3.4.2", "latest", "2.8"),
  fc.anything({ withNullPrototype: true }),
);

/** An object in which the field that a leaf asks about has some value, often the one that is looked for. */
function fieldsFor(leaf: Leaf): fc.Arbitrary<Record<string, unknown>> {
  const path = "path" in leaf && leaf.path !== undefined ? leaf.path : "tags";
  const wanted = "value" in leaf ? [leaf.value] : [];
  return fc.oneof(fc.constantFrom<unknown>(...wanted, true), value).map((found) => nested(path.split("."), found));
}

function nested(parts: readonly string[], found: unknown): Record<string, unknown> {
  const [part = "x", ...rest] = parts;
  const inner = rest.length === 0 ? found : nested(rest, found);
  if (part === "*") return { redis_host: found, deep: { headers: found } };
  return part.endsWith("[*]") ? { [part.slice(0, -3)]: [inner, {}, inner] } : { [part]: inner };
}

const entityKinds: ReadonlySet<string> = new Set<EntityKind>([
  "service",
  "route",
  "plugin",
  "upstream",
  "certificate",
  "ca_certificate",
  "vault",
  "workspace",
  "event_hook",
  "filter_chain",
  "partial",
  "admin",
  "license",
  "key",
]);

function isEntityKind(kind: string): kind is EntityKind {
  return entityKinds.has(kind);
}

const entityLeaves = leaves.filter(({ kind }) => isEntityKind(kind) || kind.startsWith("file_"));

const entity: fc.Arbitrary<Entity> = fc.constantFrom(...entityLeaves).chain((leaf) => {
  const kind = leaf.kind.replace("file_", "");
  const asked = "name" in leaf && /^[a-z]/u.test(leaf.name) ? leaf.name : "rate-limiting";
  return fc
    .record({
      fields: fieldsFor(leaf),
      id: fc.uuid(),
      origin: fc.constantFrom("live", "file"),
      name: fc.constantFrom(asked, "x\ny"),
    })
    .map(({ fields, id, origin, name }) => ({
      kind: isEntityKind(kind) ? kind : "route",
      id,
      name,
      parents: [],
      origin,
      fields: { id, name, ...fields },
    }));
});

const settingKeys = leaves.flatMap((leaf) => (leaf.kind === "conf" && /^[a-z]/u.test(leaf.key) ? [leaf.key] : []));
const setting = fc.record({
  key: fc.constantFrom(...settingKeys),
  value: fc.constantFrom("on", "off", "", "traditional", "openid-connect", "a.lua"),
  origin: fc.constantFrom("file", "environment"),
});

const text = fc.constantFrom(
  'local BasePlugin = require "kong.plugins.base_plugin"\nreturn { PRIORITY = 1010, VERSION = "1.0.0" }',
  "return { foo = { shorthands = {} } }",
  "curl -X POST http://kong/upstreams/u/targets\nkong migrations down",
  '{"expr": "sum(kong_http_status)"}',
  "location / { Kong.serve_admin_api() }\n# opentracing",
  "",
);

/** Installations of which everything was read, with much in them that some hazard looks for. */
export const inventories: fc.Arbitrary<Inventory> = fc
  .record({
    entities: fc.array(entity, { maxLength: 6 }),
    settings: fc.array(setting, { maxLength: 4 }),
    lua: text,
    scripts: text,
    dashboards: text,
    template: text,
    os: fc.option(fc.constantFrom("debian8", "rhel8", "alpine"), { nil: undefined }),
    topology: fc.option(fc.constantFrom("traditional", "hybrid", "dbless"), { nil: undefined }),
    database: fc.constantFrom("9.4", "12.19", "15.18 (Debian)", "?"),
    dataPlane: fc.constantFrom("2.8.4.1", "3.4.0.0", "x"),
    values: fieldsFor(leaves.find(({ kind }) => kind === "helm_values") ?? { kind: "always" }),
    isNew: fc.boolean(),
  })
  .map((drawn) => {
    const { entities, settings } = drawn;
    const read = inventoryOf({
      deployment: { ...(drawn.topology === undefined ? {} : { topology: drawn.topology }), nodeCount: 2 },
      environmentNames: [],
      lua: { "foo/handler.lua": drawn.lua, "foo/daos.lua": drawn.lua },
      scripts: drawn.scripts,
      dashboards: drawn.dashboards,
      template: drawn.template,
      hosts: [drawn.os === undefined ? {} : { os: drawn.os }],
      database: { kind: "postgres", version: drawn.database },
      dataPlanes: [{ version: drawn.dataPlane }],
      helm: [{ values: drawn.values }],
      manifests: [{ kind: "Ingress", spec: { rules: [{ http: { paths: [{ path: "/a/\\d+" }] } }] } }],
      migrations: { new: drawn.isNew ? { core: ["021"] } : {} },
      adminApiSegments: ["x"],
      licence: "none",
      files: {},
      declarative: [{ formatVersion: "1.1" }],
      plugins: [],
      conf: {},
    });
    return Object.assign({}, read, { entities, settings, installedPlugins: installedFor(entities) });
  });

/** Kong takes no instance of a plugin that is not installed, so a list that was read has the name of each. */
function installedFor(entities: readonly Entity[]): Inventory["installedPlugins"] {
  const names = entities.flatMap(({ kind, name }) => (kind === "plugin" && name !== undefined ? [name] : []));
  return [...new Set(names)].map((name) => ({ name }));
}

const names = Object.keys(inputs).filter((name): name is Input => Object.hasOwn(inputs, name));
const notRead: fc.Arbitrary<InputState> = fc.constantFrom<InputState>(
  { kind: "not_given" },
  { kind: "failed", problem: "timeout" },
  { kind: "partly", problem: "403" },
);

type Lost = Partial<Record<Input, InputState>>;

/** Some of the inputs, and how it comes that they were not read. */
export const losses: fc.Arbitrary<Lost> = fc
  .subarray([...names], { minLength: 1 })
  .chain((lost) => fc.record(Object.fromEntries(lost.map((name) => [name, notRead]))));

/** The inventory that would have been read without some inputs. */
export function without(inventory: Inventory, lost: Lost): Inventory {
  const isLost = (input: Input): boolean => lost[input] !== undefined;
  const keepIf = <Item>(input: Input, items: readonly Item[]): readonly Item[] => (isLost(input) ? [] : items);
  const { environmentNames, databaseServer, migrations, adminApiSegments, ...rest } = inventory;
  return {
    ...rest,
    inputs: { ...inventory.inputs, ...lost, ...filesThatFailed(inventory, lost) },
    deployment: isLost("deployment") ? {} : inventory.deployment,
    entities: inventory.entities.filter((one) => !lostWith(one).some(isLost)),
    settings: keepIf("configuration", inventory.settings),
    ...(isLost("configuration") || environmentNames === undefined ? {} : { environmentNames }),
    // The folder of sources tells the plugins, too.
    customPlugins: isLost("sources")
      ? withoutSources(keepIf("plugins", inventory.customPlugins))
      : inventory.customPlugins,
    installedPlugins: keepIf("plugins", inventory.installedPlugins),
    templates: keepIf("template", inventory.templates),
    scripts: keepIf("scripts", inventory.scripts),
    dashboards: keepIf("dashboards", inventory.dashboards),
    declarativeFiles: keepIf("declarative", inventory.declarativeFiles),
    helmReleases: keepIf("helm", inventory.helmReleases),
    manifests: keepIf("manifests", inventory.manifests),
    dataPlanes: keepIf("data_planes", inventory.dataPlanes),
    ...(isLost("database") || databaseServer === undefined ? {} : { databaseServer }),
    ...(isLost("migrations") || migrations === undefined ? {} : { migrations }),
    hosts: keepIf("hosts", inventory.hosts),
    ...(isLost("entities") || adminApiSegments === undefined ? {} : { adminApiSegments }),
  };
}

function withoutSources(plugins: readonly CustomPlugin[]): readonly CustomPlugin[] {
  return plugins.map((plugin) => Object.assign({}, plugin, { sources: [] }));
}

/** Who gave files and got entities from them cannot have given none; they were not read, then. */
function filesThatFailed({ entities }: Inventory, { declarative }: Lost): Lost {
  const isTold = entities.some(({ origin }) => origin === "file") || entities.every(({ origin }) => origin === "file");
  return isTold && declarative?.kind === "not_given" ? { declarative: { kind: "failed", problem: "not found" } } : {};
}

function lostWith({ kind, origin }: Entity): readonly Input[] {
  if (kind === "license") return ["licence"];
  return origin === "file" ? ["declarative"] : ["entities"];
}

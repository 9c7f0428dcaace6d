import { z } from "zod";
import type { PluginFacts, RouteFacts } from "#src/kong/facts.ts";
import type { KongNode } from "#src/plan/environment.ts";
import { readList } from "./admin-api.ts";
import { limits } from "./limits.ts";
import type { DiscoveryPorts } from "./ports.ts";
import { redactConfig } from "./redact.ts";
import type { SurveyLog } from "./survey-log.ts";

const referenceSchema = z.object({ id: z.string() }).nullish();

const routeSchema = z.object({
  id: z.string(),
  name: z.string().nullish(),
  paths: z.array(z.string()).nullish(),
  path_handling: z.string().nullish(),
  protocols: z.array(z.string()).nullish(),
});

const serviceSchema = z.object({ id: z.string(), name: z.string().nullish() });

const pluginSchema = z.object({
  id: z.string(),
  name: z.string(),
  enabled: z.boolean().default(true),
  config: z.record(z.string(), z.unknown()).default({}),
  service: referenceSchema,
  route: referenceSchema,
  consumer: referenceSchema,
  consumer_group: referenceSchema,
});

/** Routes and plugin instances; consumers and their credentials are never read. */
export interface Entities {
  readonly routes: readonly RouteFacts[];
  readonly plugins: readonly PluginFacts[];
}

/** Reads the lists through one node: all nodes of an installation share them. */
export async function readEntities(node: KongNode, ports: DiscoveryPorts, log: SurveyLog): Promise<Entities> {
  const routes = await readAll(
    { list: "routes", schema: routeSchema, undecided: ["regex paths, percent-encoding, look-around, path_handling"] },
    { node, ports, log },
  );
  const services = await readAll({ list: "services", schema: serviceSchema, undecided: [] }, { node, ports, log });
  const plugins = await readAll(
    { list: "plugins", schema: pluginSchema, undecided: ["removed and renamed plugin fields, custom plugins"] },
    { node, ports, log },
  );
  const names = new Map([...services, ...routes].map((entity) => [entity.id, entity.name ?? entity.id]));
  return {
    routes: routes.map((route) => toRoute(route)),
    plugins: fit(
      plugins.map((plugin) => toPlugin(plugin, names)),
      log,
    ),
  };
}

interface ListQuestion<Entity> {
  readonly list: "routes" | "services" | "plugins";
  readonly schema: z.ZodType<Entity>;
  readonly undecided: readonly string[];
}

interface Reader {
  readonly node: KongNode;
  readonly ports: DiscoveryPorts;
  readonly log: SurveyLog;
}

async function readAll<Entity>(
  { list, schema, undecided }: ListQuestion<Entity>,
  { node, ports, log }: Reader,
): Promise<readonly Entity[]> {
  const most = limits[list];
  const name = `Admin API /${list}`;
  const found = await log.read(name, undecided, async () => {
    const listing = await readList(node, { list, most }, ports);
    return { isCut: listing.isCut, entities: z.array(schema).parse(listing.items) };
  });
  if (found?.isCut === true) {
    log.fail(
      `${name} beyond ${most}`,
      undecided.map((topic) => `${topic} of the rest`),
      `there are more than ${most}; the rest was not read`,
    );
  }
  return found?.entities ?? [];
}

/** Keeps configurations until the total is reached; the plugins after that keep everything but their configuration. */
function fit(plugins: readonly PluginFacts[], log: SurveyLog): readonly PluginFacts[] {
  let total = 0;
  const cut = plugins.findIndex((plugin) => {
    total += JSON.stringify(plugin.config).length;
    return total > limits.configTotal;
  });
  if (cut === -1) return plugins;
  log.fail(
    "plugin configurations",
    [`fields of ${plugins.length - cut} plugins`],
    `the configurations have more than ${limits.configTotal} characters; the rest was not kept`,
  );
  return [...plugins.slice(0, cut), ...plugins.slice(cut).map((plugin) => withoutConfig(plugin))];
}

function withoutConfig(plugin: PluginFacts): PluginFacts {
  return { ...plugin, config: {} };
}

function toRoute(route: z.infer<typeof routeSchema>): RouteFacts {
  return {
    id: route.id,
    paths: route.paths ?? [],
    protocols: route.protocols ?? [],
    ...(typeof route.name === "string" ? { name: route.name } : {}),
    ...(typeof route.path_handling === "string" ? { pathHandling: route.path_handling } : {}),
  };
}

function toPlugin(plugin: z.infer<typeof pluginSchema>, names: ReadonlyMap<string, string>): PluginFacts {
  const scopes = (["service", "route", "consumer", "consumer_group"] as const).flatMap((kind) => {
    const id = plugin[kind]?.id;
    return id === undefined ? [] : [`${kind} ${names.get(id) ?? id}`];
  });
  return {
    id: plugin.id,
    name: plugin.name,
    enabled: plugin.enabled,
    scope: scopes.length === 0 ? "global" : scopes.join(", "),
    config: redactConfig(plugin.config),
  };
}

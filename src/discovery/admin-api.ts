import { z } from "zod";
import type { NodeFacts } from "#src/kong/facts.ts";
import { adminOf } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/environment.ts";
import { limits } from "./limits.ts";
import type { DiscoveryPorts } from "./ports.ts";

const rootSchema = z.object({
  version: z.string(),
  edition: z.string().optional(),
  configuration: z.looseObject({
    database: z.string(),
    role: z.string().default("traditional"),
    router_flavor: z.string().optional(),
  }),
  plugins: z.object({ available_on_server: z.record(z.string(), z.unknown()) }),
});

/** With the database gone `/status` still answers 200: the field tells, not the code (Kong 2.8.5 to 3.9.3). */
const statusSchema = z.object({ database: z.object({ reachable: z.boolean() }).optional() });

const pageSchema = z.object({ data: z.array(z.unknown()), offset: z.string().nullish() });

/** What `GET /` and `GET /status` tell about one node. @throws Error saying what came instead. */
export async function readNode(node: KongNode, ports: DiscoveryPorts): Promise<NonNullable<NodeFacts["admin"]>> {
  const root = rootSchema.parse(await getJson(`${baseOf(node)}/`, ports));
  const status = statusSchema.parse(await getJson(`${baseOf(node)}/status`, ports));
  const { edition, configuration, plugins, version } = root;
  return {
    version,
    database: configuration.database,
    role: configuration.role,
    databaseReachable: status.database?.reachable ?? false,
    plugins: Object.keys(plugins.available_on_server).toSorted(),
    ...(edition === undefined ? {} : { edition }),
    ...(configuration.router_flavor === undefined ? {} : { routerFlavor: configuration.router_flavor }),
  };
}

/** The entities of a list, and whether there are more than `most`. */
export interface Listing {
  readonly items: readonly unknown[];
  readonly isCut: boolean;
}

/** All pages of `GET /routes` and the like, up to a bound. @throws Error when a page is missing or not a page. */
export async function readList(
  node: KongNode,
  { list, most }: { readonly list: "routes" | "services" | "plugins"; readonly most: number },
  ports: DiscoveryPorts,
): Promise<Listing> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  let offset: string | undefined;
  do {
    const query = new URLSearchParams({ size: String(limits.pageSize), ...(offset === undefined ? {} : { offset }) });
    const page = pageSchema.parse(await getJson(`${baseOf(node)}/${list}?${query.toString()}`, ports));
    items.push(...page.data);
    offset = page.offset ?? undefined;
    if (offset !== undefined && seen.has(offset)) throw new Error(`GET /${list} repeats the page ${offset}`);
    if (offset !== undefined) seen.add(offset);
  } while (offset !== undefined && items.length < most && seen.size < most);
  return { items: items.slice(0, most), isCut: offset !== undefined || items.length > most };
}

async function getJson(url: string, ports: DiscoveryPorts): Promise<unknown> {
  const answer = await ports.fetchJson(url, limits.httpTimeoutMs);
  if (answer.status === 200 && answer.body !== undefined) return answer.body;
  const hint =
    answer.status === 401 || answer.status === 403
      ? " (the Admin API wants a token or refuses this address)"
      : answer.status === 500
        ? " (Kong answers so while its database is away)"
        : "";
  const what = answer.status === 200 ? "something that is not JSON" : `HTTP ${answer.status}`;
  throw new Error(`GET ${url} answered ${what}${hint}`);
}

function baseOf(node: KongNode): string {
  return adminOf(node).replace(/\/+$/u, "");
}

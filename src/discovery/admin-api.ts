import { z } from "zod";
import type { NodeFacts } from "#src/kong/facts.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { describeAnswer } from "./admin-client.ts";
import type { AdminClient } from "./admin-client.ts";
import { isAnswerTooLong } from "./http-json.ts";
import { limits } from "./limits.ts";

/** 2.8 lists `name: true`, 3.x `name: {version, priority}` (recorded answers of 2.8.5 to 3.9.3). */
const installedSchema = z
  .object({ version: z.string().optional().catch(undefined), priority: z.number().optional().catch(undefined) })
  .catch({});

/** A field that is worth knowing and keeps nothing else from being read where it has another form. */
const textSchema = z.string().optional().catch(undefined);

const settingSchema = z.union([z.string(), z.boolean(), z.number()]).transform(String).optional().catch(undefined);

const rootSchema = z.object({
  version: z.string(),
  edition: textSchema,
  hostname: textSchema,
  configuration: z.looseObject({
    database: z.string(),
    role: z.string().default("traditional"),
    router_flavor: textSchema,
    enforce_rbac: settingSchema,
    keyring_enabled: settingSchema,
    keyring_strategy: settingSchema,
    vitals: settingSchema,
    portal: settingSchema,
    konnect_mode: settingSchema,
    license_data: settingSchema,
    license_path: settingSchema,
  }),
  plugins: z.object({ available_on_server: z.record(z.string(), installedSchema) }),
});
export type NodeRoot = z.infer<typeof rootSchema>;

/** With the database gone `/status` still answers 200: the field tells, not the code (Kong 2.8.5 to 3.9.3). */
const statusSchema = z.object({ database: z.object({ reachable: z.boolean() }).optional() });

const pageSchema = z.object({ data: z.array(z.unknown()), offset: z.string().nullish() });

/** What one node told of itself: the facts of the node, and the rest of its answer for facts of the installation. */
export interface NodeAnswer {
  readonly admin: NonNullable<NodeFacts["admin"]>;
  readonly root: NodeRoot;
}

/** What `GET /` and `GET /status` tell about one node. @throws Error saying what came instead. */
export async function readNode(node: KongNode, admin: AdminClient): Promise<NodeAnswer> {
  const root = parsed(rootSchema, await admin.get(node, "/"), "GET / of Kong's Admin API");
  const status = parsed(statusSchema, await admin.get(node, "/status"), "GET /status of Kong's Admin API");
  const { edition, configuration, plugins, version } = root;
  return {
    root,
    admin: {
      version,
      database: configuration.database,
      role: configuration.role,
      // A node without a database has none to reach; its status tells of none.
      databaseReachable: status.database?.reachable ?? configuration.database === "off",
      plugins: Object.keys(plugins.available_on_server).toSorted(),
      ...(edition === undefined ? {} : { edition }),
      ...(configuration.router_flavor === undefined ? {} : { routerFlavor: configuration.router_flavor }),
    },
  };
}

/** The entities of a list, and whether there are more than `most`. */
export interface Listing {
  readonly items: readonly unknown[];
  readonly isCut: boolean;
}

/** Where a list is read, how much of it, and who hears how far it came. */
export interface ListQuestion {
  /** e.g. `/routes` or `/payments/routes` */
  readonly path: string;
  readonly most: number;
  readonly onPage?: (count: number) => void;
}

/**
 * All pages of `GET /routes` and the like, up to a bound; undefined where this version has no such list (404).
 * @throws Error when a page is missing or not a page.
 */
export async function readList(
  node: KongNode,
  question: ListQuestion,
  admin: AdminClient,
): Promise<Listing | undefined> {
  const items: unknown[] = [];
  const isCut = await readPages(node, question, {
    admin,
    take: (page) => {
      for (const item of page) items.push(item);
    },
  });
  return isCut === undefined
    ? undefined
    : { items: items.slice(0, question.most), isCut: isCut || items.length > question.most };
}

/**
 * How many entities a list holds, without keeping one; undefined where this version has no such list (404).
 * @throws Error when a page is missing or not a page.
 */
export async function countList(
  node: KongNode,
  question: ListQuestion,
  admin: AdminClient,
): Promise<{ readonly count: number; readonly isCut: boolean } | undefined> {
  let count = 0;
  const isCut = await readPages(node, question, {
    admin,
    take: (page) => {
      count += page.length;
    },
  });
  return isCut === undefined
    ? undefined
    : { count: Math.min(count, question.most), isCut: isCut || count > question.most };
}

/** Hands page after page over; answers whether there are more, or undefined where there is no such list. */
async function readPages(
  node: KongNode,
  { path, most, onPage }: ListQuestion,
  { admin, take }: { readonly admin: AdminClient; readonly take: (page: readonly unknown[]) => void },
): Promise<boolean | undefined> {
  const seen = new Set<string>();
  let count = 0;
  let size: number = limits.pageSize;
  let offset: string | undefined;
  do {
    const read = await readPage(node, { path, offset, size }, admin);
    if (read === undefined) return undefined;
    const { page } = read;
    ({ size } = read);
    take(page.data);
    count += page.data.length;
    onPage?.(count);
    offset = page.offset ?? undefined;
    if (offset !== undefined && seen.has(offset)) throw new Error(`GET ${path} repeats the page ${offset}`);
    if (offset !== undefined) seen.add(offset);
  } while (offset !== undefined && count < most && seen.size < limits.pages);
  return offset !== undefined;
}

interface PageQuestion {
  readonly path: string;
  readonly offset: string | undefined;
  readonly size: number;
}

interface PageAnswer {
  readonly page: z.infer<typeof pageSchema>;
  /** With which the page was not too long. */
  readonly size: number;
}

/**
 * One page; undefined where the first one answers 404. A page that is too long, as of plugins that hold whole API
 * specifications, is asked for again with a tenth of its entries.
 */
async function readPage(
  node: KongNode,
  { path, offset, size }: PageQuestion,
  admin: AdminClient,
): Promise<PageAnswer | undefined> {
  const query = new URLSearchParams({ size: String(size), ...(offset === undefined ? {} : { offset }) });
  const answer = await admin.ask(node, `${path}?${query.toString()}`).catch((error: unknown) => {
    if (size > 1 && isAnswerTooLong(error)) return "too_long" as const;
    throw error;
  });
  if (answer === "too_long") return readPage(node, { path, offset, size: Math.floor(size / 10) }, admin);
  if (answer.status === 404 && offset === undefined) return undefined;
  if (answer.status !== 200 || answer.body === undefined)
    throw new Error(`GET ${path} answered ${describeAnswer(answer)}`);
  return { page: parsed(pageSchema, answer.body, `GET ${path}`), size };
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.map(String).join(".")}`;
  throw new Error(`${what} answered another document than Kong's: ${issue?.message ?? "not understood"}${where}`);
}

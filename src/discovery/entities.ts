import { z } from "zod";
import type { Entity, EntityKind } from "#src/kong/inventory.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { readList } from "./admin-api.ts";
import type { Listing } from "./admin-api.ts";
import type { AdminClient } from "./admin-client.ts";
import { entityLists } from "./entity-lists.ts";
import type { EntityList } from "./entity-lists.ts";
import { inParallel } from "./in-parallel.ts";
import { limits } from "./limits.ts";
import { redactConfig } from "./redact.ts";
import type { SurveyLog } from "./survey-log.ts";

/** What the lists of one installation hold, and whether all of them could be read. */
export interface Entities {
  readonly entities: readonly Entity[];
  readonly isWhole: boolean;
}

export interface EntityReader {
  /** All nodes of an installation share the lists; this one is asked. */
  readonly node: KongNode;
  readonly admin: AdminClient;
  readonly log: SurveyLog;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/**
 * Reads every list in every workspace, a few at a time. `default` is asked without its name, so that OSS and Enterprise
 * are the same. A list that fails is named in the log; the others count.
 */
export async function readEntities(workspaces: readonly string[], reader: EntityReader): Promise<Entities> {
  const wanted = entityLists.flatMap((list) =>
    (list.scope === "once" ? ["default"] : workspaces).map((workspace) => ({ list, workspace })),
  );
  const read = await inParallel(limits.parallelLists, wanted, ({ list, workspace }) =>
    readOne(list, workspace, reader),
  );
  const linked = link(read.flatMap((part) => part.entities));
  const full = await withTargets(linked, reader);
  return { entities: full.entities, isWhole: full.isWhole && read.every((part) => part.isWhole) };
}

async function readOne(list: EntityList, workspace: string, reader: EntityReader): Promise<Entities> {
  const { log } = reader;
  const [first = ""] = list.paths;
  const name = `Admin API ${prefixOf(workspace)}/${first}`;
  const found = await log.read(name, list.undecided, () => firstListing(list, workspace, reader));
  if (found === undefined) return { entities: [], isWhole: list.undecided.length === 0 };
  const understood = found.items.map((item) => toEntity(item, list, workspace));
  const problems = understood.flatMap(({ problem }) => problem ?? []);
  const rest = list.undecided.map((topic) => `${topic} of the rest`);
  const count = found.items.length;
  if (found.isCut) log.fail(`${name} beyond ${count}`, rest, `there are more than ${count}; the rest was not read`);
  if (problems.length > 0) {
    const what = `${problems.length} of ${count} entries have another form than Kong's`;
    log.fail(`${name}: entries`, rest, `${what}, the first: ${problems[0] ?? ""}`);
  }
  return {
    entities: understood.flatMap(({ entity }) => entity ?? []),
    isWhole: !found.isCut && problems.length === 0,
  };
}

/** The first of a list's paths that this version has; none where it has none of them. @throws Error when it must have one */
async function firstListing(list: EntityList, workspace: string, reader: EntityReader): Promise<Listing> {
  const { node, admin, onProgress } = reader;
  const prefix = prefixOf(workspace);
  for (const path of list.paths) {
    const onPage = (count: number): void => {
      if (count > limits.pageSize) onProgress?.(`${prefix}/${path}: ${count} read`);
    };
    const listing = await readList(node, { path: `${prefix}/${path}`, most: limits.entities, onPage }, admin);
    if (listing !== undefined) return listing;
  }
  if (list.isEverywhere !== true) return { items: [], isCut: false };
  const hint = workspace === "default" ? "is this an Admin API?" : `is there a workspace ${workspace}?`;
  throw new Error(`GET ${prefix}/${list.paths.join(", ")} answered HTTP 404, and every Kong has it: ${hint}`);
}

/** What stands before a list's path. */
function prefixOf(workspace: string): string {
  return workspace === "default" ? "" : `/${encodeURIComponent(workspace)}`;
}

const referenceSchema = z.object({ id: z.string() }).nullish().catch(undefined);

const entitySchema = z.looseObject({
  id: z.string().optional().catch(undefined),
  name: z.string().nullish().catch(undefined),
  service: referenceSchema,
  route: referenceSchema,
  consumer: referenceSchema,
  consumer_group: referenceSchema,
});

/** An entry of a list; what could not be understood of it is left out and told. */
interface Understood {
  readonly entity?: Entity;
  readonly problem?: string;
}

function toEntity(item: unknown, list: EntityList, workspace: string): Understood {
  const parsed = entitySchema.safeParse(item);
  if (!parsed.success) return { problem: "it is no object" };
  const raw = parsed.data;
  const wrong = wrongFields(raw, list);
  const kept = list.only === undefined ? without(raw, wrong) : pick(raw, list.only);
  const entity: Entity = {
    kind: list.kind,
    ...(raw.id === undefined ? {} : { id: raw.id }),
    ...(typeof raw.name === "string" ? { name: raw.name } : {}),
    ...(workspace === "default" ? {} : { workspace }),
    parents: parentKinds.flatMap((kind) => {
      const id = raw[kind]?.id;
      return id === undefined ? [] : [{ kind, name: id }];
    }),
    origin: "live",
    fields: redactConfig(kept),
  };
  if (wrong.length === 0) return { entity };
  return { entity, problem: `${wrong.join(", ")} of ${raw.name ?? raw.id ?? "an entry without id"}` };
}

/** Lua writes an empty list as an empty object too. */
function wrongFields(
  raw: Readonly<Record<string, unknown>>,
  { lists = [], mappings = [] }: EntityList,
): readonly string[] {
  const isWrong = (field: string, isRight: (value: object) => boolean): boolean => {
    const value = raw[field];
    if (value === undefined || value === null) return false;
    return typeof value !== "object" || !(isRight(value) || Object.keys(value).length === 0);
  };
  return [
    ...lists.filter((field) => isWrong(field, Array.isArray)),
    ...mappings.filter((field) => isWrong(field, (value) => !Array.isArray(value))),
  ];
}

function without(raw: Readonly<Record<string, unknown>>, names: readonly string[]): Readonly<Record<string, unknown>> {
  return names.length === 0 ? raw : Object.fromEntries(Object.entries(raw).filter(([name]) => !names.includes(name)));
}

/** A plugin's nearest scope first, as Kong's own precedence names them. */
const parentKinds = ["route", "service", "consumer", "consumer_group"] as const satisfies readonly EntityKind[];

function pick(raw: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (name in raw ? [[name, raw[name]]] : [])));
}

/** People know a route by its name; parents were read as ids. */
function link(entities: readonly Entity[]): readonly Entity[] {
  const names = new Map<string, string>();
  for (const { id, name } of entities) if (id !== undefined && name !== undefined) names.set(id, name);
  return entities.map((entity) =>
    entity.parents.length === 0
      ? entity
      : Object.assign(
          { ...entity },
          {
            parents: entity.parents.map(({ kind, name }) => ({ kind, name: names.get(name) ?? name })),
          },
        ),
  );
}

/** What is judged from targets. */
const ofTargets = ["duplicate targets, targets of weight 0"];

/** Upstreams with their targets inside, as a declarative file has them. */
async function withTargets(entities: readonly Entity[], { node, admin, log }: EntityReader): Promise<Entities> {
  const upstreams = entities.filter(({ kind }) => kind === "upstream");
  if (upstreams.length === 0) return { entities, isWhole: true };
  if (upstreams.length > limits.upstreamsWithTargets) {
    const problem = `there are ${upstreams.length} upstreams, more than the ${limits.upstreamsWithTargets} whose targets are asked for one by one`;
    log.fail("Admin API targets", ofTargets, problem);
    return { entities, isWhole: false };
  }
  const missing: string[] = [];
  const full = await log.read("Admin API targets", ofTargets, () =>
    inParallel(limits.parallelLists, upstreams, async (upstream) => {
      const path = `${prefixOf(upstream.workspace ?? "default")}/upstreams/${encodeURIComponent(upstream.id ?? upstream.name ?? "")}/targets`;
      const listing = await readList(node, { path, most: limits.entities }, admin);
      if (listing === undefined) missing.push(path);
      return listing === undefined ? upstream : { ...upstream, fields: { ...upstream.fields, targets: listing.items } };
    }),
  );
  if (full === undefined) return { entities, isWhole: false };
  if (missing.length > 0) {
    const what = `${missing.length} of ${upstreams.length} upstreams answered HTTP 404, the first: GET ${missing[0] ?? ""}`;
    log.fail("Admin API targets: some", ofTargets, what);
  }
  return { entities: [...entities.filter(({ kind }) => kind !== "upstream"), ...full], isWhole: missing.length === 0 };
}

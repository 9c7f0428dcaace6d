import { z } from "zod";
import type { Entity, EntityKind } from "#src/kong/inventory.ts";
import type { KongNode } from "#src/plan/environment.ts";
import { readList } from "./admin-api.ts";
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
  const isWhole = read.every((part) => part.isWhole);
  const linked = link(read.flatMap((part) => part.entities));
  return { entities: await withTargets(linked, reader), isWhole };
}

async function readOne(list: EntityList, workspace: string, reader: EntityReader): Promise<Entities> {
  const { node, admin, log, onProgress } = reader;
  const prefix = workspace === "default" ? "" : `/${encodeURIComponent(workspace)}`;
  const [first = ""] = list.paths;
  const name = `Admin API ${prefix}/${first}`;
  const found = await log.read(name, list.undecided, async () => {
    for (const path of list.paths) {
      const onPage = (count: number): void => {
        if (count > limits.pageSize) onProgress?.(`${prefix}/${path}: ${count} read`);
      };
      const listing = await readList(node, { path: `${prefix}/${path}`, most: limits.entities, onPage }, admin);
      if (listing !== undefined)
        return { ...listing, items: listing.items.map((item) => toEntity(item, list, workspace)) };
    }
    return { items: [], isCut: false };
  });
  if (found === undefined) return { entities: [], isWhole: list.undecided.length === 0 };
  if (found.isCut) {
    const rest = list.undecided.map((topic) => `${topic} of the rest`);
    log.fail(
      `${name} beyond ${limits.entities}`,
      rest,
      `there are more than ${limits.entities}; the rest was not read`,
    );
  }
  return { entities: found.items, isWhole: !found.isCut };
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

/** @throws ZodError for what is not an object; the list it is part of is then named as failed */
function toEntity(item: unknown, list: EntityList, workspace: string): Entity {
  const raw = entitySchema.parse(item);
  const kept = list.only === undefined ? raw : pick(raw, list.only);
  return {
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

/** Upstreams with their targets inside, as a declarative file has them. */
async function withTargets(
  entities: readonly Entity[],
  { node, admin, log }: EntityReader,
): Promise<readonly Entity[]> {
  const upstreams = entities.filter(({ kind }) => kind === "upstream");
  if (upstreams.length === 0) return entities;
  const undecided = ["duplicate targets, targets of weight 0"];
  if (upstreams.length > limits.upstreamsWithTargets) {
    const problem = `there are ${upstreams.length} upstreams, more than the ${limits.upstreamsWithTargets} whose targets are asked for one by one`;
    log.fail("Admin API targets", undecided, problem);
    return entities;
  }
  const full = await log.read("Admin API targets", undecided, () =>
    inParallel(limits.parallelLists, upstreams, async (upstream) => {
      const prefix = upstream.workspace === undefined ? "" : `/${encodeURIComponent(upstream.workspace)}`;
      const path = `${prefix}/upstreams/${encodeURIComponent(upstream.id ?? upstream.name ?? "")}/targets`;
      const listing = await readList(node, { path, most: limits.entities }, admin);
      return { ...upstream, fields: { ...upstream.fields, targets: listing?.items ?? [] } };
    }),
  );
  return full === undefined ? entities : [...entities.filter(({ kind }) => kind !== "upstream"), ...full];
}

import { Hono } from "hono";
import type { Context } from "hono";
import type { ConfigurationValue } from "#practice/kong/gateway/profile.ts";
import { isAtLeast } from "#practice/kong/gateway/profile.ts";
import { entities, nested } from "#practice/kong/gateway/entities/entities.ts";
import type { EntityDefinition } from "#practice/kong/gateway/entities/entity-definition.ts";
import { completeDocument } from "#practice/kong/gateway/entities/entity-document.ts";
import { idOf, textOf } from "#practice/kong/gateway/entities/entity-store.ts";
import type { Entity, Page } from "#practice/kong/gateway/entities/entity-store.ts";
import { AdminRefusal, notFound } from "#practice/kong/gateway/entities/violation.ts";
import type { NodeContext } from "#practice/kong/gateway/node-context.ts";
import { readBody } from "./request-body.ts";

/** Lists, single entities and writes for every entity in `entities.ts`, and the lists nested below others. */
export function entityRoutes(node: NodeContext): Hono {
  const app = new Hono();
  for (const [path, entity] of Object.entries(entities)) {
    app.get(`/${path}`, async (c) => c.json(await listPage(node, entity, c)));
    app.post(`/${path}`, async (c) => c.json(await create(node, entity, await readBody(c)), 201));
    app.get(`/${path}/:key`, async (c) =>
      c.json(shown(node, entity, await required(node, entity, c.req.param("key")))),
    );
    app.put(`/${path}/:key`, async (c) => c.json(await upsert(node, entity, c.req.param("key"), await readBody(c))));
    app.patch(`/${path}/:key`, async (c) => {
      const found = await required(node, entity, c.req.param("key"));
      return c.json(await change(node, entity, found, await readBody(c)));
    });
    app.delete(`/${path}/:key`, async (c) => {
      const found = await node.store.find(entity, c.req.param("key"));
      if (found !== undefined) await node.store.remove(entity, idOf(found));
      return c.body(null, 204);
    });
  }
  for (const { parent, path, child, field } of nested) {
    app.get(`/${parent}/:parent/${path}`, async (c) => {
      const found = await required(node, entities[parent], c.req.param("parent"));
      return c.json(await listPage(node, entities[child], c, { field, id: idOf(found) }));
    });
    app.post(`/${parent}/:parent/${path}`, async (c) => {
      const found = await required(node, entities[parent], c.req.param("parent"));
      const sent = { ...(await readBody(c)), [field]: { id: found["id"] ?? null } };
      return c.json(await create(node, entities[child], sent), 201);
    });
    app.delete(`/${parent}/:parent/${path}/:key`, async (c) => {
      await required(node, entities[parent], c.req.param("parent"));
      const found = await node.store.find(entities[child], c.req.param("key"));
      if (found !== undefined) await node.store.remove(entities[child], idOf(found));
      return c.body(null, 204);
    });
  }
  return app;
}

async function required(node: NodeContext, entity: EntityDefinition, key: string): Promise<Entity> {
  const found = await node.store.find(entity, key);
  if (found === undefined) throw notFound();
  return found;
}

/** Plugins are shown with the defaults of the running version filled in, whatever is stored. */
function shown(node: NodeContext, entity: EntityDefinition, found: Entity): Entity {
  if (entity.name !== "plugins") return found;
  return { ...found, config: node.plugins.complete(textOf(found, "name") ?? "", found["config"] ?? {}) };
}

async function create(node: NodeContext, entity: EntityDefinition, sent: Entity): Promise<Entity> {
  return shown(node, entity, await node.store.insert(entity, completeDocument(entity, sent, undefined, node)));
}

async function change(node: NodeContext, entity: EntityDefinition, found: Entity, sent: Entity): Promise<Entity> {
  const document = completeDocument(entity, sent, found, node);
  return shown(node, entity, await node.store.update(entity, idOf(found), document));
}

async function upsert(node: NodeContext, entity: EntityDefinition, key: string, sent: Entity): Promise<Entity> {
  const found = await node.store.find(entity, key);
  if (found !== undefined) {
    const kept = { id: found["id"] ?? null, created_at: found["created_at"] ?? null };
    const document = completeDocument(entity, { ...sent, ...kept }, undefined, node);
    return shown(node, entity, await node.store.update(entity, idOf(found), document));
  }
  const isId = /^[0-9a-f]{8}-/i.test(key);
  const named = isId || entity.key === undefined ? { id: key } : { [entity.key]: key };
  return create(node, entity, { ...sent, ...named });
}

/** A page of a list: `size` (1 to 1000, 100 when absent), `offset` from the page before, `tags`. */
async function listPage(
  node: NodeContext,
  entity: EntityDefinition,
  c: Context,
  where?: { readonly field: string; readonly id: string },
): Promise<Record<string, ConfigurationValue>> {
  const asked = c.req.query("size");
  const size = Number(asked ?? "100");
  if (!Number.isInteger(size) || size < 1 || size > 1_000) {
    throw new AdminRefusal(400, {
      code: 9,
      name: "invalid size",
      message: "size must be an integer between 1 and 1000",
    });
  }
  const page = await node.store.list(entity, {
    size,
    after: decodeOffset(c.req.query("offset")),
    tags: c.req.query("tags")?.split(","),
    where,
  });
  const data = page.data.map((found) => shown(node, entity, found));
  const kept = {
    ...(asked !== undefined && keepsSize(node) ? { size: asked } : {}),
    ...(c.req.query("tags") === undefined ? {} : { tags: c.req.query("tags") ?? "" }),
  };
  return { data, ...nextLink(page, c.req.path, kept) };
}

/** From 3.1 `next` repeats the asked size; before, the next page has the default size (Kong 3.1 change log). */
function keepsSize(node: NodeContext): boolean {
  return isAtLeast(node.profile.version, "3.1.0");
}

function nextLink(
  page: Page,
  path: string,
  kept: Readonly<Record<string, string>>,
): Record<string, ConfigurationValue> {
  if (page.next === undefined) return { next: null };
  const offset = Buffer.from(JSON.stringify([page.next])).toString("base64");
  const query = new URLSearchParams({ offset, ...kept });
  return { next: `${path}?${query.toString()}`, offset };
}

function decodeOffset(offset: string | undefined): string | undefined {
  if (offset === undefined) return undefined;
  const found = /"([0-9a-f-]{36})"/.exec(Buffer.from(offset, "base64").toString("utf8"));
  if (found?.[1] === undefined) {
    throw new AdminRefusal(400, {
      code: 7,
      name: "invalid offset",
      message: `'${offset}' is not a valid offset: bad base64 encoding`,
    });
  }
  return found[1];
}

import { Hono } from "hono";
import { entities } from "#practice/kong/gateway/entities/entities.ts";
import { fieldsOf } from "#practice/kong/gateway/entities/entity-definition.ts";
import { completeDocument } from "#practice/kong/gateway/entities/entity-document.ts";
import { notFound, schemaViolation } from "#practice/kong/gateway/entities/violation.ts";
import type { NodeContext } from "#practice/kong/gateway/node-context.ts";
import { readBody } from "./request-body.ts";

const ok = { message: "schema validation successful" };

/** `/schemas/…`: what a document of this version may hold, and a check of one without storing it. */
export function schemaRoutes(node: NodeContext): Hono {
  const app = new Hono();
  app.post("/schemas/:entity/validate", async (c) => {
    const entity = Object.values(entities).find((one) => one.name === c.req.param("entity"));
    if (entity === undefined) throw notFound();
    const sent = await readBody(c);
    if (entity.name === "plugins" && typeof sent["name"] !== "string") {
      throw schemaViolation({ name: "required field missing" });
    }
    completeDocument(entity, sent, undefined, node);
    return c.json(ok);
  });
  app.get("/schemas/plugins/:name", (c) => {
    const described = node.plugins.describe(c.req.param("name"));
    if (described === undefined) return c.json({ message: `No plugin named '${c.req.param("name")}'` }, 404);
    return c.json(described);
  });
  app.get("/schemas/:entity", (c) => {
    const entity = Object.values(entities).find((one) => one.name === c.req.param("entity"));
    if (entity === undefined) return c.json({ message: `No entity named '${c.req.param("entity")}'` }, 404);
    const fields = fieldsOf(entity, node.profile.version).map(({ name, kind, required }) => ({
      [name]: { type: kind, required: required === true },
    }));
    return c.json({ fields });
  });
  return app;
}

import { Hono } from "hono";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import { AdminRefusal } from "#practice/kong/gateway/entities/violation.ts";
import type { NodeContext } from "#practice/kong/gateway/node-context.ts";
import { entityRoutes } from "./entity-routes.ts";
import { nodeInformation } from "./node-information.ts";
import { nodeStatus, timers } from "./node-status.ts";
import { readBody } from "./request-body.ts";
import { schemaRoutes } from "./schema-routes.ts";

const onlyOnControlPlanes =
  "this endpoint is only available when Kong is configured to run as Control Plane for the cluster";

/** The Admin API of one node. */
export function adminApi(node: NodeContext): Hono {
  const app = withKongHeaders(node, node.profile.admin_headers);
  app.get("/", async (c) => {
    try {
      return c.json(await nodeInformation(node));
    } catch (error) {
      logError(node, error);
      // "happened" here and "occurred" everywhere else: recorded so for 2.8.5 and 3.4.2.
      return c.json({ message: "An unexpected error happened" }, 500);
    }
  });
  app.get("/status", async (c) => c.json(await nodeStatus(node)));
  app.get("/clustering/data-planes", (c) => c.json({ message: onlyOnControlPlanes }, 400));
  app.get("/clustering/status", (c) => c.json({ message: onlyOnControlPlanes }, 400));
  if (node.profile.timers_endpoint) app.get("/timers", (c) => c.json(timers()));
  app.route("/", schemaRoutes(node));
  app.route("/", entityRoutes(node));
  return app;
}

const draining = z.object({ status: z.literal("draining") });

/** The status listener of one node: `/status`, and `/status/ready` and draining in versions that have them. */
export function statusApi(node: NodeContext): Hono {
  const app = withKongHeaders(node, { "Access-Control-Allow-Origin": "*" });
  let isDraining = false;
  app.get("/status", async (c) => c.json(await nodeStatus(node)));
  if (node.profile.status_ready) {
    app.get("/status/ready", async (c) => {
      if (isDraining) return c.json({ message: "draining" }, 503);
      if (await node.database.isReachable()) return c.json({ message: "ready" });
      return c.json({ message: "failed to connect to database" }, 503);
    });
  }
  if (node.profile.drains) {
    app.post("/status", async (c) => {
      const asked = draining.safeParse(await readBody(c));
      if (!asked.success) return c.json({ message: "status must be 'draining'" }, 400);
      isDraining = true;
      return c.body(null, 204);
    });
  }
  return app;
}

function withKongHeaders(node: NodeContext, headers: Readonly<Record<string, string>>): Hono {
  const app = new Hono();
  const stamp: MiddlewareHandler = async (c, next) => {
    const started = performance.now();
    await next();
    if (c.res.headers.has("content-type")) c.header("Content-Type", "application/json; charset=utf-8");
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    c.header("X-Kong-Admin-Latency", String(Math.round(performance.now() - started)));
    c.header("Server", `kong/${node.profile.version}`);
  };
  app.use(stamp);
  app.notFound((c) => c.json({ message: "Not found" }, 404));
  app.onError((error, c) => {
    if (error instanceof AdminRefusal) return c.json(error.body, error.status);
    logError(node, error);
    return c.json({ message: "An unexpected error occurred" }, 500);
  });
  return app;
}

function logError(node: NodeContext, error: unknown): void {
  const causes: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) causes.push(at.message);
  node.errorLog.error("error", `[lua] api_helpers.lua: ${causes.join(": ") || String(error)}`);
}

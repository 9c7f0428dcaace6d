import type { MiddlewareHandler } from "hono";

/**
 * Keeps other web pages of this machine out: the Host must be loopback with our port, an Origin must be ours, and a
 * POST must carry JSON (which a foreign page can only send after a preflight that nobody answers).
 */
export function guard(port: () => number): MiddlewareHandler {
  return async (c, next) => {
    const hosts = [`127.0.0.1:${port()}`, `localhost:${port()}`];
    if (!hosts.includes(c.req.header("host") ?? "")) return refuse("host_not_allowed", `the Host must be ${hosts[0]}`);
    const origin = c.req.header("origin");
    if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`)) {
      return refuse("origin_not_allowed", "other web pages may not act in the practice workspace");
    }
    const type = c.req.header("content-type") ?? "";
    if (c.req.method === "POST" && !type.startsWith("application/json")) {
      return refuse("json_required", "send the body with Content-Type: application/json");
    }
    await next();
    return undefined;
  };
}

function refuse(error: string, message: string): Response {
  return Response.json({ error, message }, { status: 403 });
}

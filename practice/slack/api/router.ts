import { randomUUID } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import type { Context } from "#practice/slack/context.ts";
import { type JsonObject, isObject, parseJson, stringAt } from "#practice/slack/json.ts";
import { CREDENTIALS } from "#practice/slack/workspace.ts";
import { type Call, SlackError, textArg } from "./call.ts";
import { METHODS, type Method } from "./methods.ts";
import { RateLimits } from "./rate-limits.ts";

type Answer = { readonly status: number; readonly body: JsonObject; readonly headers: Record<string, string> };
type RawCall = { readonly args: JsonObject; readonly bytes: number; readonly warnings: readonly string[] };

/** The Web API: `POST|GET /api/<method>`. */
export function webApi(ctx: Context): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const limits = new RateLimits(ctx.now);
  app.on(["GET", "POST"], "/:method", async (c) => {
    const name = c.req.param("method");
    const startedAt = performance.now();
    if (ctx.faults.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, ctx.faults.slowMs));
    const raw = await readArguments(c.req.raw);
    const answer = await answerCall({ ctx, limits, token: bearer(c.req.header("authorization"), raw.args) }, name, raw);
    const isLost = ctx.faults.takesResponse(name);
    ctx.traffic.add({
      kind: "web_api",
      name,
      ms: Math.round(performance.now() - startedAt),
      status: isLost ? "response lost" : describeStatus(answer),
      request: raw.args,
      response: answer.body,
    });
    if (isLost) {
      c.env.incoming.socket.destroy();
      return RESPONSE_ALREADY_SENT;
    }
    return new Response(JSON.stringify(answer.body), { status: answer.status, headers: answer.headers });
  });
  return app;
}

type Caller = { readonly ctx: Context; readonly limits: RateLimits; readonly token: string | undefined };

async function answerCall(caller: Caller, name: string, raw: RawCall): Promise<Answer> {
  const { ctx } = caller;
  const failure = ctx.faults.takeFailure(name);
  if (failure !== undefined) {
    if (failure.after_ms > 0) await new Promise((resolve) => setTimeout(resolve, failure.after_ms));
    if (failure.error !== undefined) return answered({ ok: false, error: failure.error });
    if (failure.status === 429) return tooMany(1);
    return answered({ ok: false, error: "internal_error" }, { status: failure.status });
  }
  const method = METHODS.get(name);
  if (method === undefined) return answered({ ok: false, error: "unknown_method", req_method: name });
  const scopeHeaders = {
    "x-oauth-scopes": (method.token === "app" ? ["connections:write"] : ctx.manifest.scopes).join(","),
    "x-accepted-oauth-scopes": method.scopes.join(","),
  };
  const call: Call = { ctx, method: name, args: raw.args };
  const refusal = authorise(caller, method);
  if (refusal !== undefined) return answered(refusal, { headers: scopeHeaders });
  const waitS = takeTurn(caller, method, call);
  if (waitS !== undefined) return tooMany(waitS);
  try {
    const body = withWarnings({ ok: true, ...(await method.run(call)) }, raw.warnings);
    return answered(body, { headers: scopeHeaders });
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return answered({ ok: false, error: error.code, ...error.detail }, { headers: scopeHeaders });
  }
}

function authorise(caller: Caller, method: Method): JsonObject | undefined {
  const { ctx, token } = caller;
  if (method.token === "none") return undefined;
  if (token === undefined || token === "") return { ok: false, error: "not_authed" };
  const isBot = token === CREDENTIALS.bot_token;
  if (!isBot && token !== CREDENTIALS.app_token) return { ok: false, error: "invalid_auth" };
  if (isBot && ctx.faults.isTokenRevoked) return { ok: false, error: "token_revoked" };
  if (isBot !== (method.token === "bot")) return { ok: false, error: "not_allowed_token_type" };
  const { scopes } = ctx.manifest;
  if (!isBot || method.scopes.length === 0 || method.scopes.some((scope) => scopes.includes(scope))) return undefined;
  return { ok: false, error: "missing_scope", needed: method.scopes.join(","), provided: scopes.join(",") };
}

function takeTurn(caller: Caller, method: Method, call: Call): number | undefined {
  const mode = caller.ctx.faults.rateLimits;
  const channel = textArg(call, "channel") ?? "";
  const { channels, people } = call.ctx.world;
  if (call.method === "chat.postMessage" && (channels.has(channel) || people.has(channel))) {
    const waitS = caller.limits.takeMessage(mode, channel.replace(/^[UW]/u, "D"));
    if (waitS !== undefined) return waitS;
  }
  return caller.limits.take(mode, call.method, method.perMinute);
}

async function readArguments(request: Request): Promise<RawCall> {
  const type = request.headers.get("content-type") ?? "";
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const text = request.method === "GET" ? "" : await request.text();
  const bytes = Buffer.byteLength(text);
  if (type.startsWith("application/json")) {
    const body = parseJson(text);
    const warnings = type.includes("charset") ? [] : ["missing_charset"];
    return { args: { ...query, ...(isObject(body) ? body : {}) }, bytes, warnings };
  }
  if (type.startsWith("multipart/form-data")) {
    const form = await new Response(text, { headers: { "content-type": type } }).formData();
    return { args: { ...query, ...Object.fromEntries(form) }, bytes, warnings: [] };
  }
  return { args: { ...query, ...Object.fromEntries(new URLSearchParams(text)) }, bytes, warnings: [] };
}

function bearer(header: string | undefined, args: JsonObject): string | undefined {
  const match = /^Bearer (?<token>\S+)$/iu.exec(header ?? "");
  return match?.groups?.["token"] ?? stringAt(args, "token");
}

function withWarnings(body: JsonObject, warnings: readonly string[]): JsonObject {
  if (warnings.length === 0) return body;
  const metadata = isObject(body["response_metadata"]) ? body["response_metadata"] : {};
  const before = Array.isArray(metadata["warnings"]) ? metadata["warnings"] : [];
  const all = [...before.map(String), ...warnings];
  return { ...body, warning: all.join(","), response_metadata: { ...metadata, warnings: all } };
}

function answered(
  body: JsonObject,
  more: { readonly status?: number; readonly headers?: Record<string, string> } = {},
): Answer {
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "x-slack-req-id": randomUUID(),
    ...more.headers,
  };
  return { status: more.status ?? 200, body, headers };
}

function tooMany(waitS: number): Answer {
  const headers = { "retry-after": String(waitS) };
  return answered({ ok: false, error: "ratelimited" }, { status: 429, headers });
}

function describeStatus(answer: Answer): string {
  if (answer.status !== 200) return `HTTP ${answer.status}`;
  return answer.body["ok"] === true ? "ok" : (stringAt(answer.body, "error") ?? "error");
}

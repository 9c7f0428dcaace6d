import type { Context } from "hono";
import { z } from "zod";
import { entities } from "#practice/kong/gateway/entities/entities.ts";
import type { ConfigurationValue } from "#practice/kong/gateway/profile.ts";
import { AdminRefusal } from "#practice/kong/gateway/entities/violation.ts";
import type { Entity } from "#practice/kong/gateway/entities/entity-store.ts";

/** nginx_admin_client_max_body_size of every version. */
const maxBodyBytes = 10 * 1024 * 1024;

const jsonObject = z.record(z.string(), z.json());

/** Reads and parses the body of a request; too long a body is refused before it is kept. */
export async function readBody(c: Context): Promise<Entity> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of c.req.raw.body ?? []) {
    text += decoder.decode(z.instanceof(Uint8Array).parse(chunk), { stream: true });
    if (text.length > maxBodyBytes) throw new AdminRefusal(413, { message: "Payload too large" });
  }
  return parseBody(text + decoder.decode(), c.req.header("content-type") ?? "application/json");
}

/**
 * Parses a body as the Admin API does: JSON, or a form with `a.b=1` for records and `a[]=1` for lists.
 * Values of a form are typed by their looks, since a form has only texts; fields that are texts in every entity stay texts.
 */
function parseBody(text: string, contentType: string): Entity {
  if (text === "") return {};
  if (contentType.includes("application/x-www-form-urlencoded")) return parseForm(new URLSearchParams(text));
  const parsed = jsonObject.safeParse(parseJson(text));
  if (!parsed.success) throw new AdminRefusal(400, { message: "Cannot parse JSON body" });
  return parsed.data;
}

const textFields = new Set(
  Object.values(entities).flatMap(({ fields }) => fields.filter(({ kind }) => kind === "text").map(({ name }) => name)),
);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseForm(form: URLSearchParams): Entity {
  const document: Record<string, ConfigurationValue> = {};
  for (const [key, text] of form) {
    const isList = /\[\d*\]$/.test(key);
    const path = key.replace(/\[\d*\]$/, "").split(".");
    put(document, path, isList ? [text] : textFields.has(key) ? text : typed(text));
  }
  return document;
}

function put(document: Record<string, ConfigurationValue>, path: readonly string[], value: ConfigurationValue): void {
  const [name = "", ...rest] = path;
  const present = document[name];
  if (rest.length > 0) {
    const inner = jsonObject.safeParse(present).data ?? {};
    document[name] = inner;
    put(inner, rest, value);
  } else if (Array.isArray(value) && Array.isArray(present)) document[name] = [...present, ...value];
  else document[name] = value;
}

function typed(text: string): ConfigurationValue {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

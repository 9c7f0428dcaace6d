import type { ConfigurationValue, Profile } from "#practice/kong/gateway/profile.ts";
import type { EntityDefinition, Field } from "./entity-definition.ts";
import { fieldsOf } from "./entity-definition.ts";
import type { Entity } from "./entity-store.ts";
import { textOf } from "./entity-store.ts";
import type { PluginCatalogue } from "./plugin-schema.ts";
import { checkFields, isDocument } from "./value-check.ts";
import type { ValueRule, ValueType } from "./value-check.ts";
import { schemaViolation } from "./violation.ts";
import type { Violations } from "./violation.ts";

const types = {
  text: "string",
  integer: "integer",
  boolean: "boolean",
  texts: "array",
  uuids: "array",
  json: "map",
  jsons: "array",
  foreign: "foreign",
  seconds: "number",
  millis: "number",
} as const satisfies Record<Field["kind"], ValueType>;

/** Everything about the version that decides whether a document may be stored. */
export interface DocumentRules {
  readonly profile: Profile;
  readonly plugins: PluginCatalogue;
}

/**
 * Makes the complete document that is stored from what a client sent, over the defaults or over the stored entity.
 * @throws AdminRefusal with every violation at once.
 */
export function completeDocument(
  entity: EntityDefinition,
  sent: Entity,
  base: Entity | undefined,
  rules: DocumentRules,
): Entity {
  const fields = fieldsOf(entity, rules.profile.version);
  const input = entity.name === "services" ? withUrl(sent) : sent;
  const known: Record<string, ValueRule> = { id: { type: "string" } };
  for (const field of fields) known[field.name] = { type: types[field.kind], values: field.values };

  const document: Record<string, ConfigurationValue> = {};
  for (const field of fields) document[field.name] = valueOf(field, input, base);
  const id = input["id"] ?? base?.["id"];
  if (typeof id === "string") document["id"] = id;

  const wrong = {
    ...checkFields(input, known),
    ...missing(fields, document),
    ...special(entity, input, document, rules),
  };
  if (Object.keys(wrong).length > 0) throw schemaViolation(wrong);
  if (entity.name === "plugins") {
    document["config"] = rules.plugins.complete(textOf(document, "name") ?? "", document["config"] ?? {});
  }
  return document;
}

function valueOf(field: Field, input: Entity, base: Entity | undefined): ConfigurationValue {
  const now = Date.now() / 1_000;
  const sent = input[field.name];
  if (field.name === "updated_at") return field.kind === "millis" ? now : Math.floor(now);
  if (sent !== undefined) {
    const before = base?.[field.name];
    // A PATCH of a record keeps what it does not name; everything else is replaced.
    return field.kind === "json" && isDocument(sent) && before !== undefined && isDocument(before)
      ? { ...before, ...sent }
      : sent;
  }
  if (base?.[field.name] !== undefined) return base[field.name] ?? null;
  if (field.name === "created_at") return field.kind === "millis" ? now : Math.floor(now);
  return field.default ?? null;
}

function missing(fields: readonly Field[], document: Entity): Violations {
  const absent = fields.filter((field) => field.required === true && (document[field.name] ?? null) === null);
  return Object.fromEntries(absent.map((field) => [field.name, "required field missing"]));
}

/** The rules that single entities have on top of their fields. */
function special(entity: EntityDefinition, input: Entity, document: Entity, rules: DocumentRules): Violations {
  if (entity.name === "routes") return routePaths(input["paths"], rules.profile);
  if (entity.name === "services") return isPath(input["path"]) ? {} : { path: "should start with: /" };
  if (entity.name !== "plugins") return {};
  const name = document["name"];
  if (typeof name !== "string") return {};
  if (!rules.plugins.has(name))
    return { name: `plugin '${name}' not enabled; add it to the 'plugins' configuration property` };
  const sent = input["config"];
  const wrong =
    sent !== undefined && isDocument(sent) ? rules.plugins.check(name, sent) : rules.plugins.check(name, {});
  return wrong === undefined ? {} : { config: wrong };
}

function isPath(value: ConfigurationValue | undefined): boolean {
  return typeof value !== "string" || value.startsWith("/");
}

function routePaths(paths: ConfigurationValue | undefined, profile: Profile): Violations {
  if (!Array.isArray(paths)) return {};
  const allowed = profile.routing.regex === "tilde" ? /^~?\// : /^\//;
  const problems = paths.map((path) =>
    typeof path === "string" && !allowed.test(path) ? profile.routing.path_error : null,
  );
  return problems.some((problem) => problem !== null) ? { paths: problems } : {};
}

/** `url` is shorthand for protocol, host, port and path of a service. */
function withUrl(sent: Entity): Entity {
  const { url, ...rest } = sent;
  if (typeof url !== "string") return sent;
  const parsed = URL.parse(url);
  if (parsed === null) throw schemaViolation({ url: "missing host in url" });
  const protocol = parsed.protocol.replace(/:$/, "");
  return {
    ...rest,
    protocol,
    host: parsed.hostname,
    port: Number(parsed.port === "" ? (protocol === "https" ? 443 : 80) : parsed.port),
    path: parsed.pathname === "/" ? null : parsed.pathname,
  };
}

import { readFile } from "node:fs/promises";
import { z } from "zod";
import { isAtLeast } from "#practice/kong/gateway/profile.ts";
import type { ConfigurationValue, Profile } from "#practice/kong/gateway/profile.ts";
import { checkFields, isDocument } from "./value-check.ts";
import type { ValueRule } from "./value-check.ts";
import type { Violations } from "./violation.ts";

const bounds = { since: z.string().optional(), until: z.string().optional(), default: z.json().optional() };
const simple = z.object({
  type: z.enum(["string", "number", "integer", "boolean", "array", "map", "any"]),
  values: z.array(z.string()).optional(),
  ...bounds,
});
const record = z.object({ type: z.literal("record"), fields: z.record(z.string(), simple), ...bounds });
const schemaFile = z.record(
  z.string(),
  z.object({ required: z.array(z.string()).optional(), fields: z.record(z.string(), z.union([simple, record])) }),
);

type PluginField = z.infer<typeof simple> | z.infer<typeof record>;
type PluginSchemas = z.infer<typeof schemaFile>;

/** The configuration schemas of plugins as one version has them. */
export interface PluginCatalogue {
  /** Whether the plugin is bundled with this version. */
  has(name: string): boolean;
  /** What is wrong with a configuration; undefined when nothing is, or when the plugin's schema is not simulated. */
  check(name: string, config: Readonly<Record<string, ConfigurationValue>>): Violations | undefined;
  /** The configuration as the Admin API shows it: stored values plus the defaults of this version. */
  complete(name: string, config: ConfigurationValue): ConfigurationValue;
  /** `GET /schemas/plugins/:name`; undefined for an unknown plugin. */
  describe(name: string): ConfigurationValue | undefined;
}

/** Reads `plugin-schemas.json`, where each field carries the versions between which it exists. */
export async function loadPluginCatalogue(profile: Profile): Promise<PluginCatalogue> {
  const path = new URL("plugin-schemas.json", import.meta.url);
  const schemas: PluginSchemas = schemaFile.parse(JSON.parse(await readFile(path, "utf8")));
  const has = (name: string) => Object.hasOwn(profile.available_plugins, name);

  function fields(name: string): Readonly<Record<string, PluginField>> | undefined {
    const schema = has(name) ? schemas[name] : undefined;
    if (schema === undefined) return undefined;
    return Object.fromEntries(Object.entries(schema.fields).filter(([, field]) => isCurrent(field, profile.version)));
  }

  return {
    has,
    check: (name, config) => {
      const known = fields(name);
      if (known === undefined) return undefined;
      const rules: Record<string, ValueRule> = known;
      const missing = (schemas[name]?.required ?? []).filter(
        (field) => known[field] !== undefined && (config[field] ?? null) === null,
      );
      const wrong = checkFields(config, rules);
      if (missing.length === 0) return wrong;
      return { ...Object.fromEntries(missing.map((field) => [field, "required field missing"])), ...wrong };
    },
    complete: (name, config) => {
      const known = fields(name);
      return known === undefined || !isDocument(config) ? config : withDefaults(known, config);
    },
    describe: (name) => {
      if (!has(name)) return undefined;
      const described = Object.entries(fields(name) ?? {}).map(([field, rule]) => ({ [field]: describeField(rule) }));
      return {
        fields: [{ protocols: { type: "set" } }, { config: { type: "record", required: true, fields: described } }],
      };
    },
  };
}

function isCurrent(field: PluginField, version: string): boolean {
  const isThere = field.since === undefined || isAtLeast(version, field.since);
  return isThere && (field.until === undefined || !isAtLeast(version, field.until));
}

function withDefaults(
  fields: Readonly<Record<string, PluginField>>,
  config: Readonly<Record<string, ConfigurationValue>>,
): Record<string, ConfigurationValue> {
  const complete: Record<string, ConfigurationValue> = { ...config };
  for (const [name, field] of Object.entries(fields)) {
    const value = config[name] ?? null;
    if (field.type === "record" && (value === null || isDocument(value))) {
      complete[name] = withDefaults(field.fields, value ?? {});
    } else if (value === null) complete[name] = field.default ?? null;
    // Lua knows no difference between an empty list and an empty map, so migrations leave {} where a list belongs.
    else if (field.type === "array" && isDocument(value) && Object.keys(value).length === 0) complete[name] = [];
  }
  return complete;
}

function describeField(field: PluginField): ConfigurationValue {
  const shared = {
    type: field.type,
    ...(field.default === undefined ? {} : { default: field.default }),
    ...("values" in field && field.values !== undefined ? { one_of: field.values } : {}),
  };
  if (field.type !== "record") return shared;
  return { ...shared, fields: Object.entries(field.fields).map(([name, inner]) => ({ [name]: describeField(inner) })) };
}

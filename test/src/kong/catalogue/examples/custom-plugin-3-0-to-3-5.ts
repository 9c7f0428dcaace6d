import type { Example } from "#test/src/kong/catalogue/example.ts";

/** A custom plugin with one file of this text. */
const source = (file: string, text: string) => ({ lua: { [`acme-auth/${file}`]: `${text}\n` } });
const requires = (module: string) => source("handler.lua", `local module = require "${module}"`);
const plainHandler = source("handler.lua", 'return { PRIORITY = 1010, VERSION = "1.2.0" }');
const missing = (hazard: string, module: string, instead: string): Example => ({
  hazard,
  hits: requires(module),
  evidence: ["acme-auth/handler.lua", module],
  misses: requires(instead),
});

export const customPlugin30To35Examples: readonly Example[] = [
  {
    hazard: "30-shorthands",
    hits: source("schema.lua", "shorthands = {\n  { realm = function(value) return { realms = { value } } end },\n},"),
    evidence: ["acme-auth/schema.lua", "shorthands"],
    misses: source("schema.lua", 'shorthand_fields = { { realm = { type = "string", func = to_realms } } },'),
  },
  {
    hazard: "30-legacy-attribute",
    hits: source("schema.lua", '{ realm = { type = "string", legacy = true } },'),
    evidence: ["acme-auth/schema.lua", "legacy = true"],
    misses: source("schema.lua", '{ legacy = { type = "boolean", default = true } },'),
  },
  missing("30-base-plugin", "kong.plugins.base_plugin", "kong.meta"),
  missing("30-singletons", "kong.singletons", "kong.meta"),
  missing("30-removed-modules", "kong.vendor.classic", "kong.constants"),
  {
    hazard: "30-migration-helpers",
    hits: source("migrations/001_100_to_110.lua", 'local helpers = require "kong.db.migrations.helpers"'),
    evidence: ["acme-auth/migrations/001_100_to_110.lua", "kong.db.migrations.helpers"],
    misses: source("migrations/001_100_to_110.lua", "return { postgres = { up = [[ SELECT 1; ]] } }"),
  },
  {
    hazard: "30-up-f",
    hits: source(
      "migrations/001_100_to_110.lua",
      "return {\n  postgres = {\n    up_f = function(connector) return true end,\n  },\n}",
    ),
    evidence: ["acme-auth/migrations/001_100_to_110.lua", "up_f"],
    misses: source("migrations/001_100_to_110.lua", "return { postgres = { up = [[ SELECT 1; ]] } }"),
  },
  {
    hazard: "30-go-pluginserver",
    hits: { conf: { go_plugins_dir: "/opt/go-plugins" } },
    evidence: ["go_plugins_dir", "/opt/go-plugins"],
    misses: { conf: { pluginserver_names: "go-hello", go_plugins_dir: "off" } },
  },
  {
    hazard: "30-process-auto-fields",
    hits: source("api.lua", 'local entity = schema:process_auto_fields(row, "select")'),
    evidence: ["acme-auth/api.lua", "process_auto_fields"],
    misses: plainHandler,
  },
  {
    hazard: "31-go-pdk",
    hits: { conf: { pluginserver_names: "go-hello" }, lua: {} },
    evidence: ["pluginserver_names", "go-hello"],
    misses: { conf: { plugins: "bundled,acme-auth" }, ...plainHandler },
  },
  missing("33-batch-queue-module", "kong.tools.batch_queue", "kong.tools.queue"),
  missing("33-removed-modules", "kong.tools.channel", "kong.tools.queue"),
  missing("35-lambda-modules", "kong.plugins.aws-lambda.v4", "resty.aws"),
];

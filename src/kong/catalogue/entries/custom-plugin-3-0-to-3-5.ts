import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const breaking30 = "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0";
const guide30 = "Kong docs, upgrade guide 3.0.x";
const guideLts = "Kong docs, Enterprise LTS 2.8 to 3.4 guide";
const modules30 = "Kong/kong@3.0.2 list of modules compared with 2.8.5";

const moduleMissing = "A node that has this plugin enabled does not start: the module it requires is not there.";

export const customPlugin30To35Hazards: readonly Hazard[] = [
  {
    id: "30-shorthands",
    title: "shorthands became shorthand_fields",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: { kind: "source", files: "**/*.lua", predicate: "matches", value: "\\bshorthands\\s*=" },
    effect: "A node that has this plugin enabled does not start: its schema has an attribute that 3.x does not know.",
    remedy: "Write typed shorthand_fields: each with a name, a type and a func.",
    sources: [breaking30, guide30, guideLts],
  },
  {
    id: "30-legacy-attribute",
    title: "The schema attribute legacy is gone",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: {
      any: [
        { kind: "source", files: "**/schema.lua", predicate: "matches", value: "\\blegacy\\s*=\\s*(?:true|false)\\b" },
        { kind: "source", files: "**/daos.lua", predicate: "matches", value: "\\blegacy\\s*=\\s*(?:true|false)\\b" },
      ],
    },
    effect: "A node that has this plugin enabled does not start: its schema has an attribute that 3.x does not know.",
    remedy: "Remove the attribute.",
    sources: [breaking30, guide30, guideLts],
  },
  {
    id: "30-base-plugin",
    title: "The class BasePlugin is gone",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: { kind: "source", files: "**/*.lua", predicate: "matches", value: "kong\\.plugins\\.base_plugin" },
    effect: moduleMissing,
    remedy:
      "Make the handler a plain table with PRIORITY and VERSION, and drop extend() and the calls of super; 2.x takes that too.",
    sources: [modules30, "Kong/kong@master CHANGELOG-OLD.md 2.7.0"],
  },
  {
    id: "30-singletons",
    title: "kong.singletons is gone",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: { kind: "source", files: "**/*.lua", predicate: "matches", value: "kong\\.singletons" },
    effect: moduleMissing,
    remedy:
      "Use the global kong: kong.db for singletons.db and singletons.dao, kong.configuration for singletons.configuration, kong.cache for singletons.cache; 2.x has them too.",
    sources: [breaking30, guide30, guideLts],
  },
  {
    id: "30-removed-modules",
    title: "Further internal modules that plugins used are gone",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: {
      kind: "source",
      files: "**/*.lua",
      predicate: "matches",
      value: "kong\\.vendor\\.classic|kong\\.plugins\\.zipkin\\.tracing_headers|kong\\.db\\.dao\\.plugins\\.go\\b",
    },
    effect: moduleMissing,
    remedy:
      "Replace kong.vendor.classic with plain tables or a copy of the module, and zipkin.tracing_headers with kong.tracing.propagation (kong.observability.tracing.propagation from 3.8).",
    sources: [modules30],
  },
  {
    id: "30-migration-helpers",
    title: "The helper library for migrations is gone",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: {
      kind: "source",
      files: "**/migrations/*.lua",
      predicate: "matches",
      value: "kong\\.db\\.migrations\\.helpers",
    },
    effect: "`kong migrations` fails when it loads the migrations of this plugin, and no node starts.",
    remedy:
      "Copy what is needed into the plugin. kong.db.migrations.operations of the core still exists, but is not public.",
    sources: [breaking30, modules30, guide30, guideLts],
  },
  {
    id: "30-up-f",
    title: "PostgreSQL migrations may have a function up_f",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "source", files: "**/migrations/*.lua", predicate: "matches", value: "\\bpostgres\\b" },
        { kind: "source", files: "**/migrations/*.lua", predicate: "matches", value: "\\bup_f\\b" },
      ],
    },
    effect: "An up_f below postgres, which 2.x ignored, now runs after the SQL of `up`.",
    remedy: "Check that it may run on this database; otherwise remove it.",
    sources: [breaking30, guide30, guideLts],
  },
  {
    id: "30-go-pluginserver",
    title: "go_pluginserver_exe and go_plugins_dir are not read any more",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: {
      any: [
        { kind: "conf", key: "go_pluginserver_exe", predicate: "present" },
        { kind: "conf", key: "go_plugins_dir", predicate: "not_in", value: ["off", ""] },
      ],
    },
    effect: "Kong does not find your Go plugins: a node that has one of them enabled does not start.",
    remedy:
      "Port them to the Go PDK with its embedded server, and set pluginserver_names and pluginserver_<name>_socket, _start_cmd and _query_cmd; 2.8 takes them too.",
    sources: [breaking30, "Kong/kong@3.0.2 kong/db/dao/plugins.lua", guide30, guideLts],
  },
  {
    id: "30-process-auto-fields",
    title: 'process_auto_fields changes the table it is given in the context "select"',
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "changes_behaviour",
    when: { kind: "source", files: "**/*.lua", predicate: "matches", value: "process_auto_fields" },
    effect: "The table that this code passes is changed in place, so what uses it afterwards sees other values.",
    remedy: "Copy the table before the call.",
    sources: [breaking30, guide30, guideLts],
  },
  {
    id: "31-go-pdk",
    title: "External plugin servers have to be built again",
    since: "3.1",
    edition: "both",
    area: "custom-plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "conf", key: "pluginserver_names", predicate: "not_in", value: ["", "off"] },
        { kind: "source", files: "**/*.go", predicate: "matches", value: "github\\.com/Kong/go-pdk" },
      ],
    },
    effect:
      "Plugins built with an older PDK get bytes where they expect text (bodies of requests and answers) and fail.",
    remedy: "Build them with a PDK made for the new version before the upgrade, and test them.",
    sources: ["Kong/kong@3.1.0 CHANGELOG.md"],
  },
  {
    id: "33-batch-queue-module",
    title: "kong.tools.batch_queue became kong.tools.queue",
    since: "3.3",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: { kind: "source", files: "**/*.lua", predicate: "matches", value: "kong\\.tools\\.batch_queue" },
    effect: moduleMissing,
    remedy: "Port it to kong.tools.queue: Queue.enqueue(queue_conf, handler, handler_conf, entry).",
    note: "One page of Kong's documents says kong.tools.batch; there is no such module.",
    sources: ["Kong/kong@3.3.0 CHANGELOG.md", "Kong/kong@3.3.1 kong/tools/queue.lua", guideLts],
  },
  {
    id: "33-removed-modules",
    title: "kong.tools.channel and kong.plugins.jwt.asn_sequence are gone",
    since: "3.3",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: {
      kind: "source",
      files: "**/*.lua",
      predicate: "matches",
      value: "kong\\.tools\\.channel\\b|kong\\.plugins\\.jwt\\.asn_sequence",
    },
    effect: moduleMissing,
    remedy: "Copy the module into the plugin, or use resty.openssl for keys and signatures.",
    sources: ["Kong/kong@3.3.1 list of modules compared with 3.2.2"],
  },
  {
    id: "35-lambda-modules",
    title: "The inner modules of aws-lambda moved to lua-resty-aws",
    since: "3.5",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: {
      kind: "source",
      files: "**/*.lua",
      predicate: "matches",
      value: "kong\\.plugins\\.aws-lambda\\.(?:v4|iam-|aws-serializer)",
    },
    effect: moduleMissing,
    remedy: "Use resty.aws, which Kong ships, or copy the module into the plugin.",
    sources: ["Kong/kong@3.5.0 kong/plugins/aws-lambda compared with 3.4.2"],
  },
];

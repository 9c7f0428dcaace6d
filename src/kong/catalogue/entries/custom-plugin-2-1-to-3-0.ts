import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const breaking30 = "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0";
const guide30 = "Kong docs, upgrade guide 3.0.x";
const guideLts = "Kong docs, Enterprise LTS 2.8 to 3.4 guide";

/** `X.PRIORITY = …`, `["PRIORITY"] = …`, and one of several names before the sign. */
const assigned = (name: string): string => `\\b${name}\\b["'\\]]*\\s*(?:,[^=]*)?=(?!=)`;

/** Kong takes the first number out of a version, of at most three parts (Kong/version.lua src/version.lua, not strict). */
const noVersion = "[\"'](?![^\"'\\d]*\\d+(?:\\.\\d+){0,2}\\.?[^\\d.])";

export const customPlugin21To30Hazards: readonly Hazard[] = [
  {
    id: "21-go-pluginserver-not-shipped",
    title: "Packages no longer contain go-pluginserver",
    since: "2.1",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: {
      all: [
        { kind: "version", path: "to", predicate: "lt", value: "3.0" },
        {
          any: [
            { kind: "conf", key: "go_plugins_dir", predicate: "not_in", value: ["off", ""] },
            { kind: "conf", key: "go_pluginserver_exe", predicate: "present" },
          ],
        },
      ],
    },
    effect:
      "The program that runs your Go plugins is not in the package: Kong does not find it, and the plugins do not load.",
    remedy: "Build go-pluginserver yourself; better, move to Go plugins with an embedded server (pluginserver_names).",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.1.0"],
  },
  {
    id: "27-baseplugin-deprecated",
    title: "The class BasePlugin is deprecated",
    since: "2.7",
    edition: "both",
    area: "custom-plugin",
    severity: "deprecation",
    when: {
      all: [
        { kind: "version", path: "to", predicate: "lt", value: "3.0" },
        { kind: "source", files: "**/*.lua", predicate: "matches", value: "kong\\.plugins\\.base_plugin" },
      ],
    },
    effect: "These plugins still load, but no longer from 3.0 on.",
    remedy: "Drop the inheritance: a handler is a plain table with PRIORITY and VERSION.",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.7.0"],
  },
  {
    id: "27-hash-daos-deprecated",
    title: "DAOs of plugins in a table with names are deprecated",
    since: "2.7",
    edition: "both",
    area: "custom-plugin",
    severity: "deprecation",
    when: {
      all: [
        { kind: "version", path: "to", predicate: "lt", value: "3.0" },
        { kind: "source", files: "**/daos.lua", predicate: "dao_table_is_hash" },
      ],
    },
    effect: "These plugins still load, but no longer from 3.0 on.",
    remedy: "Return a list of schemas.",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.7.0"],
  },
  {
    id: "28-go-pluginserver-deprecated",
    title: "The separate go-pluginserver is deprecated",
    since: "2.8",
    edition: "both",
    area: "custom-plugin",
    severity: "deprecation",
    when: {
      all: [
        { kind: "version", path: "to", predicate: "lt", value: "3.0" },
        {
          any: [
            { kind: "conf", key: "go_plugins_dir", predicate: "not_in", value: ["off", ""] },
            { kind: "conf", key: "go_pluginserver_exe", predicate: "present" },
          ],
        },
      ],
    },
    effect: "Your Go plugins still run, but no longer from 3.0 on.",
    remedy: "Port them to the embedded server before 3.0.",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.8.0"],
  },
  {
    id: "30-jwt-ctx",
    title: "The JWT is not in ngx.ctx.authenticated_jwt_token any more",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        {
          kind: "source",
          files: "**/*.lua",
          predicate: "matches",
          value: "(?<!shared\\.)\\bauthenticated_jwt_token\\b",
        },
        {
          kind: "plugin",
          name: "/^(?:pre|post)-function$/",
          path: "config.*",
          predicate: "matches",
          value: "(?<!shared\\.)\\bauthenticated_jwt_token\\b",
        },
      ],
    },
    effect: "This code finds nil where the verified token was: what it derives from the token is missing or fails.",
    remedy: "Read kong.ctx.shared.authenticated_jwt_token; 2.x fills it too, so change it before the upgrade.",
    sources: [breaking30, "Kong/kong@2.8.5 kong/plugins/jwt/handler.lua", guide30, guideLts],
  },
  {
    id: "30-proxy-cache-ctx",
    title: "Cached answers are in kong.ctx.shared.proxy_cache_hit instead of ngx.ctx.proxy_cache_hit",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "source", files: "**/*.lua", predicate: "matches", value: "(?<!shared\\.)\\bproxy_cache_hit\\b" },
        {
          kind: "plugin",
          name: "/^(?:pre|post)-function$/",
          path: "config.*",
          predicate: "matches",
          value: "(?<!shared\\.)\\bproxy_cache_hit\\b",
        },
      ],
    },
    effect: "Code that logs or changes answers from the cache finds nil and treats them as answers of the upstream.",
    remedy: "Read kong.ctx.shared.proxy_cache_hit.",
    note: "Holds for proxy-cache, and in Enterprise for proxy-cache-advanced and graphql-proxy-cache-advanced.",
    sources: [breaking30, guide30, guideLts],
  },
  {
    id: "30-daos-array",
    title: "DAOs of plugins must be a list",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: { kind: "source", files: "**/daos.lua", predicate: "dao_table_is_hash" },
    effect: "A node that has this plugin enabled does not start: its daos.lua is refused.",
    remedy: "Return { schema1, schema2 } instead of { name = schema }; 2.x takes both.",
    sources: [breaking30, "Kong/kong@3.0.2 kong/db/schema/plugin_loader.lua", guide30, guideLts],
  },
  {
    id: "30-priority-version",
    title: 'A plugin needs PRIORITY (an integer) and VERSION ("x.y.z")',
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: {
      any: [
        { kind: "source", files: "**/handler.lua", predicate: "not_matches", value: assigned("PRIORITY") },
        {
          kind: "source",
          files: "**/handler.lua",
          predicate: "matches",
          value: "\\bPRIORITY\\b[\"'\\]]*\\s*=\\s*(?:-?\\d+\\.\\d*[1-9]|-?math\\.huge|[\"']|nil\\b)",
        },
        { kind: "source", files: "**/handler.lua", predicate: "not_matches", value: assigned("VERSION") },
        {
          kind: "source",
          files: "**/handler.lua",
          predicate: "matches",
          value: `(?<!\\bPRIORITY\\s*,\\s*[\\w.]*)\\bVERSION\\b["'\\]]*\\s*=\\s*(?:\\d|${noVersion}|nil\\b)`,
        },
      ],
    },
    effect: "A node that has this plugin enabled does not start: the handler is refused.",
    remedy: 'Add both to handler.lua, for example PRIORITY = 900, VERSION = "1.0.0"; 2.x takes them too.',
    sources: [breaking30, "Kong/kong@3.0.0 kong/db/dao/plugins.lua", guide30, guideLts],
  },
  {
    id: "30-log-serializer",
    title: "kong.plugins.log-serializers.basic is gone",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: { kind: "source", files: "**/*.lua", predicate: "matches", value: "kong\\.plugins\\.log-serializers" },
    effect: "A node that has this plugin enabled does not start: the module it requires is not there.",
    remedy: "Use kong.log.serialize(), which 2.x has too.",
    sources: [breaking30, guide30, guideLts],
  },
  {
    id: "30-legacy-schemas",
    title: "Plugin schemas in the form of 0.x are refused",
    since: "3.0",
    edition: "both",
    area: "custom-plugin",
    severity: "stops_start",
    when: {
      any: [
        {
          all: [
            { kind: "source", files: "**/schema.lua", predicate: "matches", value: "\\bfields\\s*=" },
            { kind: "source", files: "**/schema.lua", predicate: "not_matches", value: "record[\"']|\\brequire\\b" },
          ],
        },
        {
          all: [
            { kind: "source", files: "**/schema.lua", predicate: "matches", value: "\\bfields\\s*=" },
            { kind: "source", files: "**/schema.lua", predicate: "not_matches", value: "\\bname\\s*=" },
          ],
        },
      ],
    },
    effect: "A node that has this plugin enabled does not start: its schema.lua is refused.",
    remedy:
      'Write the typed form, { name = "…", fields = { { config = { type = "record", fields = { … } } } } }; 2.x takes it too.',
    sources: [breaking30, "Kong/kong@2.8.5 and @3.0.2 kong/db/schema/plugin_loader.lua", guide30, guideLts],
  },
];

import type { Fix, Hazard } from "#src/kong/catalogue/hazard.ts";

const withLists = "/^(acl|bot-detection|ip-restriction)$/";

/** The new names are understood since 2.1, the old ones are refused from 3.0 on. */
export const allowDenyFixes: readonly Fix[] = ["acl", "bot-detection", "ip-restriction"].flatMap((plugin): Fix[] => [
  { kind: "rename_field", plugin, from: "config.whitelist", to: "config.allow" },
  { kind: "rename_field", plugin, from: "config.blacklist", to: "config.deny" },
]);

/** Changes of bundled plugins in 2.x. */
export const plugin21To28Hazards: readonly Hazard[] = [
  {
    id: "21-allow-deny-names",
    title: "acl, bot-detection and ip-restriction call their lists allow and deny",
    since: "2.1",
    edition: "both",
    area: "plugin",
    severity: "deprecation",
    when: {
      any: [
        { kind: "plugin", name: withLists, path: "config.whitelist", predicate: "is_set" },
        { kind: "plugin", name: withLists, path: "config.blacklist", predicate: "is_set" },
      ],
    },
    effect:
      "The lists go on protecting: whitelist and blacklist are read as allow and deny until 3.0. Tools that read the configuration back find only the new names.",
    byMigration: "Database rows are renamed by `up` and `finish` of 2.1.",
    remedy: "Rename whitelist to allow and blacklist to deny in files and scripts before the way leads to 3.0.",
    fixes: allowDenyFixes,
    sources: [
      "Kong/kong@master CHANGELOG-OLD.md 2.1.0",
      "Kong/kong@2.8.5 kong/plugins/{acl,bot-detection,ip-restriction}/schema.lua",
    ],
  },
  {
    id: "23-serverless-sandbox",
    title: "Code in pre-function and post-function runs in a sandbox",
    since: "2.3",
    also: ["2.2.2"],
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      kind: "plugin",
      name: "/^(pre|post)-function$/",
      path: "config.*",
      predicate: "matches",
      value:
        "\\brequire\\b|\\bio\\.|\\bos\\.(?!clock\\b|difftime\\b|time\\b)|\\b(package|debug)\\.|\\b_G\\b|\\b(dofile|load|loadfile|loadstring|module|setfenv|getfenv|rawget|rawset|setmetatable|getmetatable|collectgarbage)\\s*\\(",
    },
    effect:
      "The code uses something that the sandbox does not have, so the function fails and requests through this plugin are answered with 500.",
    remedy:
      "Name the modules in untrusted_lua_sandbox_requires and the globals in untrusted_lua_sandbox_environment, or rewrite the code; untrusted_lua = on switches the sandbox off and is not advised.",
    note: "The sandbox has the functions of string, table, math and coroutine, os.clock, os.difftime and os.time, kong and ngx.",
    sources: [
      "Kong/kong@master CHANGELOG-OLD.md 2.2.2",
      "Kong/kong@master CHANGELOG-OLD.md 2.3.0",
      "Kong/kong@2.3.0 kong/tools/sandbox.lua",
    ],
  },
  {
    id: "28-lambda-proxy-scheme-deprecated",
    title: "aws-lambda: proxy_scheme is deprecated",
    since: "2.8",
    edition: "both",
    area: "plugin",
    severity: "deprecation",
    when: { kind: "plugin", name: "aws-lambda", path: "config.proxy_scheme", predicate: "is_set" },
    effect: "The field does nothing any more but a warning in the log; from 3.0 on a file with it is refused.",
    remedy: "Drop the field.",
    fixes: [{ kind: "remove_field", plugin: "aws-lambda", field: "config.proxy_scheme" }],
    sources: [
      "Kong/kong@master CHANGELOG-OLD.md 2.8.0",
      "Kong/kong@2.8.5 kong/plugins/aws-lambda/handler.lua",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 2.8.0.0",
    ],
  },
  {
    id: "28-oidc-session-redis-auth",
    title: "openid-connect: session_redis_auth is deprecated",
    since: "2.8",
    edition: "enterprise",
    area: "plugin",
    severity: "deprecation",
    when: { kind: "plugin", name: "openid-connect", path: "config.session_redis_auth", predicate: "is_set" },
    effect: "Sessions are still stored in Redis with this password; the field is to go in 3.x.",
    remedy: "Write the password into session_redis_password, and a user of Redis 6 into session_redis_username.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 2.8.0.0"],
  },
  {
    id: "28-forward-proxy-fields",
    title: "forward-proxy: proxy_host and proxy_port are deprecated",
    since: "2.8",
    edition: "enterprise",
    area: "plugin",
    severity: "deprecation",
    when: {
      any: [
        { kind: "plugin", name: "forward-proxy", path: "config.proxy_host", predicate: "is_set" },
        { kind: "plugin", name: "forward-proxy", path: "config.proxy_port", predicate: "is_set" },
      ],
    },
    effect: "Requests go on through this proxy; the fields are to go in a later version.",
    remedy:
      "Write http_proxy_host and http_proxy_port for plain requests, https_proxy_host and https_proxy_port for TLS ones.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 2.8.0.0"],
  },
  {
    id: "28-collector-blocks-start",
    title: "2.8.4.1 to 2.8.4.4 do not start while the collector plugin is configured",
    since: "2.8.4.1",
    fixedIn: ["2.8.4.5"],
    edition: "enterprise",
    area: "plugin",
    severity: "stops_start",
    when: { kind: "plugin", name: "collector" },
    effect: "The node does not start after the package was replaced.",
    remedy: "Delete the instances of collector first, or go to 2.8.4.5 or later.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 2.8.4.5"],
  },
];

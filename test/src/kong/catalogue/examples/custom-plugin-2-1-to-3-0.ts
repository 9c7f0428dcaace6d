import type { Example } from "#test/src/kong/catalogue/example.ts";

const handler = (body: string, head = 'local Auth = { PRIORITY = 1010, VERSION = "1.2.0" }'): string => `${head}
function Auth:access(conf)
  ${body}
end
return Auth
`;
const typedSchema = `return {
  name = "acme-auth",
  fields = {
    { config = { type = "record", fields = { { realm = { type = "string" } } } } },
  },
}
`;
const legacySchema = `return {
  no_consumer = true,
  fields = {
    realm = { type = "string", default = "acme" },
  },
}
`;
const namedDaos = `return {
  acme_tokens = { name = "acme_tokens", primary_key = { "id" }, fields = {} },
}
`;
const listedDaos = `local tokens = { name = "acme_tokens", primary_key = { "id" }, fields = {} }
return { tokens }
`;

export const customPlugin21To30Examples: readonly Example[] = [
  {
    hazard: "21-go-pluginserver-not-shipped",
    from: "2.0.5",
    to: "2.1.4",
    hits: { conf: { go_plugins_dir: "/opt/go-plugins" } },
    evidence: ["go_plugins_dir", "/opt/go-plugins"],
    misses: { conf: { go_plugins_dir: "off" } },
  },
  {
    hazard: "27-baseplugin-deprecated",
    hits: { lua: { "acme-auth/handler.lua": 'local BasePlugin = require "kong.plugins.base_plugin"\n' } },
    evidence: ["acme-auth/handler.lua", "base_plugin"],
    misses: { lua: { "acme-auth/handler.lua": handler("return") } },
  },
  {
    hazard: "27-hash-daos-deprecated",
    hits: { lua: { "acme-auth/daos.lua": namedDaos } },
    evidence: ["acme-auth/daos.lua"],
    misses: { lua: { "acme-auth/daos.lua": listedDaos } },
  },
  {
    hazard: "28-go-pluginserver-deprecated",
    hits: { conf: { go_pluginserver_exe: "/usr/local/bin/go-pluginserver" } },
    evidence: ["go_pluginserver_exe"],
    misses: { conf: { pluginserver_names: "go-hello", go_plugins_dir: "off" } },
  },
  {
    hazard: "30-jwt-ctx",
    hits: { plugins: [], lua: { "acme-auth/handler.lua": handler("local jwt = ngx.ctx.authenticated_jwt_token") } },
    evidence: ["acme-auth/handler.lua", "authenticated_jwt_token"],
    misses: {
      plugins: [{ name: "post-function", config: { access: ["return kong.ctx.shared.authenticated_jwt_token"] } }],
      lua: { "acme-auth/handler.lua": handler("local jwt = kong.ctx.shared.authenticated_jwt_token") },
    },
  },
  {
    hazard: "30-proxy-cache-ctx",
    hits: { plugins: [], lua: { "acme-log/handler.lua": handler("local hit = ngx.ctx.proxy_cache_hit") } },
    evidence: ["acme-log/handler.lua", "proxy_cache_hit"],
    misses: { plugins: [], lua: { "acme-log/handler.lua": handler("local hit = kong.ctx.shared.proxy_cache_hit") } },
  },
  {
    hazard: "30-daos-array",
    hits: { lua: { "acme-auth/daos.lua": namedDaos } },
    evidence: ["acme-auth/daos.lua"],
    misses: { lua: { "acme-auth/daos.lua": listedDaos } },
  },
  {
    hazard: "30-priority-version",
    hits: { lua: { "acme-auth/handler.lua": handler("return", "local Auth = { PRIORITY = 1010 }") } },
    evidence: ["acme-auth/handler.lua"],
    misses: { lua: { "acme-auth/handler.lua": handler("return") } },
  },
  {
    hazard: "30-log-serializer",
    hits: {
      lua: { "acme-log/handler.lua": 'local basic = require "kong.plugins.log-serializers.basic"\n' },
    },
    evidence: ["acme-log/handler.lua", "log-serializers"],
    misses: { lua: { "acme-log/handler.lua": handler("return kong.log.serialize()") } },
  },
  {
    hazard: "30-legacy-schemas",
    hits: { lua: { "acme-auth/schema.lua": legacySchema } },
    evidence: ["acme-auth/schema.lua"],
    misses: { lua: { "acme-auth/schema.lua": typedSchema } },
  },
];

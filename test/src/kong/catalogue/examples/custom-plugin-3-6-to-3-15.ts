import type { Example } from "#test/src/kong/catalogue/example.ts";

const handler = (code: string) => ({ lua: { "acme-auth/handler.lua": `${code}\n` } });

export const customPlugin36To315Examples: readonly Example[] = [
  {
    hazard: "36-ngx-var-http",
    hits: { ...handler("local tenant = ngx.var.http_x_tenant"), plugins: [], template: "" },
    evidence: ["acme-auth/handler.lua", "ngx.var.http_x_tenant"],
    misses: {
      ...handler('local tenant = kong.request.get_header("X-Tenant")'),
      plugins: [{ name: "pre-function", config: { access: ["return ngx.var.request_uri"] } }],
      template: `log_format main '$remote_addr "$http_referer" "$http_user_agent"';\n`,
    },
  },
  {
    hazard: "36-tools-utils",
    hits: handler('local utils = require "kong.tools.utils"\nlocal ok = utils.load_module_if_exists("acme.extra")'),
    evidence: ["acme-auth/handler.lua", "load_module_if_exists"],
    misses: handler('local utils = require "kong.tools.utils"\nlocal parts = utils.split("a,b", ",")'),
  },
  {
    hazard: "38-custom-redis-lib",
    from: "3.7.1.2",
    to: "3.8.0.0",
    hits: handler('local redis = require "kong.enterprise_edition.redis"'),
    evidence: ["acme-auth/handler.lua", "kong.enterprise_edition.redis"],
    misses: handler('local redis = require "kong.enterprise_edition.tools.redis.v2"'),
  },
  {
    hazard: "38-custom-rl-lib",
    from: "3.7.1.2",
    to: "3.8.0.0",
    hits: handler('local limits = require("kong.tools.public.rate-limiting").new_instance("acme-auth")'),
    evidence: ["acme-auth/handler.lua", "kong.tools.public.rate-limiting"],
    misses: handler(
      'local library = require("kong.tools.public.rate-limiting")\nlocal limits = library.new_instance("acme-auth", { redis_config_version = "v2" })',
    ),
  },
  {
    hazard: "38-tracing-modules",
    hits: handler('local propagation = require "kong.tracing.propagation"'),
    evidence: ["acme-auth/handler.lua", "kong.tracing.propagation"],
    misses: handler('local propagation = require "kong.observability.tracing.propagation"'),
  },
  {
    hazard: "39-removed-modules",
    hits: handler('local otlp = require "kong.plugins.opentelemetry.otlp"'),
    evidence: ["acme-auth/handler.lua", "kong.plugins.opentelemetry.otlp"],
    misses: handler('local otlp = require "kong.observability.otlp"'),
  },
  {
    hazard: "312-resty-kafka",
    from: "3.11.0.3",
    to: "3.12.0.0",
    hits: handler('local producer = require "resty.kafka.producer"'),
    evidence: ["acme-auth/handler.lua", "resty.kafka.producer"],
    misses: handler('local producer = require "acme.kafka.producer"'),
  },
  {
    hazard: "314-tls-custom",
    from: "3.13.0.0",
    to: "3.14.0.0",
    hits: { conf: {}, ...handler("local answer = client:request_uri(url, { ssl_verify = false })") },
    evidence: ["acme-auth/handler.lua", "ssl_verify = false"],
    misses: { conf: {}, ...handler("local answer = client:request_uri(url, { ssl_verify = conf.ssl_verify })") },
  },
];

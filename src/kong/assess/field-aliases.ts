/** Fields that were renamed while the old name went on working, old to new, below `config`. */
type Aliases = Readonly<Record<string, string>>;

/** rate-limiting and response-ratelimiting (Kong/kong 3.9.1 kong/plugins/rate-limiting/schema.lua, shorthand_fields). */
const redisOfOss: Aliases = {
  redis_host: "redis.host",
  redis_port: "redis.port",
  redis_password: "redis.password",
  redis_username: "redis.username",
  redis_ssl: "redis.ssl",
  redis_ssl_verify: "redis.ssl_verify",
  redis_server_name: "redis.server_name",
  redis_timeout: "redis.timeout",
  redis_database: "redis.database",
};

/** Plugins with Enterprise's Redis record (Kong Gateway changelog 3.8: `timeout` in favour of `connect_timeout` and two more). */
const redisOfEnterprise: Aliases = { "redis.timeout": "redis.connect_timeout" };

/** Deprecated fields by plugin whose value has to agree with the one that replaced them. */
export const fieldAliases: Readonly<Record<string, Aliases>> = {
  "rate-limiting": redisOfOss,
  "response-ratelimiting": redisOfOss,
  /** Kong/kong 3.9.1 kong/plugins/acme/schema.lua. */
  acme: {
    "storage_config.redis.auth": "storage_config.redis.password",
    "storage_config.redis.ssl_server_name": "storage_config.redis.server_name",
    "storage_config.redis.namespace": "storage_config.redis.extra_options.namespace",
    "storage_config.redis.scan_count": "storage_config.redis.extra_options.scan_count",
  },
  /** Kong/kong 3.9.1 kong/plugins/opentelemetry/schema.lua. */
  opentelemetry: { endpoint: "traces_endpoint" },
  /** Kong/kong 3.9.1 kong/plugins/session/schema.lua; `cookie_samesite` is left out, because off becomes Lax. */
  session: {
    cookie_lifetime: "rolling_timeout",
    cookie_idletime: "idling_timeout",
    cookie_discard: "stale_ttl",
    cookie_httponly: "cookie_http_only",
    cookie_persistent: "remember",
  },
  "ai-rate-limiting-advanced": redisOfEnterprise,
  "graphql-proxy-cache-advanced": redisOfEnterprise,
  "graphql-rate-limiting-advanced": redisOfEnterprise,
  "proxy-cache-advanced": redisOfEnterprise,
  "rate-limiting-advanced": redisOfEnterprise,
};

/** Configuration that a control plane takes out, or sends under its old name, for data planes older than a version. */
export interface StrippedFields {
  readonly olderThan: string;
  /** Field paths below `config` that are left out, by plugin: their feature is silently off on those data planes. */
  readonly removed: Readonly<Record<string, readonly string[]>>;
  /** New names and the old ones that those data planes get instead, by plugin. */
  readonly renamed?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Kong/kong 3.9.3 kong/clustering/compat/removed_fields.lua and init.lua; Enterprise strips more, unpublished. */
export const strippedFields: readonly StrippedFields[] = [
  {
    olderThan: "3.1.0",
    removed: {
      acme: [
        "enable_ipv4_common_name",
        "storage_config.redis.ssl",
        "storage_config.redis.ssl_verify",
        "storage_config.redis.ssl_server_name",
      ],
      datadog: ["retry_count", "queue_size", "flush_timeout"],
      "rate-limiting": ["error_code", "error_message"],
      "response-ratelimiting": ["redis_ssl", "redis_ssl_verify", "redis_server_name"],
      session: ["cookie_persistent"],
      statsd: ["retry_count", "queue_size", "flush_timeout"],
      zipkin: ["http_response_header_for_traceid"],
    },
  },
  {
    olderThan: "3.2.0",
    removed: {
      "aws-lambda": ["aws_imds_protocol_version"],
      session: [
        "audience",
        "absolute_timeout",
        "remember_cookie_name",
        "remember_rolling_timeout",
        "remember_absolute_timeout",
        "response_headers",
        "request_headers",
      ],
      statsd: ["tag_style"],
      zipkin: ["phase_duration_flavor"],
    },
    renamed: {
      session: {
        idling_timeout: "cookie_idletime",
        rolling_timeout: "cookie_lifetime",
        stale_ttl: "cookie_discard",
        cookie_same_site: "cookie_samesite",
        cookie_http_only: "cookie_httponly",
        remember: "cookie_persistent",
      },
    },
  },
  {
    olderThan: "3.3.0",
    removed: {
      acme: ["account_key", "storage_config.redis.namespace"],
      "aws-lambda": ["disable_https"],
      datadog: ["queue"],
      "http-log": ["queue"],
      opentelemetry: ["http_response_header_for_traceid", "queue", "header_type"],
      "proxy-cache": ["ignore_uri_case"],
      statsd: ["queue"],
      zipkin: ["queue"],
    },
  },
  {
    olderThan: "3.4.0",
    removed: {
      "proxy-cache": ["response_headers"],
      "rate-limiting": ["sync_rate"],
    },
  },
  {
    olderThan: "3.5.0",
    removed: {
      acme: ["storage_config.redis.scan_count"],
      cors: ["private_network"],
      session: ["read_body_for_logout"],
    },
  },
  {
    olderThan: "3.6.0",
    removed: {
      "basic-auth": ["realm"],
      opentelemetry: ["sampling_rate"],
    },
  },
  {
    olderThan: "3.7.0",
    removed: {
      "ai-proxy": ["response_streaming", "model.options.upstream_path"],
      "ai-request-transformer": ["llm.model.options.upstream_path"],
      "ai-response-transformer": ["llm.model.options.upstream_path"],
      "key-auth": ["realm"],
      opentelemetry: ["propagation"],
      zipkin: ["propagation"],
    },
  },
  {
    olderThan: "3.8.0",
    removed: {
      acl: ["always_use_authenticated_groups"],
      "ai-prompt-decorator": ["max_request_body_size"],
      "ai-prompt-guard": ["match_all_roles", "max_request_body_size"],
      "ai-prompt-template": ["max_request_body_size"],
      "ai-proxy": [
        "max_request_body_size",
        "model.options.gemini",
        "auth.gcp_use_service_account",
        "auth.gcp_service_account_json",
        "model.options.bedrock",
        "auth.aws_access_key_id",
        "auth.aws_secret_access_key",
        "auth.allow_override",
        "model_name_header",
      ],
      "ai-request-transformer": [
        "max_request_body_size",
        "llm.model.options.gemini",
        "llm.auth.gcp_use_service_account",
        "llm.auth.gcp_service_account_json",
        "llm.model.options.bedrock",
        "llm.auth.aws_access_key_id",
        "llm.auth.aws_secret_access_key",
        "llm.auth.allow_override",
      ],
      "ai-response-transformer": [
        "max_request_body_size",
        "llm.model.options.gemini",
        "llm.auth.gcp_use_service_account",
        "llm.auth.gcp_service_account_json",
        "llm.model.options.bedrock",
        "llm.auth.aws_access_key_id",
        "llm.auth.aws_secret_access_key",
        "llm.auth.allow_override",
      ],
      "aws-lambda": ["empty_arrays_mode"],
      datadog: ["queue.concurrency_limit"],
      "hmac-auth": ["realm"],
      "http-log": ["queue.concurrency_limit"],
      jwt: ["realm"],
      "ldap-auth": ["realm"],
      oauth2: ["realm"],
      opentelemetry: ["traces_endpoint", "logs_endpoint", "queue.concurrency_limit"],
      prometheus: ["ai_metrics"],
      "response-transformer": ["rename.json"],
      statsd: ["queue.concurrency_limit"],
      zipkin: ["queue.concurrency_limit"],
    },
    renamed: {
      opentelemetry: { traces_endpoint: "endpoint" },
    },
  },
  {
    olderThan: "3.9.1",
    removed: {
      "ai-prompt-decorator": ["llm_format"],
      "ai-prompt-guard": ["llm_format"],
      "ai-proxy": ["llm_format"],
    },
  },
];

/** What a declarative file may say about one kind of entity. */
export interface EntityFields {
  readonly table: string;
  readonly fields: readonly string[];
  readonly required: readonly string[];
  /** Field → kind of entity that it names; stored in the column `<field>_id`. */
  readonly references: Readonly<Record<string, string>>;
  /** Kinds of entity that may be written inside this one, and the reference that this makes. */
  readonly nested: Readonly<Record<string, string>>;
}

/** Fields that every entity has. */
const always = ["id", "created_at", "updated_at", "tags"] as const;

/** Kinds of entity in the order in which they can be stored. Others in a file are reported as unknown. */
export const entityFields: Readonly<Record<string, EntityFields>> = {
  certificates: entity("certificates", ["cert", "key", "cert_alt", "key_alt"], { nested: { snis: "certificate" } }),
  snis: entity("snis", ["name"], { required: ["name"], references: { certificate: "certificates" } }),
  ca_certificates: entity("ca_certificates", ["cert", "cert_digest"], { required: ["cert"] }),
  upstreams: entity(
    "upstreams",
    [
      "name",
      "hash_on",
      "hash_fallback",
      "hash_on_header",
      "hash_fallback_header",
      "hash_on_cookie",
      "hash_on_cookie_path",
      "hash_on_query_arg",
      "hash_fallback_query_arg",
      "hash_on_uri_capture",
      "hash_fallback_uri_capture",
      "slots",
      "healthchecks",
      "algorithm",
      "host_header",
      "use_srv_name",
    ],
    { required: ["name"], nested: { targets: "upstream" } },
  ),
  targets: entity("targets", ["target", "weight"], { required: ["target"], references: { upstream: "upstreams" } }),
  services: entity(
    "services",
    [
      "name",
      "retries",
      "protocol",
      "host",
      "port",
      "path",
      "connect_timeout",
      "write_timeout",
      "read_timeout",
      "tls_verify",
      "tls_verify_depth",
      "ca_certificates",
      "enabled",
    ],
    {
      required: ["host"],
      references: { client_certificate: "certificates" },
      nested: { routes: "service", plugins: "service" },
    },
  ),
  routes: entity(
    "routes",
    [
      "name",
      "protocols",
      "methods",
      "hosts",
      "paths",
      "snis",
      "sources",
      "destinations",
      "headers",
      "regex_priority",
      "strip_path",
      "preserve_host",
      "https_redirect_status_code",
      "path_handling",
      "request_buffering",
      "response_buffering",
      "expression",
      "priority",
    ],
    { references: { service: "services" }, nested: { plugins: "route" } },
  ),
  consumers: entity("consumers", ["username", "custom_id"], {
    nested: {
      plugins: "consumer",
      keyauth_credentials: "consumer",
      acls: "consumer",
      basicauth_credentials: "consumer",
    },
  }),
  keyauth_credentials: entity("keyauth_credentials", ["key", "ttl"], { references: { consumer: "consumers" } }),
  basicauth_credentials: entity("basicauth_credentials", ["username", "password"], {
    references: { consumer: "consumers" },
  }),
  acls: entity("acls", ["group"], { required: ["group"], references: { consumer: "consumers" } }),
  plugins: entity("plugins", ["name", "config", "enabled", "protocols", "instance_name"], {
    required: ["name"],
    references: { service: "services", route: "routes", consumer: "consumers" },
  }),
};

function entity(
  table: string,
  fields: readonly string[],
  more: Partial<Pick<EntityFields, "required" | "references" | "nested">>,
): EntityFields {
  return {
    table,
    fields: [...always, ...fields],
    required: more.required ?? [],
    references: more.references ?? {},
    nested: more.nested ?? {},
  };
}

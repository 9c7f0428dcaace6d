import type { EntityDefinition, Field } from "./entity-definition.ts";
import { defaultHealthchecks } from "./default-healthchecks.ts";

// Columns and when they came are those of database dumps of real Kong 2.8.5, 3.0.2, 3.4.2 and 3.9.3;
// `since: "3.2.0"` marks what is absent in 3.0.2 and present in 3.4.2.
const createdAt = { name: "created_at", kind: "seconds" } as const satisfies Field;
const updatedAt = { name: "updated_at", kind: "seconds" } as const satisfies Field;
const tags = { name: "tags", kind: "texts" } as const satisfies Field;
const laterUpdatedAt = { ...updatedAt, since: "3.2.0" } as const satisfies Field;
const protocols = ["grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp"] as const;
const hashOn = ["none", "consumer", "ip", "header", "cookie", "path", "query_arg", "uri_capture"] as const;

const services: EntityDefinition = {
  name: "services",
  table: "services",
  key: "name",
  fields: [
    createdAt,
    updatedAt,
    { name: "name", kind: "text" },
    { name: "retries", kind: "integer", default: 5 },
    { name: "protocol", kind: "text", default: "http", values: protocols },
    { name: "host", kind: "text", required: true },
    { name: "port", kind: "integer", default: 80 },
    { name: "path", kind: "text" },
    { name: "connect_timeout", kind: "integer", default: 60_000 },
    { name: "write_timeout", kind: "integer", default: 60_000 },
    { name: "read_timeout", kind: "integer", default: 60_000 },
    tags,
    { name: "client_certificate", kind: "foreign", entity: "certificates" },
    { name: "tls_verify", kind: "boolean" },
    { name: "tls_verify_depth", kind: "integer" },
    { name: "ca_certificates", kind: "uuids" },
    { name: "enabled", kind: "boolean", default: true },
  ],
};

const routes: EntityDefinition = {
  name: "routes",
  table: "routes",
  key: "name",
  fields: [
    createdAt,
    updatedAt,
    { name: "name", kind: "text" },
    { name: "protocols", kind: "texts", default: ["http", "https"], values: protocols },
    { name: "methods", kind: "texts" },
    { name: "hosts", kind: "texts" },
    { name: "paths", kind: "texts" },
    { name: "headers", kind: "json" },
    { name: "snis", kind: "texts" },
    { name: "sources", kind: "jsons" },
    { name: "destinations", kind: "jsons" },
    { name: "https_redirect_status_code", kind: "integer", default: 426 },
    { name: "regex_priority", kind: "integer", default: 0 },
    { name: "strip_path", kind: "boolean", default: true },
    { name: "path_handling", kind: "text", default: "v0", values: ["v0", "v1"] },
    { name: "preserve_host", kind: "boolean", default: false },
    { name: "request_buffering", kind: "boolean", default: true },
    { name: "response_buffering", kind: "boolean", default: true },
    tags,
    { name: "service", kind: "foreign", entity: "services" },
  ],
};

const consumers: EntityDefinition = {
  name: "consumers",
  table: "consumers",
  key: "username",
  fields: [createdAt, laterUpdatedAt, { name: "username", kind: "text" }, { name: "custom_id", kind: "text" }, tags],
};

const plugins: EntityDefinition = {
  name: "plugins",
  table: "plugins",
  cacheKey: ["name", "route", "service", "consumer"],
  fields: [
    createdAt,
    laterUpdatedAt,
    { name: "name", kind: "text", required: true },
    { name: "instance_name", kind: "text", since: "3.2.0" },
    { name: "consumer", kind: "foreign", entity: "consumers" },
    { name: "service", kind: "foreign", entity: "services" },
    { name: "route", kind: "foreign", entity: "routes" },
    { name: "config", kind: "json", default: {} },
    { name: "protocols", kind: "texts", default: ["grpc", "grpcs", "http", "https"], values: protocols },
    { name: "enabled", kind: "boolean", default: true },
    tags,
  ],
};

const upstreams: EntityDefinition = {
  name: "upstreams",
  table: "upstreams",
  key: "name",
  fields: [
    { name: "created_at", kind: "millis" },
    laterUpdatedAt,
    { name: "name", kind: "text", required: true },
    {
      name: "algorithm",
      kind: "text",
      default: "round-robin",
      values: ["consistent-hashing", "least-connections", "round-robin", "latency"],
    },
    { name: "hash_on", kind: "text", default: "none", values: hashOn },
    { name: "hash_fallback", kind: "text", default: "none", values: hashOn },
    { name: "hash_on_header", kind: "text" },
    { name: "hash_fallback_header", kind: "text" },
    { name: "hash_on_cookie", kind: "text" },
    { name: "hash_on_cookie_path", kind: "text", default: "/" },
    { name: "hash_on_query_arg", kind: "text", since: "3.0.0" },
    { name: "hash_fallback_query_arg", kind: "text", since: "3.0.0" },
    { name: "hash_on_uri_capture", kind: "text", since: "3.0.0" },
    { name: "hash_fallback_uri_capture", kind: "text", since: "3.0.0" },
    { name: "slots", kind: "integer", default: 10_000 },
    { name: "healthchecks", kind: "json", default: defaultHealthchecks },
    tags,
    { name: "host_header", kind: "text" },
    { name: "client_certificate", kind: "foreign", entity: "certificates" },
    { name: "use_srv_name", kind: "boolean", default: false, since: "3.2.0" },
  ],
};

const targets: EntityDefinition = {
  name: "targets",
  table: "targets",
  key: "target",
  fields: [
    { name: "created_at", kind: "millis" },
    { name: "updated_at", kind: "millis", since: "3.2.0" },
    { name: "target", kind: "text", required: true },
    { name: "weight", kind: "integer", default: 100 },
    { name: "upstream", kind: "foreign", entity: "upstreams", required: true },
    tags,
  ],
};

const keyAuths: EntityDefinition = {
  name: "key-auths",
  table: "keyauth_credentials",
  key: "key",
  fields: [
    createdAt,
    { name: "consumer", kind: "foreign", entity: "consumers", required: true },
    { name: "key", kind: "text", required: true },
    tags,
  ],
};

const acls: EntityDefinition = {
  name: "acls",
  table: "acls",
  cacheKey: ["consumer", "group"],
  fields: [
    createdAt,
    { name: "consumer", kind: "foreign", entity: "consumers", required: true },
    { name: "group", kind: "text", required: true },
    tags,
  ],
};

/** The entities of the simulated Admin API by their path. Certificates, SNIs, vaults, keys and the rest are not simulated. */
export const entities = {
  services,
  routes,
  consumers,
  plugins,
  upstreams,
  targets,
  "key-auths": keyAuths,
  acls,
} as const;

/** A name in {@link entities}. */
export type EntityName = keyof typeof entities;

/** Lists below one entity: `/services/:service/routes` and so on; `field` is the foreign field of the child. */
export const nested: readonly {
  readonly parent: EntityName;
  readonly path: string;
  readonly child: EntityName;
  readonly field: string;
}[] = [
  { parent: "services", path: "routes", child: "routes", field: "service" },
  { parent: "services", path: "plugins", child: "plugins", field: "service" },
  { parent: "routes", path: "plugins", child: "plugins", field: "route" },
  { parent: "consumers", path: "plugins", child: "plugins", field: "consumer" },
  { parent: "consumers", path: "key-auth", child: "key-auths", field: "consumer" },
  { parent: "consumers", path: "acls", child: "acls", field: "consumer" },
  { parent: "upstreams", path: "targets", child: "targets", field: "upstream" },
];

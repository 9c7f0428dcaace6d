import type { EntityKind } from "#src/kong/inventory.ts";

/** What an entity of a declarative file looks like: what identifies it, what hangs on it, what must not be kept. */
export interface EntityShape {
  readonly kind: EntityKind;
  /** The field that people call it by, and that others refer to it with. */
  readonly nameField: string;
  /** Fields that no two entities may share, besides `id`. */
  readonly unique: readonly string[];
  /** Fields that hold a list of other entities, with the top-level key of these. */
  readonly nested: Readonly<Record<string, string>>;
  /** Fields that refer to another entity, nearest first. */
  readonly references: readonly EntityKind[];
  /** The only fields that are kept, where others may hold credentials. */
  readonly keep?: ReadonlySet<string>;
  /** Fields whose value is a secret whatever its name says. */
  readonly secret?: ReadonlySet<string>;
  /** Fields that must be a list or a mapping or a text where they are set. */
  readonly lists?: readonly string[];
  readonly mappings?: readonly string[];
  readonly needs?: readonly string[];
}

const plain = { unique: [], nested: {}, references: [] } as const;

/**
 * Top-level keys of declarative files with entities (Kong 3.9 kong/constants.lua CORE_ENTITIES and
 * kong/db/schema/others/declarative_config.lua; decK 1.65 with go-database-reconciler pkg/file/types.go).
 */
export const entityShapes: Readonly<Record<string, EntityShape>> = {
  services: {
    kind: "service",
    nameField: "name",
    unique: ["name"],
    nested: { routes: "routes", plugins: "plugins", filter_chains: "filter_chains" },
    references: [],
    lists: ["tags", "ca_certificates"],
  },
  routes: {
    kind: "route",
    nameField: "name",
    unique: ["name"],
    nested: { plugins: "plugins", filter_chains: "filter_chains" },
    references: ["service"],
    lists: ["paths", "hosts", "methods", "protocols", "snis", "tags"],
  },
  plugins: {
    ...plain,
    kind: "plugin",
    nameField: "name",
    unique: ["instance_name"],
    references: ["route", "service", "consumer", "consumer_group"],
    lists: ["protocols", "tags"],
    mappings: ["config"],
    needs: ["name"],
  },
  consumers: {
    kind: "consumer",
    nameField: "username",
    unique: ["username"],
    nested: { plugins: "plugins" },
    references: [],
    // Credentials have one list per plugin, custom plugins too.
    keep: new Set(["id", "username", "custom_id", "tags", "groups", "acls", "created_at", "updated_at", "type"]),
    lists: ["tags", "groups"],
  },
  consumer_groups: {
    kind: "consumer_group",
    nameField: "name",
    unique: ["name"],
    nested: { plugins: "plugins" },
    references: [],
    keep: new Set(["id", "name", "tags", "created_at", "updated_at"]),
    lists: ["tags"],
  },
  upstreams: {
    ...plain,
    kind: "upstream",
    nameField: "name",
    unique: ["name"],
    lists: ["targets", "tags"],
    needs: ["name"],
  },
  certificates: {
    ...plain,
    kind: "certificate",
    nameField: "id",
    nested: { snis: "snis" },
    secret: new Set(["key", "key_alt"]),
  },
  ca_certificates: { ...plain, kind: "ca_certificate", nameField: "id" },
  snis: { ...plain, kind: "sni", nameField: "name", unique: ["name"], references: ["certificate"] },
  keys: {
    ...plain,
    kind: "key",
    nameField: "name",
    unique: ["name"],
    secret: new Set(["jwk"]),
    mappings: ["pem"],
  },
  key_sets: { ...plain, kind: "key_set", nameField: "name", unique: ["name"], nested: { keys: "keys" } },
  vaults: { ...plain, kind: "vault", nameField: "prefix", unique: ["prefix"], mappings: ["config"] },
  workspaces: { ...plain, kind: "workspace", nameField: "name", unique: ["name"], mappings: ["config"] },
  event_hooks: { ...plain, kind: "event_hook", nameField: "id", mappings: ["config"] },
  filter_chains: {
    ...plain,
    kind: "filter_chain",
    nameField: "name",
    unique: ["name"],
    references: ["route", "service"],
    lists: ["filters"],
  },
  partials: { ...plain, kind: "partial", nameField: "name", unique: ["name"], mappings: ["config"] },
  admins: {
    ...plain,
    kind: "admin",
    nameField: "username",
    unique: ["username"],
    keep: new Set(["id", "username", "custom_id", "rbac_token_enabled", "created_at", "updated_at"]),
  },
  licenses: { ...plain, kind: "license", nameField: "id", secret: new Set(["payload"]) },
};

/** Lists that belong to plugins or to decK and hold no entity that hazards look at; they are counted only. */
export const otherLists: ReadonlySet<string> = new Set(
  "acls acme_storage ai_models cloned_plugins custom_plugins plugins_partials basicauth_credentials consumer_group_consumers consumer_group_plugins custom_entities degraphql_routes developers document_objects files graphql_ratelimiting_advanced_cost_decoration groups hmacauth_credentials jwt_secrets jwt_signer_jwks keyauth_credentials keyauth_enc_credentials mtls_auth_credentials oauth2_authorization_codes oauth2_credentials oauth2_tokens oic_issuers oic_jwks parameters rbac_endpoint_permissions rbac_role_endpoints rbac_roles rbac_users service_packages sessions tags vaults_beta clustering_data_planes".split(
    " ",
  ),
);

import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/**
 * First segments of the paths in the Admin API's description of 3.15 (Kong/developer.konghq.com@bc1cd742
 * api-specs/gateway/admin-ee/3.15/openapi.yaml). Plugins bring more, so a name outside this list may be reserved too.
 */
const documentedSegments = [
  "acls",
  "admins",
  "audit",
  "basic-auths",
  "ca_certificates",
  "cache",
  "certificates",
  "cloned-plugins",
  "clustering",
  "config",
  "consumer_groups",
  "consumers",
  "custom-plugins",
  "debug",
  "degraphql_routes",
  "endpoints",
  "event-hooks",
  "fips-status",
  "graphql-rate-limiting-advanced",
  "group_rbac_roles",
  "groups",
  "hmac-auths",
  "jwts",
  "key-auths",
  "key-sets",
  "keyring",
  "keys",
  "license",
  "licenses",
  "mtls-auths",
  "oic_jwks",
  "partials",
  "plugins",
  "rbac_role_endpoints",
  "rbac_role_entities",
  "rbac_roles",
  "rbac_user_groups",
  "rbac_user_roles",
  "rbac_users",
  "routes",
  "schemas",
  "services",
  "snis",
  "status",
  "tags",
  "timers",
  "upstreams",
  "vaults",
  "workspaces",
];

export const adminApi315Hazards: readonly Hazard[] = [
  {
    id: "315-license-readonly",
    title: "Without a valid licence the Admin API is read-only",
    since: "3.15",
    edition: "enterprise",
    area: "admin-api",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "license", path: "expiration_date", predicate: "before_plus_days", value: 0 },
        {
          all: [
            { kind: "license", predicate: "absent" },
            { kind: "conf", key: "license_data", predicate: "absent" },
            { kind: "conf", key: "license_path", predicate: "absent" },
          ],
        },
      ],
    },
    effect:
      "Traffic goes on with the configuration there is, but nobody can change it: decK, Kong Manager, the ingress controller and scripts are refused until a valid licence is there.",
    remedy:
      "Apply a valid licence before the upgrade. Only /licenses and /keyring/recover, import and import/raw can be written to without one.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.15",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.15.0.0",
    ],
  },
  {
    id: "315-workspace-names",
    title: "A workspace is called like a path of the Admin API",
    since: "3.15",
    edition: "enterprise",
    area: "admin-api",
    severity: "stops_start",
    when: {
      any: [
        { kind: "workspace", path: "name", predicate: "in", value: documentedSegments },
        { kind: "workspace", path: "name", predicate: "in_admin_api_segments" },
      ],
    },
    effect: "`kong migrations` and the start end with an error that lists these workspaces.",
    remedy:
      "Rename them before the upgrade; reserved are the first segments of the paths that GET /endpoints of the target lists.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.15",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.15.0.0",
      "Kong/developer.konghq.com@bc1cd742 api-specs/gateway/admin-ee/3.15/openapi.yaml",
    ],
  },
  {
    id: "315-vault-license",
    title: "A licence cannot be applied as a reference into a vault",
    since: "3.15",
    edition: "enterprise",
    area: "admin-api",
    severity: "changes_behaviour",
    when: { kind: "client", predicate: "matches", value: "/licenses[^\\n]*\\{vault" },
    effect: "The call in these scripts is refused, so a new installation stays without licence.",
    remedy: "Send the licence itself, or give it in KONG_LICENSE_DATA.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.15.0.0"],
  },
];

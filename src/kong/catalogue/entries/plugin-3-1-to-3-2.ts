import type { Fix, Hazard } from "#src/kong/catalogue/hazard.ts";

const oidcAndSaml = "/^(openid-connect|saml)$/";

/** Old names of session fields with their new ones; the values of *_samesite are left out, `off` is not known any more. */
const sessionFields: readonly (readonly [plugin: string, fields: Readonly<Record<string, string>>])[] = [
  [
    "session",
    {
      cookie_lifetime: "rolling_timeout",
      cookie_idletime: "idling_timeout",
      cookie_httponly: "cookie_http_only",
      cookie_discard: "stale_ttl",
      cookie_persistent: "remember",
    },
  ],
  ...["openid-connect", "saml"].map(
    (plugin) =>
      [
        plugin,
        {
          session_cookie_lifetime: "session_rolling_timeout",
          session_cookie_idletime: "session_idling_timeout",
          session_cookie_httponly: "session_cookie_http_only",
          session_memcache_prefix: "session_memcached_prefix",
          session_memcache_socket: "session_memcached_socket",
          session_memcache_host: "session_memcached_host",
          session_memcache_port: "session_memcached_port",
          session_redis_cluster_maxredirections: "session_redis_cluster_max_redirections",
        },
      ] as const,
  ),
  [
    "openid-connect",
    {
      authorization_cookie_lifetime: "authorization_rolling_timeout",
      authorization_cookie_httponly: "authorization_cookie_http_only",
    },
  ],
];

const removedSessionFields: readonly (readonly [plugin: string, fields: readonly string[]])[] = [
  ["session", ["cookie_renew"]],
  ...["openid-connect", "saml"].map(
    (plugin) =>
      [plugin, ["session_cookie_renew", "session_cookie_maxsize", "session_strategy", "session_compressor"]] as const,
  ),
];

/** Changes of bundled plugins in 3.1 and 3.2. */
export const plugin31To32Hazards: readonly Hazard[] = [
  {
    id: "31-request-termination-null",
    title: "request-termination: status_code may not be null",
    since: "3.1",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: { kind: "plugin", name: "request-termination", path: "config.status_code", predicate: "is_null" },
    effect: "The configuration of this instance is not valid any more: updating or syncing it is refused.",
    remedy: "Set config.status_code; 503 is the default.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.1.0.0",
      "Kong/kong@3.1.1 kong/plugins/request-termination/schema.lua",
    ],
  },
  {
    id: "32-jwt-two-tokens",
    title: "jwt: a request with different tokens in several places is refused",
    since: "3.2",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "plugin", name: "jwt", path: "config.cookie_names", predicate: "length_gt", value: 0 },
        { kind: "plugin", name: "jwt", path: "config.uri_param_names", predicate: "length_gt", value: 1 },
        { kind: "plugin", name: "jwt", path: "config.header_names", predicate: "length_gt", value: 1 },
        {
          all: [
            { kind: "plugin", name: "jwt", path: "config.uri_param_names", predicate: "length_gt", value: 0 },
            {
              kind: "manual",
              question:
                "Do clients send one token in the query (e.g. ?jwt=…) and another one in the Authorization header?",
            },
          ],
        },
      ],
    },
    effect: "Clients that send one token in the query, a header or a cookie and another in a second place get 401.",
    remedy: "Make clients send one token, and take places that nobody uses out of the configuration.",
    note: "The same token twice is accepted.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.2",
      "Kong/kong@3.2.2 kong/plugins/jwt/handler.lua",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "32-session-library",
    title: "All sessions end at the upgrade",
    since: "3.2",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "plugin", name: "/^(session|openid-connect|saml)$/" },
        { kind: "conf", key: "admin_gui_session_conf", predicate: "is_set" },
        { kind: "conf", key: "portal_session_conf", predicate: "is_set" },
      ],
    },
    effect:
      "The session format is new: everybody who is logged in has to log in again, and once more after a way back. While old and new nodes serve side by side, a session ends each time it reaches the other version.",
    remedy:
      "Announce it. Keep the time of mixed nodes short or shift the traffic at once. Users of Kong Manager and the Dev Portal log in again after the control plane, clients of the plugins after the data planes.",
    note: "openid-connect, saml, Kong Manager and Dev Portal: Enterprise.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.2",
      "Kong/kong@3.2.0 CHANGELOG.md",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "32-session-timeouts",
    title: "Sessions end after 24 hours, and where nothing is set after 15 minutes without a request",
    since: "3.2",
    edition: "both",
    area: "plugin",
    severity: "changes_behaviour",
    when: {
      any: [
        { kind: "plugin", name: "session", path: "config.absolute_timeout", predicate: "not_set" },
        { kind: "plugin", name: oidcAndSaml, path: "config.session_absolute_timeout", predicate: "not_set" },
        {
          all: [
            { kind: "file_plugin", name: "session", path: "config.idling_timeout", predicate: "not_set" },
            { kind: "file_plugin", name: "session", path: "config.cookie_idletime", predicate: "not_set" },
          ],
        },
        {
          all: [
            { kind: "file_plugin", name: oidcAndSaml, path: "config.session_idling_timeout", predicate: "not_set" },
            { kind: "file_plugin", name: oidcAndSaml, path: "config.session_cookie_idletime", predicate: "not_set" },
          ],
        },
      ],
    },
    effect:
      "A session ends 86400 s after the login, however busy it is. An instance that is written anew without an idle time ends sessions after 900 s without a request, too.",
    byMigration: "Stored instances keep the times they have under the old names, also that they have no idle time.",
    remedy:
      "Set idling_timeout and absolute_timeout (openid-connect and saml: session_idling_timeout, session_absolute_timeout) where longer sessions are wanted, once all nodes run 3.2 or later.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.2",
      "Kong/kong@3.2.2 kong/plugins/session/schema.lua",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "32-session-renames",
    title: "Fields of sessions were renamed or removed",
    since: "3.2",
    edition: "both",
    area: "plugin",
    severity: "deprecation",
    when: {
      any: [
        {
          kind: "file_plugin",
          name: "session",
          path: "config.*",
          predicate: "key_matches",
          value: "^cookie_(lifetime|idletime|samesite|httponly|discard|renew|persistent)$",
        },
        {
          kind: "file_plugin",
          name: oidcAndSaml,
          path: "config.*",
          predicate: "key_matches",
          value:
            "^session_(cookie_(lifetime|idletime|samesite|httponly|renew|maxsize)|memcache_(prefix|socket|host|port)|redis_cluster_maxredirections|strategy|compressor)$",
        },
        {
          kind: "file_plugin",
          name: "openid-connect",
          path: "config.*",
          predicate: "key_matches",
          value: "^authorization_cookie_(lifetime|samesite|httponly)$",
        },
      ],
    },
    effect:
      "Renamed fields go on working under their old names. Removed ones (cookie_renew, and session_cookie_renew, session_cookie_maxsize, session_strategy, session_compressor of openid-connect and saml) do nothing any more.",
    byMigration: "Stored instances are read under the new names.",
    remedy:
      "Rename them in files, but only when every control plane and data plane runs 3.2 or later. cookie_samesite (authorization_cookie_samesite, session_cookie_samesite) becomes cookie_same_site; its value off becomes Lax.",
    fixes: [
      ...sessionFields.flatMap(([plugin, fields]) =>
        Object.entries(fields).map(([from, to]): Fix => ({
          kind: "rename_field",
          plugin,
          from: `config.${from}`,
          to: `config.${to}`,
        })),
      ),
      ...removedSessionFields.flatMap(([plugin, fields]) =>
        fields.map((field): Fix => ({ kind: "remove_field", plugin, field: `config.${field}` })),
      ),
    ],
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.2",
      "Kong/kong@3.2.2 kong/plugins/session/schema.lua",
      "Kong/kong@3.9.3 kong/clustering/compat/init.lua",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "32-oauth2-refresh-ttl",
    title: "oauth2: refresh_token_ttl lies between 0 and 100000000",
    since: "3.2",
    edition: "both",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "plugin", name: "oauth2", path: "config.refresh_token_ttl", predicate: "gt", value: 100_000_000 },
        { kind: "plugin", name: "oauth2", path: "config.refresh_token_ttl", predicate: "lt", value: 0 },
      ],
    },
    effect:
      "The configuration of this instance is not valid any more: updating or syncing it is refused, and a DB-less node does not take the file.",
    remedy: "Set a value in the range; 0 means that refresh tokens never expire.",
    sources: ["Kong/kong@3.2.0 CHANGELOG.md", "Kong/kong@3.2.2 kong/plugins/oauth2/schema.lua"],
  },
  {
    id: "32-fips-key-auth-enc",
    title: "In FIPS mode credentials of key-auth-enc must be hashed again",
    since: "3.2",
    edition: "enterprise",
    area: "plugin",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "conf", key: "fips", predicate: "equals", value: "on" },
        { kind: "plugin", name: "key-auth-enc" },
      ],
    },
    effect: "Stored keys carry a SHA-1 hash; requests with them can get 401 until each credential was written again.",
    remedy:
      "After the upgrade send a PATCH or POST for every credential of key-auth-enc, and test one key per consumer.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.2.1.0"],
  },
  {
    id: "32-dataplane-rla-redis",
    title: "rate-limiting-advanced: the control plane does not count in Redis any more",
    since: "3.2.2.4",
    also: ["3.3"],
    edition: "enterprise",
    area: "plugin",
    severity: "info",
    applies: { topology: ["hybrid"] },
    when: {
      kind: "plugin",
      name: "rate-limiting-advanced",
      path: "config.strategy",
      predicate: "equals",
      value: "redis",
    },
    effect: "Limits work as before; the control plane stops creating namespaces and syncing counters in Redis.",
    remedy: "Nothing to do. The control plane needs no access to that Redis any more.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.2.2.4, 3.3.0.0"],
  },
];

import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const guideLts = "Kong docs, Enterprise LTS 2.8 to 3.4 guide, kong.conf changes";

export const kongConf31To34Hazards: readonly Hazard[] = [
  {
    id: "31-regex-cache",
    title: "The cache of compiled patterns holds 8192 entries, and Kong warns when that is too few",
    since: "3.1",
    edition: "both",
    area: "kong.conf",
    severity: "info",
    when: {
      all: [
        { kind: "conf", key: "router_flavor", predicate: "equals", value: "traditional" },
        { kind: "conf", key: "nginx_http_lua_regex_cache_max_entries", predicate: "absent" },
      ],
    },
    effect: "With very many regex routes on the traditional router the log has a new warning; nothing else changes.",
    remedy: "Raise nginx_http_lua_regex_cache_max_entries above the number of regex paths when the warning comes.",
    sources: ["Kong/kong@3.1.0 CHANGELOG.md"],
  },
  {
    id: "32-pg-ssl-version",
    title: "pg_ssl_version takes tlsv1_1, tlsv1_2, tlsv1_3 and any only",
    since: "3.2",
    edition: "enterprise",
    area: "kong.conf",
    severity: "stops_start",
    when: {
      kind: "conf",
      key: "pg_ssl_version",
      predicate: "not_in",
      value: ["tlsv1_1", "tlsv1_2", "tlsv1_3", "any"],
    },
    effect: "Kong does not start, and `kong migrations` does not run: the value is refused.",
    remedy: "Set tlsv1_2 or tlsv1_3, and check that PostgreSQL offers it (ssl_min_protocol_version).",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.2", guideLts],
  },
  {
    id: "32-pg-ssl-version-default",
    title: "Connections to PostgreSQL over TLS need TLS 1.2 by default",
    since: "3.2",
    edition: "enterprise",
    area: "kong.conf",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "conf", key: "pg_ssl", predicate: "equals", value: "on" },
        { kind: "conf", key: "pg_ssl_version", predicate: "absent" },
      ],
    },
    effect:
      "Kong offers PostgreSQL nothing older than TLS 1.2 any more. A server, or a proxy before it, that knows only older versions refuses the connection, and the node does not start.",
    remedy:
      "Check before the upgrade that the server speaks TLS 1.2, for example with `openssl s_client -starttls postgres -tls1_2`; else set pg_ssl_version.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.2", guideLts],
  },
  {
    id: "32-allow-debug-header",
    title: "Kong-Debug is ignored unless allow_debug_header = on",
    since: "3.2",
    edition: "both",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: {
      any: [
        {
          all: [
            { kind: "conf", key: "allow_debug_header", predicate: "absent" },
            { kind: "client", predicate: "matches", value: "(?i)kong-debug" },
          ],
        },
        {
          all: [
            { kind: "conf", key: "allow_debug_header", predicate: "absent" },
            {
              kind: "manual",
              question: "Do tests, monitoring or clients send the header Kong-Debug: 1?",
              answeredBy: "scripts",
            },
          ],
        },
      ],
    },
    effect: "What reads the matched route or service from the debug headers of an answer finds none.",
    remedy: "Set allow_debug_header = on where they are needed; a response-transformer that only hides them can go.",
    note: "Kong's changelog lists it under 3.1; the key is in the default file from 3.2.0 on.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.2",
      "Kong/kong@3.2.0 kong/templates/kong_defaults.lua",
      guideLts,
    ],
  },
  {
    id: "34-pg-keepalive-timeout",
    title: "pg_keepalive_timeout follows lua_socket_keepalive_timeout",
    since: "3.2",
    edition: "enterprise",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: {
      any: [
        {
          all: [
            { kind: "conf", key: "pg_keepalive_timeout", predicate: "absent" },
            { kind: "conf", key: "nginx_http_lua_socket_keepalive_timeout", predicate: "present" },
          ],
        },
        { kind: "conf", key: "pg_keepalive_timeout", predicate: "equals", value: "0" },
      ],
    },
    effect:
      "Idle connections to PostgreSQL are kept as long as you set for all sockets of Lua, instead of 60 s; 0 means for ever. A database proxy or firewall that cuts them earlier makes queries fail.",
    remedy: "Set pg_keepalive_timeout = 60000 (milliseconds) to keep the old time.",
    note: "Enterprise 2.8 had 60000; OSS knows the key since 3.2. The boundary inside Enterprise is taken from the OSS change. Without lua_socket_keepalive_timeout nothing changes, its default is 60 s.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md",
      "Kong/kong@3.2.0 CHANGELOG.md",
      guideLts,
    ],
  },
  {
    id: "33-tracing-rate",
    title: "Only 1 % of traces are kept by default",
    since: "3.3",
    edition: "both",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: {
      all: [
        {
          any: [
            { kind: "conf", key: "tracing_instrumentations", predicate: "not_in", value: ["off", ""] },
            { kind: "conf", key: "opentelemetry_tracing", predicate: "not_in", value: ["off", ""] },
          ],
        },
        { kind: "conf", key: "tracing_sampling_rate", predicate: "absent" },
        { kind: "conf", key: "opentelemetry_tracing_sampling_rate", predicate: "absent" },
      ],
    },
    effect: "99 of 100 traces are missing, because no rate is set: alerts and dashboards over traces see less.",
    remedy: "Set tracing_sampling_rate = 1 to keep all.",
    sources: ["Kong/kong@3.3.0 CHANGELOG.md"],
  },
  {
    id: "34-cluster-max-payload",
    title: "cluster_max_payload is 16 MiB by default instead of 4 MiB",
    since: "3.4",
    edition: "both",
    area: "kong.conf",
    severity: "info",
    applies: { topology: ["hybrid"] },
    when: { kind: "conf", key: "cluster_max_payload", predicate: "absent" },
    effect:
      "New nodes take a configuration of up to 16 MiB, data planes that are still on the old version only 4 MiB: while both run, a larger one does not reach the old ones.",
    remedy: "Keep the configuration below 4 MiB until all data planes are upgraded, or raise the key on the old ones.",
    sources: ["Kong/kong@3.4.0 CHANGELOG.md"],
  },
  {
    id: "34-lmdb-map-size",
    title: "lmdb_map_size is 2048m by default instead of 128m",
    since: "3.4",
    edition: "both",
    area: "kong.conf",
    severity: "changes_behaviour",
    applies: { topology: ["hybrid", "dbless"] },
    when: { kind: "conf", key: "lmdb_map_size", predicate: "absent" },
    effect:
      "The file of the local configuration store is 2 GiB of address space, sparse on disk: a volume, quota or copy that counts its full size runs full.",
    remedy: "Check limits of the volume that holds the prefix, or set lmdb_map_size = 128m.",
    sources: ["Kong/kong@3.4.0 CHANGELOG.md", "Kong/kong@3.3.1 and @3.4.0 kong/templates/kong_defaults.lua"],
  },
  {
    id: "34-kong-manager-oss",
    title: "New listeners: Kong Manager opens 8002 and 8445 on all addresses",
    since: "3.4",
    edition: "oss",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: { kind: "conf", key: "admin_gui_listen", predicate: "absent" },
    effect:
      "The node serves an interface without any login on all addresses, and two nodes on one machine meet on these ports.",
    remedy: "Set admin_gui_listen = off, or give each node its own port and close it to others.",
    sources: ["Kong/kong@3.4.0 CHANGELOG.md", "Kong/kong@3.4.2 kong/templates/kong_defaults.lua"],
  },
  {
    id: "34-expired-license",
    title: "An expired licence makes Enterprise features read-only after 30 days",
    since: "3.4.3.5",
    edition: "enterprise",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: { kind: "license", path: "expiration_date", predicate: "before_plus_days", value: 30 },
    effect:
      "Your licence has ended or ends within 30 days; 30 days after its end Enterprise plugins and entities can no longer be changed.",
    remedy: "Renew it before the upgrade.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.4.3.5"],
  },
];

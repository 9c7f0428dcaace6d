import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const tlsVerify = "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/tls-verify-314.md";
const breaking314 = "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.14";
const ltsChanges310 = "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-310-314.md";

export const kongConf39ToAnyHazards: readonly Hazard[] = [
  {
    id: "39-drain",
    title: "`kong drain` takes a node out of service before it is stopped",
    since: "3.9",
    edition: "both",
    area: "kong.conf",
    severity: "info",
    when: { kind: "always" },
    effect: "Nothing changes by itself. After the upgrade a node can say 503 on /status/ready while it still serves.",
    remedy: "Run `kong drain` before stopping a node, and let the load balancer ask /status/ready.",
    sources: ["Kong/kong@3.9.0 CHANGELOG.md"],
  },
  {
    id: "310-free-mode",
    title: "There is no free mode any more",
    since: "3.10",
    edition: "enterprise",
    area: "kong.conf",
    severity: "breaks_traffic",
    when: { kind: "license", predicate: "absent" },
    effect:
      "No licence was found: the node behaves as with an expired one, so Enterprise plugins and entities can no longer be changed.",
    remedy: "Have a valid licence before the upgrade (POST /licenses, KONG_LICENSE_DATA or KONG_LICENSE_PATH).",
    note: "Kong's page on breaking changes says deprecated, its changelog says no longer available. A blog post of 2023 says that a licence can come later.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.10 (says deprecated)",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.10.0.0 (says no longer available)",
      "Kong blog, OSS to Enterprise",
    ],
  },
  {
    id: "311-wasm",
    title: "Wasm filters are gone",
    since: "3.11",
    edition: "enterprise",
    area: "kong.conf",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "conf", key: "wasm", predicate: "equals", value: "on" },
        { kind: "conf", key: "/^(?:nginx_)?wasm_/", predicate: "present" },
        { kind: "filter_chain" },
      ],
    },
    effect: "The filters are not run: requests pass without what they did, and wasm keys are ignored.",
    remedy: "Replace filters by plugins (datakit for the filter of that name); remove wasm keys and filter chains.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.11", ltsChanges310],
  },
  {
    id: "312-proxy-server-verify",
    title: "The certificate of the forward proxy is checked by default",
    since: "3.12",
    edition: "enterprise",
    area: "kong.conf",
    severity: "breaks_traffic",
    applies: { topology: ["hybrid"] },
    when: {
      all: [
        { kind: "conf", key: "cluster_use_proxy", predicate: "equals", value: "on" },
        { kind: "conf", key: "proxy_server", predicate: "matches", value: "^https://" },
        { kind: "conf", key: "proxy_server_ssl_verify", predicate: "absent" },
      ],
    },
    effect:
      "Data planes cannot reach their control plane when they do not trust the proxy's certificate: they get no configuration.",
    remedy: "Add the proxy's authority to lua_ssl_trusted_certificate, or set proxy_server_ssl_verify = off.",
    sources: ["Kong/developer.konghq.com@bc1cd742 kong.conf of 3.11 and 3.12 compared"],
  },
  {
    id: "314-tls-verify",
    title: "Certificates of TLS services are checked by default",
    since: "3.14",
    edition: "enterprise",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "conf", key: "tls_certificate_verify", predicate: "absent" },
        { kind: "service", path: "protocol", predicate: "in", value: ["https", "tls", "grpcs", "wss"] },
        { kind: "service", path: "tls_verify", predicate: "not_set" },
      ],
    },
    effect:
      "tls_certificate_verify is on unless it is set, and these services leave it open whether their upstream's certificate is checked: an upstream with a certificate that Kong does not trust may be refused with 502.",
    remedy:
      "Set tls_verify and ca_certificates on the services, and try one upstream of each kind on the new version; tls_certificate_verify = off brings the old behaviour back.",
    note: "Kong's document describes services with tls_verify = false only; see the entries 314-tls-*.",
    sources: [breaking314, tlsVerify],
  },
  {
    id: "314-tls-hcv",
    title: "HashiCorp Vault over TLS needs a trusted certificate",
    since: "3.14",
    edition: "enterprise",
    area: "kong.conf",
    severity: "breaks_traffic",
    applies: { conf: { tls_certificate_verify: ["unset", "on"] } },
    when: {
      any: [
        {
          all: [
            { kind: "vault", path: "name", predicate: "equals", value: "hcv" },
            { kind: "vault", path: "config.protocol", predicate: "equals", value: "https" },
          ],
        },
        { kind: "conf", key: "vault_hcv_protocol", predicate: "equals", value: "https" },
      ],
    },
    effect:
      "References into this vault are not resolved when its certificate is not trusted, and what uses them fails.",
    remedy: "Add the authority of the vault to lua_ssl_trusted_certificate.",
    sources: [tlsVerify],
  },
  {
    id: "314-untrusted-lua",
    title: "Lua code in the configuration may not use the network",
    since: "3.14",
    edition: "enterprise",
    area: "kong.conf",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "conf", key: "untrusted_lua", predicate: "absent" },
        {
          any: [
            {
              kind: "plugin",
              name: "*",
              path: "config.*",
              predicate: "matches",
              value: "\\bngx\\.socket\\b|\\bngx\\.location\\.capture|\\brequire\\s*\\(?\\s*[\"']",
            },
            { kind: "conf", key: "untrusted_lua_sandbox_requires", predicate: "not_in", value: [""] },
            { kind: "conf", key: "untrusted_lua_sandbox_environment", predicate: "not_in", value: [""] },
          ],
        },
      ],
    },
    effect:
      "untrusted_lua is strict unless it is set: network calls fail, and untrusted_lua_sandbox_requires and _environment allow nothing any more, so this code ends with an error.",
    remedy:
      "Move such code into a custom plugin, or set untrusted_lua = lax (network, but no extensions) or sandbox (as before, not advised).",
    note: "3.14.0.11 repairs the mode sandbox for code that creates globals.",
    sources: [breaking314, ltsChanges310],
  },
  {
    id: "314-alias-mode",
    title: "schema_alias_conflict_mode decides about old and new names with different values",
    since: "3.14",
    edition: "enterprise",
    area: "kong.conf",
    severity: "info",
    when: { kind: "plugin", name: "*", path: "config.*", predicate: "alias_mismatch" },
    effect: "These fields stay refused by default, as before; the value warn lets them pass, and the new name wins.",
    remedy: "Keep one of the two names; use warn only for the time of the upgrade.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.14.0.0"],
  },
  {
    id: "315-analytics-buffer",
    title: "analytics_buffer_size_limit is 10000 by default instead of 100000",
    since: "3.15",
    edition: "enterprise",
    area: "kong.conf",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "conf", key: "konnect_mode", predicate: "equals", value: "on" },
        { kind: "conf", key: "analytics_buffer_size_limit", predicate: "absent" },
      ],
    },
    effect: "A data plane keeps fewer messages while it cannot reach Konnect: figures of busy times are lost earlier.",
    remedy: "Set analytics_buffer_size_limit = 100000 where losing them matters.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/kong-conf of 3.14 and 3.15 compared"],
  },
  {
    id: "28-lts34-check",
    title: "2.8.4.14 and later can check a kong.conf for 3.4",
    since: "any",
    edition: "enterprise",
    area: "kong.conf",
    severity: "info",
    when: {
      all: [
        { kind: "version", path: "from", predicate: "matches", value: "^2\\.8\\." },
        { kind: "version", path: "to", predicate: "matches", value: "^3\\.4\\." },
      ],
    },
    effect: "Nothing changes by itself; Kong has a check for exactly this step.",
    remedy:
      "With 2.8.4.14 or later run `kong check --lts_34_compatibility <kong.conf>` (see `kong check --help` for the spelling).",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 2.8.4.14"],
  },
  {
    id: "310-lts314-check",
    title: "3.10.0.11 and later can check a kong.conf for 3.14",
    since: "any",
    edition: "enterprise",
    area: "kong.conf",
    severity: "info",
    when: {
      all: [
        { kind: "version", path: "from", predicate: "matches", value: "^3\\.10\\." },
        { kind: "version", path: "to", predicate: "matches", value: "^3\\.14\\." },
      ],
    },
    effect: "Nothing changes by itself; Kong has a check for exactly this step.",
    remedy:
      "With 3.10.0.11 or later run `kong check --lts-314-compatibility /path/to/kong.conf` (Kong's changelog spells it --lts_314_compatibility).",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-upgrade.md",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.10.0.11",
    ],
  },
];

import type { Hazard } from "#src/kong/catalogue/hazard.ts";
import { namesTemplate } from "./nginx-template-any.ts";

/** A template that carries Kong's whole http part, instead of including the nginx-kong.conf that Kong writes. */
const wholeTemplate = "Kong\\.init_worker\\(";
/** A template around the nginx-kong.conf that Kong writes itself. */
const wrapper = "include\\s+['\"]?nginx-kong\\.conf";

export const nginxTemplate21To35Hazards: readonly Hazard[] = [
  {
    id: "21-keepalive-wrong-response",
    title: "2.1.0 and 2.1.1 can send the answer of a failed request to another client",
    since: "2.1",
    fixedIn: ["2.1.2"],
    edition: "both",
    area: "nginx-template",
    severity: "breaks_traffic",
    when: { kind: "always" },
    effect: "Clients can get an answer that belongs to somebody else's request.",
    remedy:
      "Do not stop on 2.1.0 or 2.1.1; take the last 2.1 patch. Until then upstream_keepalive_pool_size = 0 avoids it.",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.1.0/2.1.2"],
  },
  {
    id: "24-openresty-119",
    title: "The nginx template changed with OpenResty 1.19.3",
    since: "2.4",
    edition: "both",
    area: "nginx-template",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "nginx_template", predicate: "matches", value: wholeTemplate },
        { kind: "nginx_template", predicate: "not_matches", value: "error_page\\s+400\\s+404\\s+405\\b" },
      ],
    },
    effect:
      "Your template keeps the old error pages: clients get nginx's own page instead of Kong's for 405, and what else 2.4 changed is missing.",
    remedy: "Take the template of the new version and apply your changes to it again.",
    sources: [
      "Kong/kong@2.3.3 and @2.4.1 kong/templates/nginx_kong.lua",
      "Kong/kong@master CHANGELOG-OLD.md 2.4.0",
      "Kong docs, upgrade guide 3.0.x",
    ],
  },
  {
    id: "30-opentracing",
    title: "The nginx-opentracing module is deprecated",
    since: "3.0",
    edition: "both",
    area: "nginx-template",
    severity: "deprecation",
    when: {
      any: [
        { kind: "conf", key: "nginx_http_opentracing", predicate: "present" },
        { kind: "conf", key: "nginx_main_load_module", predicate: "matches", value: "opentracing" },
        { kind: "nginx_template", predicate: "matches", value: "opentracing" },
      ],
    },
    effect: "Your traces stop with 4.0, where the module goes; in Enterprise 3.0.0.0 it does not work at all.",
    remedy: "Move to the opentelemetry plugin.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.0.0.0",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-custom-template",
    title: "A custom nginx template of 2.x has to be rebased",
    since: "3.0",
    edition: "both",
    area: "nginx-template",
    severity: "stops_start",
    when: {
      any: [
        {
          all: [
            { kind: "nginx_template", predicate: "matches", value: wholeTemplate },
            { kind: "nginx_template", predicate: "not_matches", value: "(?i)worker_events" },
          ],
        },
        {
          all: [
            { kind: "nginx_template", predicate: "matches", value: wrapper },
            {
              kind: "nginx_template",
              predicate: "not_matches",
              value: "lmdb_environment_path|nginx-inject\\.conf",
            },
            { kind: "conf", key: "database", predicate: "equals", value: "off" },
          ],
        },
        { kind: "conf", key: "nginx_conf", predicate: "present" },
        { kind: "cli", predicate: "matches", value: namesTemplate },
      ],
    },
    effect:
      "A node with this template does not start, or its workers do not hear of changes: the server for worker events is missing, and without a database the lmdb directives too.",
    remedy:
      "Compare the templates of both versions (OSS: git diff -w OLD NEW kong/templates/; Enterprise: the folder templates of both packages), take the new one and apply your changes to it again. Best keep only a wrapper that includes nginx-kong.conf.",
    note: "Seen in the text of the template, or by the key nginx_conf or the option --nginx-conf alone. Templates change in every minor version; see also the entries for 3.3, 3.4 and 3.9.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/kong@2.8.5 and @3.0.2 kong/templates/nginx_kong.lua, nginx.lua",
      "Kong docs, upgrade page of 2.x",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-serve-admin-api",
    title: "Kong.serve_admin_api() is gone",
    since: "3.0",
    edition: "both",
    area: "nginx-template",
    severity: "breaks_traffic",
    when: { kind: "nginx_template", predicate: "matches", value: "\\bserve_admin_api\\b" },
    effect: "The Admin API answers 500 to every request, because the template calls a function that is not there.",
    remedy: "Call Kong.admin_content() instead; it exists in 2.x already, so change it before the upgrade.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "31-trace-body",
    title: 'The body of an answer to TRACE is "Method not allowed"',
    since: "3.1",
    edition: "both",
    area: "nginx-template",
    severity: "info",
    when: {
      any: [
        {
          kind: "client",
          predicate: "matches",
          value: "(?i)(?:-X|--request)[\\s=]*[\"']?TRACE\\b|\\btrace\\s+https?:",
        },
        {
          kind: "manual",
          question: "Does anything read the body of an answer to TRACE?",
          answeredBy: "scripts",
        },
      ],
    },
    effect: "What reads the old text finds another one.",
    remedy: "Look at the status instead.",
    sources: ["Kong/kong@3.1.0 CHANGELOG.md"],
  },
  {
    id: "31-wrpc-listener",
    title: "The wRPC listener of 3.0 and 3.1 is gone from the template",
    since: "3.2",
    edition: "both",
    area: "nginx-template",
    severity: "breaks_traffic",
    applies: { topology: ["hybrid"] },
    when: { kind: "nginx_template", predicate: "matches", value: "serve_wrpc_listener" },
    effect:
      "The control plane fails on every call to /v1/wrpc, because the template calls a function that is not there.",
    remedy: "Remove the location block.",
    sources: ["Kong/kong@3.2.2 kong/templates/nginx_kong.lua"],
  },
  {
    id: "32-charset",
    title: "A template's own charset line meets the one that nginx_http_charset writes",
    since: "3.2",
    edition: "both",
    area: "nginx-template",
    severity: "stops_start",
    when: {
      any: [
        {
          all: [
            { kind: "nginx_template", predicate: "matches", value: "^\\s*charset\\s" },
            { kind: "nginx_template", predicate: "matches", value: "\\bnginx_http_directives\\b" },
            // Templates of 3.2 and later have the line in servers of their own only.
            { kind: "nginx_template", predicate: "not_matches", value: "SSL_SESSION_CACHE_SIZE" },
          ],
        },
        {
          all: [
            { kind: "nginx_template", predicate: "matches", value: wrapper },
            { kind: "nginx_template", predicate: "matches", value: "^\\s{0,4}charset\\s" },
          ],
        },
      ],
    },
    effect:
      'charset is a setting since 3.2 (nginx_http_charset, UTF-8 by default) that Kong writes into the http part: nginx ends with ""charset" directive is duplicate" where the template has the line there too, and the node does not start.',
    remedy: "Delete the charset line from the http part of the template, and set nginx_http_charset instead.",
    note: "Kong's changelog of 3.2.1.0 also says that no charset is added to answers without one any more; the default of the new setting keeps it.",
    sources: [
      "Kong/kong@3.1.1 and @3.2.2 kong/templates/nginx_kong.lua, kong_defaults.lua",
      "Kong/kong pulls #9905 and #10111",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.2.1.0",
    ],
  },
  {
    id: "33-worker-events",
    title: "Worker events over shared memory are gone",
    since: "3.3",
    edition: "both",
    area: "nginx-template",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "nginx_template", predicate: "matches", value: wholeTemplate },
        { kind: "nginx_template", predicate: "matches", value: "kong_process_events" },
        { kind: "nginx_template", predicate: "not_matches", value: "(?i)worker_events" },
      ],
    },
    effect:
      "The workers of a node with this template do not reach each other: a change of configuration that one of them hears of does not reach the others.",
    remedy: "Take the template of the new version, which has a server for worker events, and drop kong_process_events.",
    sources: ["Kong/kong@3.3.1 kong/templates/kong_defaults.lua, nginx_kong.lua"],
  },
  {
    id: "34-nginx-includes",
    title: "Templates include nginx-inject.conf and nginx-kong-inject.conf, and need the shared memory kong_secrets",
    since: "3.4",
    edition: "both",
    area: "nginx-template",
    severity: "stops_start",
    when: {
      any: [
        {
          all: [
            { kind: "nginx_template", predicate: "matches", value: wholeTemplate },
            { kind: "nginx_template", predicate: "not_matches", value: "\\bkong_secrets\\b" },
          ],
        },
        {
          all: [
            { kind: "nginx_template", predicate: "matches", value: wrapper },
            { kind: "nginx_template", predicate: "not_matches", value: "lmdb_environment_path|nginx-inject\\.conf" },
            { kind: "conf", key: "database", predicate: "equals", value: "off" },
          ],
        },
      ],
    },
    effect:
      "A node with this template fails when it reads or rotates secrets, trusts no authorities for Lua's TLS connections, and without a database does not start.",
    remedy: "Take the template of the new version and apply your changes to it again.",
    sources: [
      "Kong/kong@3.4.2 kong/templates/nginx.lua, nginx_kong.lua, nginx_inject.lua, nginx_kong_inject.lua, kong/pdk/vault.lua",
    ],
  },
  {
    id: "35-request-id",
    title: "Kong sends X-Kong-Request-Id to clients and upstreams",
    since: "3.5",
    edition: "both",
    area: "nginx-template",
    severity: "changes_behaviour",
    when: {
      any: [
        { kind: "conf", key: "headers", predicate: "absent" },
        { kind: "conf", key: "headers_upstream", predicate: "absent" },
      ],
    },
    effect:
      "Every request and answer carries a new header, and error bodies and the access log a request id: what compares whole header sets or error bodies sees a difference.",
    remedy: "Adapt what compares them, or set headers and headers_upstream without x-kong-request-id.",
    sources: ["Kong/kong@3.5.0 CHANGELOG.md", "Kong/kong@3.5.0 kong/templates/kong_defaults.lua"],
  },
];

import type { Hazard } from "#src/kong/catalogue/hazard.ts";

export const nginxTemplate36To310Hazards: readonly Hazard[] = [
  {
    id: "36-duplicate-cl-te",
    title: "Upstream answers with a doubled Content-Length, or with Content-Length and Transfer-Encoding, become 502",
    since: "3.6",
    edition: "both",
    area: "nginx-template",
    severity: "breaks_traffic",
    when: {
      kind: "manual",
      question: "Do upstreams answer with a doubled Content-Length, or with Content-Length and Transfer-Encoding?",
    },
    effect: "Such answers reach clients as 502 Bad Gateway.",
    remedy: "Ask each upstream with `curl -si` and repair those that do, before the upgrade.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.6",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-34-310.md",
    ],
  },
  {
    id: "38-sockets-dir",
    title: "Internal sockets moved to the folder sockets of the prefix",
    since: "3.8",
    also: ["3.4.3.13", "3.6.1.8", "3.7.1.3"],
    edition: "both",
    area: "nginx-template",
    severity: "breaks_traffic",
    when: {
      any: [
        {
          kind: "nginx_template",
          predicate: "matches",
          value: "unix:\\$\\{\\{PREFIX\\}\\}/(?:stream_)?worker_events\\.sock",
        },
        { kind: "client", predicate: "matches", value: "(?<!sockets)/(?:stream_)?worker_events\\.sock" },
      ],
    },
    effect:
      "A template that listens on the old path cuts the workers of a node off from each other; scripts, probes and security profiles that name the old path find nothing.",
    remedy: "Use SOCKET_PATH in templates and <prefix>/sockets everywhere else.",
    sources: [
      "Kong/kong@3.8.0 CHANGELOG.md",
      "Kong/kong@3.8.1 kong/templates",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.4.3.13, 3.6.1.8, 3.7.1.3",
    ],
  },
  {
    id: "38-via-header",
    title: "Kong sends a Via header to upstreams",
    since: "3.8",
    edition: "both",
    area: "nginx-template",
    severity: "changes_behaviour",
    when: {
      kind: "manual",
      question:
        "Do upstreams react to a Via header, for example caches, or compression in IIS and nginx (gzip_proxied)?",
    },
    effect: "Such upstreams may answer without compression or from another cache entry.",
    remedy: "Check compression and caching of the upstreams with a request that carries Via.",
    sources: ["Kong/kong@3.8.0 CHANGELOG.md"],
  },
  {
    id: "39-ssl-client-hello",
    title: "The template has a ssl_client_hello_by_lua block",
    since: "3.9",
    edition: "both",
    area: "nginx-template",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "nginx_template", predicate: "matches", value: "ssl_certificate_by_lua" },
        { kind: "nginx_template", predicate: "not_matches", value: "ssl_client_hello_by_lua" },
      ],
    },
    effect:
      "With this template Kong is not asked at the start of a TLS handshake, so HTTP/2 stays on where a plugin wants it off (ai-proxy does).",
    remedy: "Take the template of the new version and apply your changes to it again.",
    sources: ["Kong/kong@3.9.3 kong/templates/nginx_kong.lua", "Kong/kong pull #13735"],
  },
  {
    id: "310-connection-pool",
    title: "3.10.0.0 and 3.10.0.1 pool connections to upstreams wrongly",
    since: "3.10.0.0",
    fixedIn: ["3.10.0.2"],
    edition: "enterprise",
    area: "nginx-template",
    severity: "breaks_traffic",
    when: { kind: "always" },
    effect: "Connections to upstreams are not reused as they should be, so requests get slower or fail under load.",
    remedy: "Take 3.10.0.2 or later.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.10.0.0"],
  },
];

import type { Hazard } from "#src/kong/catalogue/hazard.ts";

export const router37To314Hazards: readonly Hazard[] = [
  {
    id: "37-pcre2",
    title: "PCRE 8.45 replaced by PCRE2 10.43",
    since: "3.7",
    edition: "both",
    area: "router",
    severity: "stops_start",
    when: {
      any: [
        { kind: "route", path: "paths[*]", predicate: "matches", value: "^~" },
        { kind: "plugin", name: "*", path: "config.*", predicate: "looks_like_regex" },
      ],
    },
    effect: "",
    remedy:
      "Test all regexes in plugin configuration (request-transformer, bot-detection, cors, ip lists, pre-function) and, with router_flavor = traditional, of routes. Incompatible ones stop the configuration from loading.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.7", "Kong/kong@3.7.0 CHANGELOG.md"],
  },
  {
    id: "34-route-match-calculation",
    title: "route_match_calculation = original|strict",
    since: "3.11",
    also: ["3.4.3.19", "3.8.1.2", "3.9.1.2", "3.10.0.3"],
    edition: "enterprise",
    area: "router",
    severity: "info",
    when: {
      all: [
        { kind: "route", path: "snis", predicate: "is_set" },
        { kind: "route", path: "protocols", predicate: "contains", value: "https" },
      ],
    },
    effect: "",
    remedy: "Default original keeps behaviour; strict corrects priorities. Plan separately.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.4.3.19, 3.8.1.2, 3.9.1.2, 3.10.0.3, 3.11.0.0",
    ],
  },
  {
    id: "314-route-protocols",
    title: "Route default protocols https only",
    since: "3.14",
    edition: "enterprise",
    area: "router",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "file_route", path: "protocols", predicate: "not_set" },
        { kind: "client", predicate: "matches", value: "/routes" },
        { kind: "k8s", resource: "Ingress", predicate: "present" },
      ],
    },
    effect: "",
    remedy:
      "Existing rows stay. Write protocols explicitly in files, scripts and templates, else new routes refuse plain HTTP (426).",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.14",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-310-314.md",
    ],
  },
];

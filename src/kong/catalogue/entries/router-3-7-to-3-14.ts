import type { Hazard } from "#src/kong/catalogue/hazard.ts";

/**
 * What PCRE 8 took and PCRE2 refuses: a backslash before a letter without a meaning (PCRE2 error 103), and a class
 * such as \w at the start of a range (error 150).
 */
const refusedByPcre2 = "(?<!\\\\)(?:\\\\\\\\)*\\\\[FIJLMOTUYijlmquy]|\\[[^\\]]*\\\\[dswDSW]-[^\\]\\-]";

export const router37To314Hazards: readonly Hazard[] = [
  {
    id: "37-pcre2",
    title: "PCRE 8.45 was replaced by PCRE2 10.43",
    since: "3.7",
    edition: "both",
    area: "router",
    severity: "stops_start",
    when: {
      any: [
        {
          all: [
            { kind: "conf", key: "router_flavor", predicate: "equals", value: "traditional" },
            { kind: "route", path: "paths[*]", predicate: "matches", value: refusedByPcre2 },
          ],
        },
        {
          all: [
            { kind: "plugin", name: "*", path: "config.*", predicate: "looks_like_regex" },
            { kind: "plugin", name: "*", path: "config.*", predicate: "matches", value: refusedByPcre2 },
          ],
        },
      ],
    },
    effect:
      "PCRE2 does not compile these patterns. A route that has one keeps the whole configuration from loading; a plugin that has one fails when it uses the pattern.",
    remedy:
      "Drop the backslash before letters without a meaning and move a hyphen to the end of its class; then test every pattern on the new version.",
    note: "Found by pattern; PCRE2 decides. Routes use PCRE only with router_flavor = traditional.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.7",
      "Kong/kong@3.7.0 CHANGELOG.md",
      "PCRE2 10.43 pcre2pattern(3), pcre2api(3)",
    ],
  },
  {
    id: "34-route-match-calculation",
    title: "A switch corrects priorities of routes with SNIs: route_match_calculation",
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
    effect:
      "Nothing changes with the default (original). The value strict corrects how the priority of these routes is counted, and can then send requests to another route.",
    remedy: "Keep the default during the upgrade; plan strict as a change of its own.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.4.3.19, 3.8.1.2, 3.9.1.2, 3.10.0.3, 3.11.0.0",
    ],
  },
  {
    id: "314-route-protocols",
    title: "New routes take https only unless protocols are written down",
    since: "3.14",
    edition: "enterprise",
    area: "router",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "file_route", path: "protocols", predicate: "not_set" },
        {
          kind: "client",
          predicate: "matches",
          value: "(?i)(?:\\b|-x)(?:POST|PUT)\\b[^\\n]*/routes\\b(?![^\\n]*protocols)",
        },
      ],
    },
    effect:
      "Routes that these files or scripts create answer plain HTTP with 426 from then on. Rows that are in the database stay as they are.",
    remedy: "Write protocols explicitly in files, scripts and templates before the upgrade.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.14",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-310-314.md",
    ],
  },
];

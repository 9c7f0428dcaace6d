import type { Hazard } from "#src/kong/catalogue/hazard.ts";
import { plainPathPattern as plainPath } from "#src/kong/route-path.ts";

/** Anything else of the same line; texts are searched line by line. */
const rest = ".*";

/** `curl -XPOST` has no gap between option and method. */
const post = "(?:\\b|-x)post\\b";

/** Calls that create targets: POST by name, or curl and HTTPie with data and no method. */
const postsTargets = [
  `${post}${rest}/targets\\b`,
  `/targets\\b${rest}${post}`,
  "\\bhttps?\\s+(?:-\\S+\\s+)*[^\\s]*/targets\\s+\\w+:?=",
  `\\bcurl\\b(?!${rest}(?:-X|--request))(?=${rest}(?:\\s-d\\b|\\s-F\\b|--data|--form|--json))${rest}/targets\\b`,
].join("|");

/** Pipelines in YAML name address and method on lines of their own. */
const namesTargetsApart = `\\b(?:url|uri|path|endpoint)\\b["']?\\s*[:=]${rest}/targets\\b`;

export const adminApi22To34Hazards: readonly Hazard[] = [
  {
    id: "22-clustering-status-deprecated",
    title: "/clustering/status is deprecated",
    since: "2.2",
    edition: "both",
    area: "admin-api",
    severity: "deprecation",
    when: { kind: "client", predicate: "matches", value: "/clustering/status" },
    effect: "These scripts still get their answer, without version and sync status of the data planes.",
    remedy: "Read /clustering/data-planes instead.",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.2.0"],
  },
  {
    id: "22-duplicate-targets",
    title: "One entry per target of an upstream; no history of targets",
    since: "2.2",
    edition: "both",
    area: "admin-api",
    severity: "changes_behaviour",
    when: { kind: "upstream", path: "targets[*].target", predicate: "has_duplicates" },
    effect:
      "These upstreams hold a target several times; the newest entry counts, and a target is really deleted instead of getting a further entry with weight 0.",
    byMigration: "core/012_213_to_220 brings the history of targets in order.",
    remedy: "Delete the duplicates before; 3.0 deletes them in any case.",
    sources: ["Kong/kong@master CHANGELOG-OLD.md 2.2.0", "Kong/kong@2.8.5 kong/db/migrations/core/012_213_to_220.lua"],
  },
  {
    id: "30-tags-spaces",
    title: "Tags may hold spaces",
    since: "3.0",
    edition: "both",
    area: "admin-api",
    severity: "info",
    when: { kind: "client", predicate: "matches", value: "\\btags\\b" },
    effect:
      "A script that splits tags at spaces takes one tag for several as soon as somebody writes one with a space.",
    remedy: "Split tags by the list that the Admin API sends.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/kong@3.0.0 CHANGELOG.md",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-vitals-reports",
    title: "/vitals/reports is gone",
    since: "3.0",
    edition: "enterprise",
    area: "admin-api",
    severity: "changes_behaviour",
    when: { kind: "client", predicate: "matches", value: "/vitals/reports" },
    effect: "These scripts get 404 and the reports they make stay empty.",
    remedy:
      "Use /<workspace>/vitals/status_codes/by_consumer, /<workspace>/vitals/status_codes/by_service or /<workspace>/vitals/nodes; 3.5 takes all of Vitals away.",
    note: "The changelog of 3.1.1.2 only deprecates the endpoint; Kong's pages disagree on when it went.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-targets-post",
    title: "POST on /upstreams/…/targets only creates",
    since: "3.0",
    edition: "both",
    area: "admin-api",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "client", predicate: "matches", value: `(?i)${postsTargets}` },
        {
          all: [
            { kind: "client", predicate: "matches", value: `(?i)${namesTargetsApart}` },
            { kind: "manual", question: "Do these scripts send POST for targets that exist?" },
          ],
        },
        {
          all: [
            { kind: "upstream", path: "targets[*].target", predicate: "is_set" },
            {
              kind: "manual",
              question: "Do scripts or clients send POST to /upstreams/…/targets for targets that exist?",
              answeredBy: "scripts",
            },
          ],
        },
      ],
    },
    effect:
      "POST updated an existing target in 2.x; 3.x answers 409, so a script that changes weights or takes a target out no longer does so, and traffic goes on to the old one.",
    remedy: "Use PUT or PATCH on /upstreams/…/targets/<target> in scripts before the upgrade.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "30-available-on-server",
    title: "GET / lists plugins with version and priority instead of true",
    since: "3.0",
    edition: "both",
    area: "admin-api",
    severity: "changes_behaviour",
    when: { kind: "client", predicate: "matches", value: "available_on_server" },
    effect: "A script that compares an entry of plugins.available_on_server with true takes every plugin for missing.",
    remedy: "Ask only whether the plugin's name is there.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md",
      "Kong docs, upgrade guide 3.0.x",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
      "own recorded answers of 2.8.5 and 3.4.2",
    ],
  },
  {
    id: "31-non-normalised-paths",
    title: "The Admin API refuses prefix paths that are not in normal form",
    since: "3.1",
    edition: "both",
    area: "admin-api",
    severity: "changes_behaviour",
    when: {
      any: [
        {
          all: [
            { kind: "version", path: "from", predicate: "gte", value: "3.0" },
            { kind: "route", path: "paths[*]", predicate: "not_normalised" },
          ],
        },
        // 2.x takes the others for regular expressions; they get a ~, and are no prefix paths any more.
        {
          all: [
            { kind: "route", path: "paths[*]", predicate: "matches", value: plainPath },
            { kind: "route", path: "paths[*]", predicate: "not_normalised" },
          ],
        },
      ],
    },
    effect:
      "These routes go on working, but a sync or script that writes the path as it is now gets 400, so the whole sync stops there.",
    byMigration: "Paths in the database were brought into normal form by core/016_280_to_300 of 3.0.",
    remedy:
      "Write the path in normal form in files and scripts: no //, no . or .. segments, no percent-encoding of plain characters. The error message shows the form.",
    fixes: [{ kind: "normalise_path" }],
    sources: ["Kong/kong@3.1.0 CHANGELOG.md"],
  },
  {
    id: "31-args-1000",
    title: "The Admin API reads at most 1000 arguments",
    since: "3.1",
    edition: "both",
    area: "admin-api",
    severity: "info",
    when: {
      all: [
        { kind: "client", predicate: "matches", value: "\\s-d\\b|\\s-F\\b|--data|--form" },
        { kind: "manual", question: "Does any of these scripts send more than 1000 form arguments in one request?" },
      ],
    },
    effect: "Such a request gets 400 instead of being read in part.",
    remedy: "Send JSON.",
    sources: ["Kong/kong@3.1.0 CHANGELOG.md"],
  },
  {
    id: "31-target-weight-0",
    title: "Targets of weight 0 are not checked for health",
    since: "3.1",
    also: ["2.8.2.1"],
    edition: "both",
    area: "admin-api",
    severity: "info",
    when: { kind: "upstream", path: "targets[*].weight", predicate: "equals", value: 0 },
    effect: "The health of these targets reads HEALTHCHECK_OFF; monitoring that expects HEALTHY raises an alarm.",
    remedy: "Take targets of weight 0 out of the monitoring.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 2.8.2.1, 3.1.0.0"],
  },
  {
    id: "34-updated-at",
    title: "Entities get updated_at and more fields",
    since: "3.3",
    edition: "both",
    area: "admin-api",
    severity: "info",
    when: { kind: "client", predicate: "matches", value: "updated_at" },
    effect:
      "updated_at also appears on consumers, certificates, plugins, targets and upstreams, so these scripts see it where it was missing.",
    remedy: "Ignore fields that a script does not know.",
    sources: ["Kong/kong@3.3.0 CHANGELOG.md", "Kong/kong@3.3.0 kong/db/migrations/core/019_320_to_330.lua"],
  },
  {
    id: "34-consumer-group-overrides",
    title: "/consumer_groups/:id/overrides is deprecated",
    since: "3.4",
    edition: "enterprise",
    area: "admin-api",
    severity: "deprecation",
    when: {
      any: [
        { kind: "client", predicate: "matches", value: "/consumer_groups/[^/\\s]+/overrides" },
        {
          kind: "plugin",
          name: "rate-limiting-advanced",
          path: "config.enforce_consumer_groups",
          predicate: "equals",
          value: true,
        },
      ],
    },
    effect: "The limits per consumer group that are set this way still hold, and will go with a later version.",
    remedy:
      "Scope an instance of rate-limiting-advanced to each consumer group instead. `deck file convert` does only a part of it.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.4",
      "Kong docs, Enterprise LTS 2.8 to 3.4 guide",
    ],
  },
  {
    id: "34-status-database",
    title: "/status says nothing of the database on nodes without one",
    since: "3.4",
    edition: "both",
    area: "admin-api",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "deployment", path: "topology", predicate: "in", value: ["dbless", "hybrid"] },
        { kind: "client", predicate: "matches", value: "/status[^\\n]*database|\\.database\\.reachable" },
      ],
    },
    effect:
      "On DB-less nodes and data planes the field database is missing, so these checks take healthy nodes for broken ones.",
    remedy: "Ask /status/ready (3.3 and later) on data planes and DB-less nodes.",
    sources: ["Kong/kong@3.4.0 CHANGELOG.md", "own recorded answers of 2.8.5 and 3.4.2"],
  },
  {
    id: "34-rbac-self",
    title: "RBAC: nobody may change the own roles; built-in admin roles lose /groups",
    since: "3.4.3.3",
    edition: "enterprise",
    area: "admin-api",
    severity: "changes_behaviour",
    when: { kind: "client", predicate: "matches", value: "/rbac/users/[^\\s]+/roles|/groups\\b" },
    effect:
      "These calls get 403 where the token belongs to the user whose roles they change, or to a role admin or workspace-admin (for /groups from 3.4.3.9).",
    remedy: "Make these calls with the token of a super admin.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.4.3.3, 3.4.3.9"],
  },
];

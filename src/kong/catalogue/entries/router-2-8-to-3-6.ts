import type { Hazard } from "#src/kong/catalogue/hazard.ts";
import { plainPathPattern as plainPath } from "#src/kong/route-path.ts";

const breaking30 = "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0";
const guide30 = "Kong docs, upgrade guide 3.0.x";
const guideLts = "Kong docs, Enterprise LTS 2.8 to 3.4 guide";
const migration = "Kong/kong@3.9.3 kong/db/migrations/migrate_path_280_300.lua";

export const router28To36Hazards: readonly Hazard[] = [
  {
    id: "28-pcre-dynamic",
    title: "2.8.2.3 loads PCRE from the system and may fail to compile regular expressions",
    since: "2.8.2.3",
    fixedIn: ["2.8.2.4"],
    edition: "enterprise",
    area: "router",
    severity: "breaks_traffic",
    when: { kind: "route", path: "paths[*]", predicate: "not_matches", value: plainPath },
    effect: "These regex routes may not match on 2.8.2.3, because its PCRE library is not built in.",
    remedy: "Take 2.8.2.4 or later instead.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 2.8.2.3"],
  },
  {
    id: "30-route-regex-tilde",
    title: "Regex paths need a leading ~",
    since: "3.0",
    edition: "both",
    area: "router",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "route", path: "paths[*]", predicate: "not_matches", value: plainPath },
        { kind: "route", path: "paths[*]", predicate: "not_matches", value: "^~" },
      ],
    },
    effect:
      "From 3.0 on a path without ~ is plain text, so these routes match nothing any more wherever they are not rewritten. Nothing complains: 3.x accepts such a path with 201.",
    byMigration:
      "Paths read from the database or the Admin API: `kong migrations up` puts ~ before them at once, before `finish`. Files with _format_version 1.1 or 2.1 that Kong itself loads (DB-less, db_import): converted in memory, for routes at the top level and under services. Every other file (decK, CI, Ingress) stays as it is.",
    remedy:
      "Compare all paths before and after `up`. Write ~ into files yourself, or convert them with `deck file convert`, and never sync 2.x files into 3.x.",
    note: "Kong's own heuristic: a path with any character outside a-z A-Z 0-9 . - _ ~ / % is a regex in 2.x.",
    fixes: [{ kind: "migrate_path" }],
    sources: [
      breaking30,
      "Kong/kong@3.0.0 kong/db/migrations/core/016_280_to_300.lua",
      migration,
      "Kong/kong@3.9.3 kong/db/declarative/migrations/route_path.lua",
      "own recorded run: POST /routes with a regex path without ~ on 3.4.2 answers 201",
      guide30,
      guideLts,
    ],
  },
  {
    id: "30-up-breaks-old-nodes",
    title: "Nodes older than 2.8.2 do not understand the ~ that `up` writes",
    since: "3.0",
    edition: "both",
    area: "router",
    severity: "breaks_traffic",
    applies: { database: ["postgres", "cassandra"] },
    when: {
      all: [
        { kind: "version", path: "from", predicate: "lt", value: "2.8.2" },
        { kind: "route", path: "paths[*]", predicate: "not_matches", value: plainPath },
      ],
    },
    effect:
      "An old node that still serves, or is started again on the migrated database, answers 404 on these routes right after `up`. A blue-green or rolling upgrade on one database loses them at once.",
    remedy:
      "Go to 2.8.2 or later first, or use a second database (dual-cluster). In place: stop all old nodes before `up` and never start them on the migrated database.",
    note: "The 3.0 upgrade guide calls `up` non-destructive and lets both clusters run after it; that holds from 2.8.2 on.",
    sources: [
      "Kong/kong pull #9376 (2.8.2), kong/router.lua of 2.8.0, 2.8.1 and 2.8.2",
      "Kong/developer.konghq.com@bc1cd742 app/gateway/upgrade/blue-green.md",
      guide30,
    ],
  },
  {
    id: "30-route-double-tilde",
    title: "Regex paths that already start with ~ get a second one",
    since: "3.0",
    edition: "both",
    area: "router",
    severity: "breaks_traffic",
    when: {
      any: [
        {
          all: [
            { kind: "route", path: "paths[*]", predicate: "matches", value: "^~" },
            { kind: "route", path: "paths[*]", predicate: "not_matches", value: plainPath },
            { kind: "route", path: "created_at", predicate: "is_set" },
          ],
        },
        {
          all: [
            { kind: "declarative", path: "_format_version", predicate: "in", value: ["1.1", "2.1"] },
            { kind: "file_route", path: "paths[*]", predicate: "matches", value: "^~" },
            { kind: "file_route", path: "paths[*]", predicate: "not_matches", value: plainPath },
          ],
        },
      ],
    },
    effect:
      "The conversion does not look for a ~ that is there: these paths become ~~…, and the routes match nothing. It hits rows that were migrated before and restored in part, and files of format 1.1 or 2.1 that were half converted by hand.",
    remedy:
      "Database: take the ~ away before the upgrade, or repair the path right after `up`. Files: set _format_version to 3.0, then Kong leaves the paths alone.",
    fixes: [{ kind: "format_version", to: "3.0" }, { kind: "migrate_path" }],
    sources: [migration, "Kong/kong@3.9.3 kong/db/declarative/migrations/route_path.lua"],
  },
  {
    id: "30-force-double-tilde",
    title: "Migrations run again with -f put a second ~ before regex paths",
    since: "any",
    edition: "both",
    area: "router",
    severity: "breaks_traffic",
    applies: { database: ["postgres", "cassandra"] },
    when: {
      all: [
        { kind: "version", path: "to", predicate: "gte", value: "3.0" },
        { kind: "route", path: "paths[*]", predicate: "not_matches", value: plainPath },
        {
          kind: "client",
          predicate: "matches",
          value: "kong\\s+migrations\\s+(?:up|finish)\\b[^\\n;&|]*\\s(?:-f\\b|--force\\b)",
        },
      ],
    },
    effect:
      "-f repeats migrations that were already executed, also the one that puts ~ before regex paths: ~/… becomes ~~/… and these routes match nothing.",
    remedy:
      "Never use -f while regex routes exist. For a new plugin run plain `kong migrations up` with the plugin named in KONG_PLUGINS. If it must be: dump the routes before, compare after, repair with decK.",
    note: "Kong's page on in-place upgrades of 3.7 and a known issue of 3.4 advise -f when plugins are added.",
    sources: [`${migration} (not idempotent)`, guide30, "Kong docs, in-place upgrade 3.7"],
  },
  {
    id: "30-route-percent-encoding",
    title: "Percent-encoding inside a regex path is not decoded any more",
    since: "3.0",
    edition: "both",
    area: "router",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "route", path: "paths[*]", predicate: "not_matches", value: plainPath },
        {
          kind: "route",
          path: "paths[*]",
          predicate: "matches",
          value: "%(?!2[13456789ABCF]|3[ABDF]|40|5[BD])[0-9A-Fa-f]{2}",
        },
      ],
    },
    effect:
      "These patterns are compared with the normalised request path, where only reserved characters stay encoded, in upper case: as they are written they match nothing.",
    byMigration:
      "`up` decodes unreserved characters in the database once and writes the others in upper case; so does Kong for files of format 1.1 and 2.1 that it loads. Other files stay as they are.",
    remedy: "Write characters literally in files; keep %XX, in upper case, only for reserved characters of RFC 3986.",
    fixes: [{ kind: "migrate_path" }],
    sources: [breaking30, migration, guide30, guideLts],
  },
  {
    id: "30-plain-path-normalised",
    title: "Plain paths are stored in normal form",
    since: "3.0",
    edition: "both",
    area: "router",
    severity: "changes_behaviour",
    when: {
      all: [
        { kind: "route", path: "paths[*]", predicate: "matches", value: plainPath },
        { kind: "route", path: "paths[*]", predicate: "not_normalised" },
        { kind: "route", path: "created_at", predicate: "is_set" },
      ],
    },
    effect:
      "The stored paths of these routes change, so tools read back something else than they wrote: decK and other diffs show changes, and a sync of the old file writes the old form again.",
    byMigration: "`up` decodes unreserved characters and removes doubled slashes and dot segments in the database.",
    remedy: "Use the normal form in files and scripts.",
    fixes: [{ kind: "normalise_path" }],
    sources: [migration],
  },
  {
    id: "33-traditional-compatible-priority",
    title: "Each path of a route has its own priority",
    since: "3.3",
    edition: "both",
    area: "router",
    severity: "breaks_traffic",
    applies: { conf: { router_flavor: ["unset", "traditional_compatible"] } },
    // The router of 2.x told the paths of a route apart as 3.3 does (Kong/kong 3.3.0 CHANGELOG.md).
    when: {
      all: [
        { kind: "version", path: "from", predicate: "gte", value: "3.0" },
        { kind: "route", path: "paths", predicate: "length_gt", value: 1 },
      ],
    },
    effect:
      "A request that two routes could take can go to another one than before, where these routes mix long and short paths, or regular expressions and prefixes. 3.0 to 3.2 gave the whole route one priority.",
    remedy: "Test requests that two routes could take; split such routes, or set router_flavor = traditional.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.3", "Kong/kong@3.3.0 CHANGELOG.md"],
  },
  {
    id: "36-expressions",
    title: "Expressions router: header values are compared with their case, checks are stricter",
    since: "3.6",
    also: ["3.4.3.5"],
    edition: "both",
    area: "router",
    severity: "stops_start",
    when: {
      all: [
        { kind: "conf", key: "router_flavor", predicate: "equals", value: "expressions" },
        { kind: "route", path: "expression", predicate: "matches", value: "http\\.headers\\.|http\\.path" },
      ],
    },
    effect:
      "Expressions on header values miss requests that spell the value in another case, and an http.* field on a stream route is refused together with the configuration it is in.",
    remedy:
      "Test these expressions on the new version; use lower() on headers where the case may differ, and keep http.* out of stream routes.",
    sources: [
      "Kong/kong@3.6.0 CHANGELOG.md",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.4.3.5",
    ],
  },
];

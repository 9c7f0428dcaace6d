import { isAtLeast } from "#src/kong/version.ts";
import type { Facts } from "#src/kong/facts.ts";
import { paths, routes } from "./evidence.ts";
import { whenFound } from "./hazard.ts";
import type { Hazard } from "./hazard.ts";

/** Kong's own heuristic of 2.x and of the migration: any other character makes a path a regex (kong/db/migrations/migrate_path_280_300.lua). */
const plainPath = /^[a-zA-Z0-9.\-_~/%]*$/u;
const lookAround = /\(\?(?:=|!|<=|<!)/u;
const backReference = /\\[1-9]|\(\?P=|\\k[<{']/u;
const escapesRustRefuses = /\\[/_"'`!@,:;=<>% ]/u;
const constructsRustRefuses = /\(\?>|[*+?}]\+|\(\?R\)|\(\?\(|\\[GKZQEhHRX]/u;

const migration = "Kong/kong kong/db/migrations/core/016_280_to_300.lua and migrate_path_280_300.lua (3.9.3)";
const breaking30 = "Kong developer docs, breaking changes 3.0; Kong 3.0 upgrade guide";

/** Whether Kong takes a stored path for a regular expression. */
function isRegexPath(path: string): boolean {
  return !plainPath.test(path);
}

/** The pattern behind a regex path, with or without its `~`. */
function patternOf(path: string): string {
  return path.startsWith("~") ? path.slice(1) : path;
}

/** Whether the flavour was chosen that keeps the old regex engine. */
function keepsOldRouter(facts: Facts): boolean {
  return facts.configuration["router_flavor"] === "traditional";
}

/** Changes of the router and of what paths mean. */
export const routeHazards: readonly Hazard[] = [
  {
    id: "30-route-regex-tilde",
    since: "3.0",
    severity: "breaks_traffic",
    title: "Regex paths need a leading ~",
    effect: "From 3.0 on a path without ~ is plain text, so these routes would match nothing any more.",
    byMigration:
      "`kong migrations up` puts ~ before these paths at once; files (decK, kong.yml, Ingress) stay as they are.",
    remedy:
      "Compare all paths before and after `up`; write ~ into declarative files yourself and never sync 2.x files into 3.x.",
    source: `${breaking30}; ${migration}`,
    check: whenFound((facts) => paths(facts, (path) => isRegexPath(path) && !path.startsWith("~"))),
  },
  {
    id: "30-up-breaks-old-nodes",
    since: "3.0",
    severity: "breaks_traffic",
    title: "Kong 2.8.0 and 2.8.1 do not understand the ~ that `up` writes",
    effect:
      "An old node that still serves, or is started again on the migrated database, loses these routes right after `up`.",
    remedy: "Go to 2.8.2 or later first; never start old nodes on the migrated database.",
    source: "Kong/kong pull 9376 (2.8.2), kong/router.lua of 2.8.0 and 2.8.1",
    check: whenFound((facts, hop) => (isAtLeast(hop.from, "2.8.2") ? [] : paths(facts, (path) => isRegexPath(path)))),
  },
  {
    id: "30-route-double-tilde",
    since: "3.0",
    severity: "breaks_traffic",
    title: "Paths that already start with ~ get a second one",
    effect:
      "`up` does not look for a ~ that is there: the path becomes ~~… and matches nothing. The same happens to all regex paths when migrations are run again with -f.",
    remedy: "Take the ~ away before the upgrade, or repair the path right after `up`; never use -f.",
    source: migration,
    check: whenFound((facts) => paths(facts, (path) => path.startsWith("~") && isRegexPath(path))),
  },
  {
    id: "30-route-percent-encoding",
    since: "3.0",
    severity: "breaks_traffic",
    title: "Percent-encoding inside a regex path is not decoded any more",
    effect:
      "Regex paths are compared with the normalised request path, in which only reserved characters stay encoded.",
    byMigration: "`up` decodes unreserved characters once.",
    remedy: "Write characters literally; keep %XX only for reserved characters of RFC 3986.",
    source: breaking30,
    check: whenFound((facts) => paths(facts, (path) => isRegexPath(path) && /%[0-9A-Fa-f]{2}/u.test(path))),
  },
  {
    id: "30-plain-path-normalised",
    since: "3.0",
    severity: "changes_behaviour",
    title: "Percent-encoded plain paths are stored normalised",
    effect: "What tools read back from the Admin API differs from what they wrote, so a diff shows changes.",
    byMigration: "`up` rewrites them in the database.",
    remedy: "Use the normalised form in declarative files.",
    source: migration,
    check: whenFound((facts) => paths(facts, (path) => !isRegexPath(path) && /%[0-9A-Fa-f]{2}/u.test(path))),
  },
  {
    id: "30-regex-lookaround",
    since: "3.0",
    severity: "stops_start",
    title: "Look-around and back-references are unknown to the new router",
    effect:
      "Kong does not start, or does not build its router, with these patterns unless router_flavor = traditional.",
    remedy: "Rewrite the pattern, or set router_flavor = traditional.",
    source: "Kong developer docs, breaking changes 3.0; Kong Enterprise LTS 2.8 to 3.4 upgrade guide",
    check: whenFound((facts) =>
      keepsOldRouter(facts)
        ? []
        : paths(facts, (path) => isRegexPath(path) && (lookAround.test(path) || backReference.test(path))),
    ),
  },
  {
    id: "30-regex-rust-escapes",
    since: "3.0",
    severity: "stops_start",
    title: "Escapes that PCRE took and the new regex engine refuses",
    effect:
      "Needless backslashes such as \\/ and PCRE-only constructs can stop the router from being built. The engine decides; this list is by pattern.",
    remedy: "Remove needless backslashes and PCRE-only constructs, or set router_flavor = traditional.",
    source: "Kong/kong pull 10092, issues 9495 and 12082",
    check: whenFound((facts) =>
      keepsOldRouter(facts)
        ? []
        : paths(
            facts,
            (path) =>
              isRegexPath(path) &&
              (escapesRustRefuses.test(patternOf(path)) || constructsRustRefuses.test(patternOf(path))),
          ),
    ),
  },
  {
    id: "30-path-handling-v1",
    since: "3.0",
    severity: "breaks_traffic",
    title: "path_handling = v1 works only with router_flavor = traditional",
    effect:
      "The new router treats these routes as v0: the path sent to the upstream changes where service path and route path meet.",
    remedy: "Change the routes to v0 and check the upstream paths, or set router_flavor = traditional.",
    source: "Kong/kong 3.0.2 kong/db/schema/entities/routes.lua; issue 13402",
    check: whenFound((facts) => (keepsOldRouter(facts) ? [] : routes(facts, (route) => route.pathHandling === "v1"))),
  },
  {
    id: "33-several-paths",
    since: "3.3",
    severity: "breaks_traffic",
    title: "Each path of a route has its own priority",
    effect:
      "Overlapping routes can be chosen in another order where a route has paths of different length, or regex and prefix mixed.",
    remedy: "Test requests that two routes could take; split routes, or set router_flavor = traditional.",
    source: "Kong developer docs, breaking changes 3.3",
    check: whenFound((facts) => (keepsOldRouter(facts) ? [] : routes(facts, (route) => route.paths.length > 1))),
  },
  {
    id: "37-pcre2",
    since: "3.7",
    severity: "changes_behaviour",
    title: "PCRE was replaced by PCRE2",
    effect: "Patterns that PCRE took loosely can be refused.",
    remedy: "Test every regex path on the new version.",
    source: "Kong/kong CHANGELOG 3.7.0",
    check: whenFound((facts) => paths(facts, (path) => isRegexPath(path))),
  },
];

import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const breaking30 = "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0 (changelog)";
const guideLts = "Kong docs, Enterprise LTS 2.8 to 3.4 guide";
const addingRoutes =
  "Kong/kong 3.0.2, 3.1.1 and 3.4.2 kong/router/atc.lua, atc_compat.lua and db/schema/entities/routes.lua";

/** An odd number of backslashes: the last one escapes what follows. */
const escape = "(?<!\\\\)(?:\\\\\\\\)*\\\\";

/**
 * What a pattern does that the new router cannot compile; measured with the regex-syntax crate 0.6.28, 0.7.3 and
 * 0.8.3, which Kong 3.3, 3.4 and 3.7 link (atc-router 1.0.5, 1.2.0 and 1.6.2, Cargo.lock).
 */
const notBuilt =
  "The new router cannot compile these patterns. With a database the node starts, logs an error and answers 404 on these routes (3.0.x: it does not start). DB-less nodes and data planes refuse the whole configuration, and Enterprise stops in `kong migrations up`.";

/** Changes that come with the router written in Rust, which is the default from 3.0. */
export const routerEngineHazards: readonly Hazard[] = [
  {
    id: "30-router-flavor-default",
    title: "The router is a new one (traditional_compatible)",
    since: "3.0",
    edition: "both",
    area: "router",
    severity: "changes_behaviour",
    when: { kind: "conf", key: "router_flavor", predicate: "absent" },
    effect:
      "The new router takes over, because router_flavor is not set. It aims at the same choices, but a request that several routes could take may go to another one.",
    remedy: "Test overlapping routes; router_flavor = traditional brings the old router back.",
    sources: [
      "Kong/kong@3.0.0 kong.conf.default",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md",
      "Kong docs, upgrade guide 3.0.x",
      guideLts,
    ],
  },
  {
    id: "30-regex-lookaround",
    title: "The new router knows no look-around and no back-references",
    since: "3.0",
    edition: "both",
    area: "router",
    severity: "stops_start",
    applies: { conf: { router_flavor: ["unset", "traditional_compatible", "expressions"] } },
    when: {
      any: [
        { kind: "route", path: "paths[*]", predicate: "matches", value: "\\(\\?(?:=|!|<=|<!)" },
        {
          kind: "route",
          path: "paths[*]",
          predicate: "matches",
          value: `${escape}(?:[1-9]|k[<{'])|\\(\\?P=`,
        },
      ],
    },
    effect: notBuilt,
    remedy: "Rewrite the pattern without look-around and back-references, or set router_flavor = traditional.",
    note: "Kong's documents say that the start fails. What is said here about 3.1 and later is read from the source of the OSS versions.",
    sources: [
      breaking30,
      addingRoutes,
      "Kong/kong issue #9495",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-28-34.md",
      "Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.1.1.2",
      guideLts,
    ],
  },
  {
    id: "30-regex-rust-constructs",
    title: "Patterns that PCRE takes and the new router's regex engine refuses",
    since: "3.0",
    edition: "both",
    area: "router",
    severity: "stops_start",
    applies: { conf: { router_flavor: ["unset", "traditional_compatible", "expressions"] } },
    when: {
      any: [
        // Comments, atomic groups, branch reset, conditions, recursion, calls of named groups.
        { kind: "route", path: "paths[*]", predicate: "matches", value: "\\(\\?(?:[#>|(&0-9+']|R\\)|P>)" },
        // Escapes that only PCRE knows, or that PCRE took for the letter itself.
        {
          kind: "route",
          path: "paths[*]",
          predicate: "matches",
          value: `${escape}[CEFGHIJKLMNOQRTVXYZceghijlmoqy0<>]`,
        },
        // A brace that is no repetition, as in /users/{id}.
        {
          kind: "route",
          path: "paths[*]",
          predicate: "matches",
          value: "(?<!\\\\|\\\\[pPxuU]|\\[[^\\]]*)\\{(?!\\d+(?:,\\d*)?\\})",
        },
        // A class such as \w at the start of a range, as in [\w-.].
        { kind: "route", path: "paths[*]", predicate: "matches", value: "\\[[^\\]]*\\\\[dswDSW]-[^\\]\\-]" },
        // A bracket inside a class that is not escaped, as in [^[].
        { kind: "route", path: "paths[*]", predicate: "matches", value: "(?<!\\\\)\\[\\^?[^\\]\\\\]*\\[(?!:)" },
      ],
    },
    effect: notBuilt,
    remedy:
      "Rewrite the pattern: escape braces and brackets that are meant literally, move a hyphen to the end of its class, drop constructs that only PCRE has. Or set router_flavor = traditional.",
    note: "Found by pattern; the engine decides. Named groups (?<name>…) are converted by Kong and are fine.",
    sources: [
      addingRoutes,
      "Kong/kong pull #10092, issue #12082",
      "rust-lang/regex regex-syntax 0.6.28, 0.7.3, 0.8.3 (own run)",
    ],
  },
  {
    id: "30-regex-rust-escapes",
    title: "3.0 to 3.3 refuse needless backslashes in regex paths, such as \\/",
    since: "3.0",
    fixedIn: ["3.4"],
    edition: "both",
    area: "router",
    severity: "stops_start",
    applies: { conf: { router_flavor: ["unset", "traditional_compatible", "expressions"] } },
    when: { kind: "route", path: "paths[*]", predicate: "matches", value: `${escape}[/_"'\`!@,:;=% ]` },
    effect: notBuilt,
    remedy: "Remove the backslash before / _ and other characters that mean nothing special, or go to 3.4 or later.",
    note: "The regex library that 3.4 and later link takes them (its version 1.8 and later).",
    sources: [
      "Kong/kong pull #10092",
      "Kong/deck issue #1310",
      "Kong/atc-router Cargo.lock of 1.0.5 (Kong 3.3) and 1.2.0 (Kong 3.4); rust-lang/regex CHANGELOG 1.8.0 (own run)",
    ],
  },
  {
    id: "30-path-handling-v1",
    title: "path_handling = v1 works only with router_flavor = traditional",
    since: "3.0",
    edition: "both",
    area: "router",
    severity: "breaks_traffic",
    applies: { conf: { router_flavor: ["unset", "traditional_compatible", "expressions"] } },
    when: { kind: "route", path: "path_handling", predicate: "equals", value: "v1" },
    effect:
      "The new router treats these routes as v0: the path that the upstream gets changes where the path of the service and the path of the route meet.",
    remedy: "Change the routes to v0 and check the upstream paths, or set router_flavor = traditional.",
    sources: ["Kong/kong@3.0.2 kong/db/schema/entities/routes.lua", "Kong/kong issue #13402"],
  },
];

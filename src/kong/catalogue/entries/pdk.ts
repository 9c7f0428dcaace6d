import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const breaking30 = "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0";
const guide30 = "Kong docs, upgrade guide 3.0.x";
const guideLts = "Kong docs, Enterprise LTS 2.8 to 3.4 guide";

/** Lua code in the configuration is hit like the code of custom plugins. */
const serverless = "/^(?:pre|post)-function$/";

/** Set by name, or in the table of headers that set_headers() and exit() take. */
const transferEncoding =
  "(?i)set_headers?\\s*\\([^)]*transfer[-_]encoding|\\[\\s*[\"']transfer-encoding[\"']\\s*\\]\\s*=|\\btransfer_encoding\\s*=";

export const pdkHazards: readonly Hazard[] = [
  {
    id: "30-get-path",
    title: "kong.request.get_path() returns the path in normal form",
    since: "3.0",
    edition: "both",
    area: "pdk",
    severity: "changes_behaviour",
    when: {
      any: [
        { kind: "source", files: "**/*.lua", predicate: "matches", value: "kong\\.request\\.get_path\\s*\\(" },
        {
          kind: "plugin",
          name: serverless,
          path: "config.*",
          predicate: "matches",
          value: "request\\.get_path\\s*\\(",
        },
      ],
    },
    effect:
      "This code sees decoded characters, single slashes and no dot segments: signatures over the path, and comparisons with the path as the client sent it, can fail.",
    remedy: "Use kong.request.get_raw_path() where the raw form is needed; keep get_path() for decisions about access.",
    sources: [breaking30, "Kong/kong@3.0.2 kong/pdk/request.lua", guide30, guideLts],
  },
  {
    id: "30-transfer-encoding",
    title: "kong.response ignores Transfer-Encoding that a plugin sets",
    since: "3.0",
    edition: "both",
    area: "pdk",
    severity: "changes_behaviour",
    when: {
      any: [
        {
          kind: "source",
          files: "**/*.lua",
          predicate: "matches",
          value: transferEncoding,
        },
        {
          kind: "plugin",
          name: serverless,
          path: "config.*",
          predicate: "matches",
          value: transferEncoding,
        },
      ],
    },
    effect: "The header that this code sets is dropped, and every request writes a warning to the log.",
    remedy: "Remove the header from the code; nginx sets it where it is needed.",
    sources: [breaking30, "Kong/kong@3.0.2 kong/pdk/response.lua", guide30, guideLts],
  },
  {
    id: "30-pdk-versioned",
    title: "The PDK has no version of its own any more",
    since: "3.0",
    edition: "both",
    area: "pdk",
    severity: "breaks_traffic",
    when: { kind: "source", files: "**/*.lua", predicate: "matches", value: "kong\\.pdk_(?:major_)?version" },
    effect: "kong.pdk_version and kong.pdk_major_version are nil: code that compares them fails at that line.",
    remedy: "Test kong.version_num, or whether the function is there.",
    sources: [breaking30, "Kong/kong@3.0.2 kong/pdk/init.lua", guide30, guideLts],
  },
  {
    id: "any-plugin-server-code",
    title: "Plugins in Go, JavaScript or Python were not looked into",
    since: "any",
    edition: "both",
    area: "pdk",
    severity: "breaks_traffic",
    when: {
      all: [
        { kind: "custom_plugin", path: "language", predicate: "in", value: ["Go", "JavaScript", "Python"] },
        {
          kind: "manual",
          question:
            "Is any of these plugins not yet built with a PDK for the target and tested there with its plugin server?",
        },
      ],
    },
    effect:
      "What changes in the PDK and in the protocol of plugin servers can make such a plugin fail on its requests, and none of the hazards of Lua code says anything about it.",
    remedy: "Build these plugins with a PDK made for the target, and send requests through them on a test node.",
    sources: ["Kong/kong@3.1.0 CHANGELOG.md (protocol of plugin servers)", "own rule: only Lua is read here"],
  },
  {
    id: "30-js-python-bytes",
    title: "Plugins in JavaScript and Python get raw bodies as bytes",
    since: "3.0",
    edition: "both",
    area: "pdk",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "source", files: "**/*.js", predicate: "matches", value: "\\bgetRawBody\\b" },
        { kind: "source", files: "**/*.ts", predicate: "matches", value: "\\bgetRawBody\\b" },
        { kind: "source", files: "**/*.py", predicate: "matches", value: "\\bget_raw_body\\b" },
      ],
    },
    effect: "Code that treats the body as text fails, or compares bytes with text and never finds a match.",
    remedy:
      "Decode the body first: a Uint8Array in JavaScript, bytes in Python; for kong.request, kong.response and kong.service.response.",
    sources: [breaking30, guide30],
  },
  {
    id: "30-balancer-address",
    title: "ngx.ctx.balancer_address is called ngx.ctx.balancer_data",
    since: "3.0",
    edition: "both",
    area: "pdk",
    severity: "breaks_traffic",
    when: {
      any: [
        { kind: "source", files: "**/*.lua", predicate: "matches", value: "\\bbalancer_address\\b" },
        { kind: "plugin", name: serverless, path: "config.*", predicate: "matches", value: "\\bbalancer_address\\b" },
      ],
    },
    effect: "This code finds nil, and indexing it ends the phase with an error.",
    remedy: "Read ngx.ctx.balancer_data.",
    sources: [breaking30, guide30, guideLts],
  },
  {
    id: "30-response-source",
    title: 'kong.response.get_source() says "error" when a plugin failed in access',
    since: "3.0",
    edition: "both",
    area: "pdk",
    severity: "changes_behaviour",
    when: {
      any: [
        { kind: "source", files: "**/*.lua", predicate: "matches", value: "response\\.get_source" },
        { kind: "plugin", name: serverless, path: "config.*", predicate: "matches", value: "response\\.get_source" },
      ],
    },
    effect: 'Branches of this code on "exit" are not taken for answers that a failing plugin caused.',
    remedy: 'Treat "error" like "exit" where both are meant.',
    sources: ["Kong/kong@3.0.0 CHANGELOG.md"],
  },
  {
    id: "33-uri-captures",
    title: "kong.request.get_uri_captures() keeps unnamed captures in a list",
    since: "3.3",
    edition: "both",
    area: "pdk",
    severity: "info",
    when: {
      any: [
        { kind: "source", files: "**/*.lua", predicate: "matches", value: "get_uri_captures" },
        { kind: "plugin", name: serverless, path: "config.*", predicate: "matches", value: "get_uri_captures" },
        { kind: "plugin", name: "request-termination", path: "config.echo", predicate: "equals", value: true },
      ],
    },
    effect:
      "When the captures are written as JSON, unnamed ones form a list instead of an object with numbers as names; request-termination with echo answers that way too.",
    remedy: "Check what reads this JSON.",
    sources: ["Kong/kong@3.3.0 CHANGELOG.md"],
  },
  {
    id: "310-clear-query-arg",
    title: "kong.service.request.clear_query_arg() writes spaces as %20",
    since: "3.10",
    edition: "enterprise",
    area: "pdk",
    severity: "changes_behaviour",
    when: {
      any: [
        { kind: "source", files: "**/*.lua", predicate: "matches", value: "clear_query_arg" },
        { kind: "plugin", name: serverless, path: "config.*", predicate: "matches", value: "clear_query_arg" },
      ],
    },
    effect: "Upstreams behind this code get %20 where they got +; one that decodes only + reads other values.",
    remedy: "Check the upstreams, and signatures over the query string.",
    sources: [
      "Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.10",
      "Kong/developer.konghq.com@bc1cd742 app/_includes/upgrade/lts-changes-34-310.md",
    ],
  },
  {
    id: "313-response-exit",
    title: "kong.response.exit() in header_filter can end the phase early, if switched on",
    since: "3.13",
    edition: "enterprise",
    area: "pdk",
    severity: "info",
    when: {
      all: [
        { kind: "source", files: "**/handler.lua", predicate: "matches", value: "\\bheader_filter\\b" },
        { kind: "source", files: "**/handler.lua", predicate: "matches", value: "kong\\.response\\.exit" },
      ],
    },
    effect:
      "Where this plugin calls kong.response.exit() in header_filter, the code behind the call still runs, as before, and each call now writes a warning to the log.",
    remedy:
      "Return right after the call, then set pdk_response_exit_header_filter_early_exit = on; a later version may make it the default.",
    sources: ["Kong/developer.konghq.com@bc1cd742 app/_data/changelogs/gateway.json 3.13.0.0"],
  },
];

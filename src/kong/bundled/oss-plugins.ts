import type { PluginHistory } from "./plugin-history.ts";

/**
 * Plugins that Kong OSS ships, and Enterprise with it: name, first line, and the priority from a line on. From kong/constants.lua
 * and the handler.lua of each plugin in Kong/kong at 1.0.4 to 3.9.3; plugins that lay in repositories of their own until 2.5 or 2.6 have
 * no known priority before.
 */
export const ossPlugins: readonly PluginHistory[] = [
  ["acl", "1.0", [["2.1", 950]]],
  [
    "acme",
    "2.0",
    [
      ["2.6", 1_007],
      ["3.0", 1_705],
    ],
  ],
  ["ai-prompt-decorator", "3.6", [["3.6", 772]]],
  ["ai-prompt-guard", "3.6", [["3.6", 771]]],
  ["ai-prompt-template", "3.6", [["3.6", 773]]],
  ["ai-proxy", "3.6", [["3.6", 770]]],
  ["ai-request-transformer", "3.6", [["3.6", 777]]],
  [
    "ai-response-transformer",
    "3.6",
    [
      ["3.6", 769],
      ["3.9", 768],
    ],
  ],
  ["aws-lambda", "1.0", [["2.6", 750]]],
  ["azure-functions", "1.0", [["2.7", 749]]],
  [
    "basic-auth",
    "1.0",
    [
      ["2.1", 1_001],
      ["3.0", 1_100],
    ],
  ],
  ["bot-detection", "1.0", [["2.1", 2_500]]],
  [
    "correlation-id",
    "1.0",
    [
      ["2.1", 1],
      ["3.9", 100_001],
    ],
  ],
  ["cors", "1.0", [["2.1", 2_000]]],
  ["datadog", "1.0", [["2.1", 10]]],
  ["file-log", "1.0", [["2.1", 9]]],
  ["grpc-gateway", "2.1", [["2.5", 998]]],
  ["grpc-web", "2.1", [["2.6", 3]]],
  [
    "hmac-auth",
    "1.0",
    [
      ["2.1", 1_000],
      ["3.0", 1_030],
    ],
  ],
  ["http-log", "1.0", [["2.1", 12]]],
  ["ip-restriction", "1.0", [["2.1", 990]]],
  [
    "jwt",
    "1.0",
    [
      ["2.1", 1_005],
      ["3.0", 1_450],
    ],
  ],
  [
    "key-auth",
    "1.0",
    [
      ["2.1", 1_003],
      ["3.0", 1_250],
    ],
  ],
  [
    "ldap-auth",
    "1.0",
    [
      ["2.1", 1_002],
      ["3.0", 1_200],
    ],
  ],
  ["loggly", "1.0", [["2.1", 6]]],
  [
    "oauth2",
    "1.0",
    [
      ["2.1", 1_004],
      ["3.0", 1_400],
    ],
  ],
  ["opentelemetry", "3.0", [["3.0", 14]]],
  ["post-function", "1.0", [["2.6", -1_000]]],
  [
    "pre-function",
    "1.0",
    [
      ["2.6", Number.POSITIVE_INFINITY],
      ["3.0", 1_000_000],
    ],
  ],
  ["prometheus", "1.0", [["2.6", 13]]],
  ["proxy-cache", "1.2", [["2.6", 100]]],
  [
    "rate-limiting",
    "1.0",
    [
      ["2.1", 901],
      ["3.0", 910],
    ],
  ],
  ["redirect", "3.9", [["3.9", 779]]],
  ["request-size-limiting", "1.0", [["2.1", 951]]],
  ["request-termination", "1.0", [["2.1", 2]]],
  ["request-transformer", "1.0", [["2.7", 801]]],
  ["response-ratelimiting", "1.0", [["2.1", 900]]],
  ["response-transformer", "1.0", [["2.1", 800]]],
  ["session", "1.3", [["2.6", 1_900]]],
  ["standard-webhooks", "3.8", [["3.8", 760]]],
  ["statsd", "1.0", [["2.1", 11]]],
  ["syslog", "1.0", [["2.1", 4]]],
  ["tcp-log", "1.0", [["2.1", 7]]],
  ["udp-log", "1.0", [["2.1", 8]]],
  ["zipkin", "1.0", [["2.7", 100_000]]],
];

import type { PluginHistory } from "./plugin-history.ts";

/**
 * Plugins that only Enterprise ships: name, first line, the priority from a version on, and the line that no longer has it. From the
 * plugin pages (app/_kong_plugins), app/_data/plugins/priorities, breaking changes 3.0, 3.6, 3.12 and 3.15 and the changelog of the Kong
 * developer docs (August 2026). Priorities of 2.x are known only where 3.0 changed them, the others from 3.4 on.
 */
export const enterprisePlugins: readonly PluginHistory[] = [
  // The first line of statsd-advanced, collector, application-registration and konnect-application-auth is not known.
  ["ace", "3.13", [["3.13", 955]]],
  ["ai-a2a-proxy", "3.14", [["3.14", 819]]],
  ["ai-aws-guardrails", "3.11", [["3.11", 781]]],
  ["ai-azure-content-safety", "3.7", [["3.7", 774]]],
  ["ai-custom-guardrail", "3.14", [["3.14", 785]]],
  ["ai-gcp-model-armor", "3.12", [["3.12", 783]]],
  ["ai-lakera-guard", "3.13", [["3.13", 784]]],
  ["ai-llm-as-judge", "3.12", [["3.12", 767]]],
  ["ai-mcp-oauth2", "3.12", [["3.12", 1_015]]],
  ["ai-mcp-proxy", "3.12", [["3.12", 820]]],
  ["ai-prompt-compressor", "3.11", [["3.11", 769]]],
  ["ai-proxy-advanced", "3.8", [["3.8", 770]]],
  ["ai-rag-injector", "3.10", [["3.10", 778]]],
  ["ai-rate-limiting-advanced", "3.7", [["3.7", 905]]],
  ["ai-sanitizer", "3.10", [["3.10", 776]]],
  ["ai-semantic-cache", "3.8", [["3.8", 765]]],
  ["ai-semantic-prompt-guard", "3.8", [["3.8", 775]]],
  ["ai-semantic-response-guard", "3.12", [["3.12", 782]]],
  ["app-dynamics", "3.1", [["3.4", 999_999]]],
  ["application-registration", "1.0", [["3.4", 995]], "3.8"],
  [
    "canary",
    "1.0",
    [
      ["2.8", 13],
      ["3.0", 20],
    ],
  ],
  ["collector", "1.0", [], "3.0"],
  ["confluent", "3.8", [["3.8", 752]]],
  ["confluent-consume", "3.10", [["3.10", 754]]],
  ["datakit", "3.11", [["3.11", 810]]],
  [
    "degraphql",
    "1.3",
    [
      ["2.8", 1_005],
      ["3.0", 1_500],
    ],
  ],
  ["exit-transformer", "1.3", [["3.4", 9_999]]],
  ["forward-proxy", "1.0", [["3.4", 50]]],
  [
    "graphql-proxy-cache-advanced",
    "1.3",
    [
      ["2.8", 100],
      ["3.0", 99],
    ],
  ],
  ["graphql-rate-limiting-advanced", "1.3", [["3.4", 902]]],
  ["header-cert-auth", "3.8", [["3.8", 1_009]]],
  ["injection-protection", "3.9", [["3.9", 1_007]]],
  ["jq", "2.6", [["3.4", 811]]],
  ["json-threat-protection", "3.8", [["3.8", 1_009]]],
  ["jwe-decrypt", "3.1", [["3.4", 1_999]]],
  [
    "jwt-signer",
    "1.0",
    [
      ["2.8", 999],
      ["3.0", 1_020],
    ],
  ],
  ["kafka-consume", "3.10", [["3.10", 753]]],
  ["kafka-log", "1.3", [["3.4", 5]]],
  ["kafka-upstream", "1.3", [["3.4", 751]]],
  ["key-auth-enc", "1.0", [["3.4", 1_250]]],
  [
    "konnect-application-auth",
    "1.0",
    [
      ["3.11", 950],
      ["3.12", 960],
    ],
  ],
  [
    "ldap-auth-advanced",
    "1.0",
    [
      ["2.8", 1_002],
      ["3.0", 1_200],
    ],
  ],
  ["metering-and-billing", "3.14", [["3.14", 16]]],
  ["mocking", "2.4", [["3.4", -1]]],
  [
    "mtls-auth",
    "1.0",
    [
      ["2.8", 1_006],
      ["3.0", 1_600],
    ],
  ],
  ["oas-validation", "3.1", [["3.4", 840]]],
  ["oauth2-introspection", "1.0", [["3.4", 1_700]]],
  ["opa", "2.4", [["3.4", 920]]],
  [
    "openid-connect",
    "1.0",
    [
      ["2.8", 1_000],
      ["3.0", 1_050],
    ],
  ],
  ["proxy-cache-advanced", "1.0", [["3.4", 100]]],
  [
    "rate-limiting-advanced",
    "1.0",
    [
      ["2.8", 902],
      ["3.0", 910],
    ],
  ],
  ["request-callout", "3.10", [["3.10", 812]]],
  ["request-transformer-advanced", "1.0", [["3.4", 802]]],
  ["request-validator", "1.0", [["3.4", 999]]],
  ["response-transformer-advanced", "1.0", [["3.4", 800]]],
  [
    "route-by-header",
    "1.0",
    [
      ["2.8", 2_000],
      ["3.0", 850],
    ],
  ],
  [
    "route-transformer-advanced",
    "1.3",
    [
      ["2.8", 800],
      ["3.0", 780],
    ],
  ],
  [
    "saml",
    "3.1",
    [
      ["3.1", 900],
      ["3.4.3.1", 1_010],
      ["3.5", 900],
      ["3.5.0.2", 1_010],
    ],
  ],
  [
    "service-protection",
    "3.9",
    [
      ["3.9", 915],
      ["3.10.0.10", 901],
      ["3.11", 915],
      ["3.11.0.10", 901],
      ["3.12", 915],
      ["3.12.0.6", 901],
      ["3.13", 915],
      ["3.13.0.3", 901],
      ["3.14", 915],
      ["3.14.0.2", 901],
    ],
  ],
  ["solace-consume", "3.12", [["3.12", 756]]],
  ["solace-log", "3.12", [["3.12", 15]]],
  ["solace-upstream", "3.11", [["3.11", 755]]],
  ["statsd-advanced", "1.0", [["3.4", 11]]],
  ["tls-handshake-modifier", "3.0", [["3.4", 997]]],
  ["tls-metadata-headers", "3.0", [["3.4", 996]]],
  ["upstream-oauth", "3.8", [["3.8", 760]]],
  ["upstream-timeout", "1.0", [["3.4", 400]]],
  [
    "vault-auth",
    "1.0",
    [
      ["2.8", 1_003],
      ["3.0", 1_350],
    ],
  ],
  ["websocket-size-limit", "3.0", [["3.4", 1_003]]],
  ["websocket-validator", "3.0", [["3.4", 1_006]]],
  ["xml-threat-protection", "3.1", [["3.4", 1_008]]],
];

import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const enterprisePages = "Kong/developer.konghq.com@bc1cd742 app/_kong_plugins/*/index.md (min_version)";

/**
 * Names that a version ships for the first time (kong/constants.lua of OSS 2.8.5 to 3.9.3; min_version of the pages of
 * Enterprise plugins, which may be rounded).
 */
const newNames: readonly (readonly [since: string, edition: "both" | "enterprise", names: readonly string[]])[] = [
  ["2.4", "enterprise", ["mocking", "opa"]],
  ["2.6", "enterprise", ["jq"]],
  ["3.0", "both", ["opentelemetry"]],
  [
    "3.0",
    "enterprise",
    ["tls-handshake-modifier", "tls-metadata-headers", "websocket-size-limit", "websocket-validator"],
  ],
  ["3.1", "enterprise", ["app-dynamics", "jwe-decrypt", "oas-validation", "saml", "xml-threat-protection"]],
  [
    "3.6",
    "both",
    [
      "ai-prompt-decorator",
      "ai-prompt-guard",
      "ai-prompt-template",
      "ai-proxy",
      "ai-request-transformer",
      "ai-response-transformer",
    ],
  ],
  ["3.7", "enterprise", ["ai-azure-content-safety", "ai-rate-limiting-advanced"]],
  ["3.8", "both", ["standard-webhooks"]],
  [
    "3.8",
    "enterprise",
    [
      "ai-proxy-advanced",
      "ai-semantic-cache",
      "ai-semantic-prompt-guard",
      "confluent",
      "header-cert-auth",
      "json-threat-protection",
      "upstream-oauth",
    ],
  ],
  ["3.9", "both", ["redirect"]],
  ["3.9", "enterprise", ["injection-protection", "service-protection"]],
  ["3.10", "enterprise", ["ai-rag-injector", "ai-sanitizer", "confluent-consume", "kafka-consume", "request-callout"]],
  ["3.11", "enterprise", ["ai-aws-guardrails", "ai-prompt-compressor", "datakit", "solace-upstream"]],
  [
    "3.12",
    "enterprise",
    [
      "ai-gcp-model-armor",
      "ai-llm-as-judge",
      "ai-mcp-oauth2",
      "ai-mcp-proxy",
      "ai-semantic-response-guard",
      "solace-consume",
      "solace-log",
    ],
  ],
  ["3.13", "enterprise", ["ace", "ai-lakera-guard"]],
  ["3.14", "enterprise", ["ai-a2a-proxy", "ai-custom-guardrail", "metering-and-billing"]],
];

/** Plugins that Kong does not ship, and those whose name it ships from some version on. */
export const pluginNotBundledHazards: readonly Hazard[] = [
  {
    id: "any-custom-plugin",
    title: "Plugins that Kong does not ship",
    since: "any",
    edition: "both",
    area: "plugin",
    severity: "stops_start",
    when: { kind: "custom_plugin", path: "name", predicate: "present" },
    effect:
      "A plugin without a build for the new version, or with functions of the PDK that are gone, stops the start or fails at run time.",
    remedy: "Install a build made for the new version on every node before it starts, and test it.",
    sources: [
      "Kong docs, upgrade guide 3.0.x",
      "Kong/developer.konghq.com@bc1cd742 app/gateway/upgrade/*.md",
      "Kong/kong@3.9.3 kong/constants.lua",
    ],
  },
  ...newNames.map(([since, edition, names]): Hazard => ({
    id: `${since.replace(".", "")}-name-clash${edition === "enterprise" ? "-ee" : ""}`,
    title: `Plugins of your own whose name ${since} ships: ${names.join(", ")}`,
    since,
    edition,
    area: "plugin",
    severity: "breaks_traffic",
    when: { kind: "custom_plugin", path: "name", predicate: "in", value: names },
    effect:
      "Two plugins answer to one name. The Lua path decides which of them is loaded, and if it is the one of Kong, your instances are checked against its schema and refused.",
    remedy:
      "Give your plugin another name, with its instances and its place in the setting plugins, before the upgrade. To use the one of Kong, add its name to plugins and run `kong migrations up`.",
    sources: [
      edition === "both" ? `Kong/kong kong/constants.lua at ${since}.0` : enterprisePages,
      ...(since === "3.0"
        ? ["Kong/developer.konghq.com@bc1cd742 app/gateway/breaking-changes.md 3.0", "Kong docs, upgrade guide 3.0.x"]
        : []),
    ],
  })),
];

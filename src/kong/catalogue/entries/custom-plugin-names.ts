import type { Hazard } from "#src/kong/catalogue/hazard.ts";

const oss = "Kong/kong kong/constants.lua and kong/plugins of the version and the one before";
const hub = "Kong plugin hub, Kong/developer.konghq.com@bc1cd742 app/_kong_plugins/*/index.md (min_version)";

/**
 * Custom plugins whose name a version takes for a plugin of its own, one entry per version; those of 3.0 are in
 * 30-new-plugins.
 */
export const customPluginNameHazards: readonly Hazard[] = [
  nameClash("2.1", "both", ["grpc-gateway", "grpc-web"], oss),
  nameClash("2.6", "enterprise", ["jq"], hub),
  nameClash(
    "3.1",
    "enterprise",
    ["app-dynamics", "jwe-decrypt", "oas-validation", "saml", "xml-threat-protection"],
    hub,
  ),
  nameClash(
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
    oss,
  ),
  nameClash("3.7", "enterprise", ["ai-azure-content-safety", "ai-rate-limiting-advanced"], hub),
  nameClash("3.8", "both", ["standard-webhooks"], oss),
  nameClash(
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
    hub,
  ),
  nameClash("3.9", "both", ["redirect"], oss),
  nameClash("3.9", "enterprise", ["injection-protection", "service-protection"], hub),
  nameClash(
    "3.10",
    "enterprise",
    ["ai-rag-injector", "ai-sanitizer", "confluent-consume", "kafka-consume", "request-callout"],
    hub,
  ),
  nameClash("3.11", "enterprise", ["ai-aws-guardrails", "ai-prompt-compressor", "datakit", "solace-upstream"], hub),
  nameClash(
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
    hub,
  ),
  nameClash("3.13", "enterprise", ["ace", "ai-lakera-guard"], hub),
  nameClash("3.14", "enterprise", ["ai-a2a-proxy", "ai-custom-guardrail", "metering-and-billing"], hub),
];

function nameClash(since: string, edition: "both" | "enterprise", names: readonly string[], source: string): Hazard {
  const suffix = edition === "enterprise" ? "-ee" : "";
  return {
    id: `${since.replace(".", "")}-plugin-names${suffix}`,
    title: `Kong ${since} brings a plugin of its own under the name of a custom one`,
    since,
    edition,
    area: "custom-plugin",
    severity: "stops_start",
    when: { kind: "custom_plugin", path: "name", predicate: "in", value: names },
    effect:
      "Two plugins have this name, and lua_package_path decides which one loads. If it is Kong's, the configuration of yours does not fit its schema and is refused; if it is yours, Kong's is out of reach. Files of a package can also overwrite yours.",
    remedy:
      "Rename your plugin, in its folder, its schema and every place that configures it, before the upgrade; or move to Kong's plugin.",
    sources: [source],
  };
}

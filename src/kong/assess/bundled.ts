import { bundledPlugins } from "#src/kong/hazards/bundled-plugins.ts";
import { hasBundledPriority } from "./bundled-priorities.ts";
import { isAtLeast } from "#src/kong/version.ts";
import type { Version } from "#src/kong/version.ts";

/**
 * Plugins that came with or after 3.0, and the first version that ships them; before it a plugin of that name is somebody's
 * own. Source: Kong developer docs, app/_kong_plugins, `min_version` (August 2026); Kong/kong 3.0.2 kong/constants.lua.
 */
const shippedSince: Readonly<Record<string, readonly string[]>> = {
  "3.0": [
    "opentelemetry",
    "tls-handshake-modifier",
    "tls-metadata-headers",
    "websocket-size-limit",
    "websocket-validator",
  ],
  "3.1": ["app-dynamics", "jwe-decrypt", "oas-validation", "saml", "xml-threat-protection"],
  "3.6": [
    "ai-prompt-decorator",
    "ai-prompt-guard",
    "ai-prompt-template",
    "ai-proxy",
    "ai-request-transformer",
    "ai-response-transformer",
  ],
  "3.7": ["ai-azure-content-safety", "ai-rate-limiting-advanced"],
  "3.8": [
    "ai-proxy-advanced",
    "ai-semantic-cache",
    "ai-semantic-prompt-guard",
    "confluent",
    "header-cert-auth",
    "json-threat-protection",
    "standard-webhooks",
    "upstream-oauth",
  ],
  "3.9": ["injection-protection", "redirect", "service-protection"],
  "3.10": ["ai-rag-injector", "ai-sanitizer", "confluent-consume", "kafka-consume", "request-callout"],
  "3.11": ["ai-aws-guardrails", "ai-prompt-compressor", "datakit", "solace-upstream"],
  "3.12": [
    "ai-gcp-model-armor",
    "ai-llm-as-judge",
    "ai-mcp-oauth2",
    "ai-mcp-proxy",
    "ai-semantic-response-guard",
    "solace-consume",
    "solace-log",
  ],
  "3.13": ["ace", "ai-lakera-guard"],
  "3.14": ["ai-a2a-proxy", "ai-custom-guardrail", "metering-and-billing"],
};

const firstVersions = new Map(
  Object.entries(shippedSince).flatMap(([version, names]) => names.map((name) => [name, version] as const)),
);

/** Whether Kong itself ships a plugin of that name in a version. */
export function isBundled(name: string, version: Version): boolean {
  if (!bundledPlugins.has(name) && !hasBundledPriority(name)) return false;
  const first = firstVersions.get(name);
  return first === undefined || isAtLeast(version, first);
}

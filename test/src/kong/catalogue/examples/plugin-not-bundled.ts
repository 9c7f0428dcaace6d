import type { Example } from "#test/src/kong/catalogue/example.ts";

/** One of the names that each version ships for the first time. */
const clashes = {
  "24-name-clash-ee": "opa",
  "26-name-clash-ee": "jq",
  "30-name-clash": "opentelemetry",
  "30-name-clash-ee": "tls-metadata-headers",
  "31-name-clash-ee": "saml",
  "36-name-clash": "ai-proxy",
  "37-name-clash-ee": "ai-azure-content-safety",
  "38-name-clash": "standard-webhooks",
  "38-name-clash-ee": "upstream-oauth",
  "39-name-clash": "redirect",
  "39-name-clash-ee": "service-protection",
  "310-name-clash-ee": "request-callout",
  "311-name-clash-ee": "datakit",
  "312-name-clash-ee": "solace-log",
  "313-name-clash-ee": "ace",
  "314-name-clash-ee": "metering-and-billing",
} as const;

export const pluginNotBundledExamples: readonly Example[] = [
  {
    hazard: "any-custom-plugin",
    hits: { customPlugins: [{ name: "acme-audit" }] },
    evidence: ["acme-audit"],
    misses: { installed: [{ name: "key-auth" }, { name: "cors" }] },
  },
  ...Object.entries(clashes).map(([hazard, name]): Example => ({
    hazard,
    hits: { customPlugins: [{ name }] },
    evidence: [name],
    misses: { customPlugins: [{ name: `acme-${name}` }] },
  })),
];

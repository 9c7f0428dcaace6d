import type { Example } from "#test/src/kong/catalogue/example.ts";

/** A custom plugin of this priority next to a bundled one in use. */
const beside = (bundled: string, priority: number) => ({
  plugins: [{ name: bundled, config: {} }],
  customPlugins: [{ name: "acme-audit", priority }],
});

export const customPluginOrderExamples: readonly Example[] = [
  {
    hazard: "30-plugin-priorities",
    hits: beside("jwt", 1200),
    evidence: ["acme-audit", "1200", "jwt"],
    misses: beside("jwt", 1500),
  },
  {
    hazard: "30-plugin-priorities-ee",
    from: "2.8.4.5",
    to: "3.0.0.0",
    hits: beside("openid-connect", 1020),
    evidence: ["acme-audit", "1020", "openid-connect"],
    misses: beside("openid-connect", 900),
  },
  {
    hazard: "30-equal-priorities",
    hits: beside("cors", 2000),
    evidence: ["acme-audit", "2000", "cors"],
    misses: beside("cors", 2001),
  },
  {
    hazard: "34-saml-priority",
    from: "3.4.2.0",
    to: "3.4.3.1",
    hits: beside("saml", 1000),
    evidence: ["acme-audit", "1000", "saml"],
    misses: beside("saml", 1011),
  },
  {
    hazard: "39-correlation-priority",
    hits: { plugins: [{ name: "correlation-id", config: { header_name: "X-Request-Id" } }], customPlugins: [] },
    evidence: ["correlation-id"],
    misses: beside("request-termination", 1000),
  },
  {
    hazard: "39-ai-response-priority",
    hits: beside("ai-response-transformer", 769),
    evidence: ["acme-audit", "ai-response-transformer"],
    misses: beside("ai-response-transformer", 770),
  },
  {
    hazard: "312-konnect-app-auth",
    from: "3.11.0.3",
    to: "3.12.0.0",
    hits: beside("konnect-application-auth", 955),
    evidence: ["acme-audit", "955", "konnect-application-auth"],
    misses: beside("konnect-application-auth", 961),
  },
  {
    hazard: "310-service-protection",
    from: "3.10.0.9",
    to: "3.10.0.10",
    hits: { plugins: [{ name: "service-protection", config: {} }], customPlugins: [] },
    evidence: ["service-protection"],
    misses: beside("rate-limiting", 905),
  },
];

import type { Example } from "#test/src/kong/catalogue/example.ts";

export const pluginNotBundledExamples: readonly Example[] = [
  {
    hazard: "any-custom-plugin",
    hits: { customPlugins: [{ name: "acme-audit" }] },
    evidence: ["acme-audit"],
    misses: { installed: [{ name: "key-auth" }, { name: "cors" }] },
  },
  {
    hazard: "any-name-clash",
    from: "2.8.4.14",
    to: "3.4.3.5",
    hits: { customPlugins: [{ name: "websocket-validator" }, { name: "acme-audit" }] },
    evidence: ["websocket-validator"],
    misses: { customPlugins: [{ name: "acme-audit" }], plugins: [{ name: "openid-connect" }] },
  },
];

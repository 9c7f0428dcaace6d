import type { Example } from "#test/src/kong/catalogue/example.ts";

export const router37To314Examples: readonly Example[] = [
  {
    hazard: "37-pcre2",
    hits: {
      conf: { router_flavor: "traditional" },
      routes: [{ name: "files", paths: [String.raw`~/files/[\w-.]+`] }],
    },
    evidence: ["files", String.raw`~/files/[\w-.]+`],
    misses: {
      conf: { router_flavor: "traditional" },
      routes: [{ name: "files", paths: [String.raw`~/files/[\w.-]+\d`] }],
      plugins: [{ name: "bot-detection", config: { deny: ["bad[0-9]+"] } }],
    },
  },
  {
    hazard: "34-route-match-calculation",
    from: "3.10.0.2",
    to: "3.11.0.0",
    hits: { routes: [{ name: "tls", protocols: ["https"], snis: ["api.example.com"] }] },
    evidence: ["tls"],
    misses: { routes: [{ name: "plain", protocols: ["https"], snis: null }] },
  },
  {
    hazard: "314-route-protocols",
    from: "3.13.0.0",
    to: "3.14.0.0",
    hits: { files: { route: [{ name: "orders", paths: ["/orders"] }] }, scripts: "" },
    evidence: ["orders"],
    misses: {
      files: { route: [{ name: "orders", paths: ["/orders"], protocols: ["http", "https"] }] },
      scripts: "curl http://localhost:8001/routes\ncurl -X POST http://kong:8001/routes -d 'protocols[]=http'\n",
    },
  },
];

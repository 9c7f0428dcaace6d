import type { Example } from "#test/src/kong/catalogue/example.ts";

const hybrid = { deployment: { topology: "hybrid" } } as const;
const traditional = { deployment: { topology: "traditional" } } as const;

export const hybrid30To32Examples: readonly Example[] = [
  {
    hazard: "30-hybrid-custom-plugin-major",
    hits: { customPlugins: [{ name: "audit", version: "2.0.0", dataPlaneVersion: "1.4.0" }] },
    evidence: ["audit", "2.0.0"],
    misses: { customPlugins: [{ name: "audit", version: "2.1.0", dataPlaneVersion: "2.0.0" }] },
  },
  {
    hazard: "30-custom-plugins-both-sides",
    hits: { ...hybrid, customPlugins: [{ name: "audit", priority: 5, version: "1.0.0" }] },
    evidence: ["audit"],
    misses: { ...hybrid, customPlugins: [], installed: [{ name: "cors" }] },
  },
  { hazard: "31-legacy-ws-removed", from: "3.0.1.0", to: "3.1.1.1", hits: hybrid, misses: traditional },
  { hazard: "31-dp-node-id", hits: hybrid, misses: traditional },
  { hazard: "31-from-31-hybrid", from: "3.1.1.1", to: "3.2.2.5", hits: hybrid, misses: traditional },
  { hazard: "32-wrpc-removed", from: "3.1.1", to: "3.2.2", hits: hybrid, misses: traditional },
];

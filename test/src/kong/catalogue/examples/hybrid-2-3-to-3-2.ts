import type { Example } from "#test/src/kong/catalogue/example.ts";

const hybrid = { deployment: { topology: "hybrid" } } as const;
const traditional = { deployment: { topology: "traditional" } } as const;

export const hybrid23To32Examples: readonly Example[] = [
  {
    hazard: "23-hybrid-version-check",
    from: "3.4.2",
    to: "3.5.0",
    hits: { dataPlanes: [{ hostname: "dp-edge", version: "3.6.1" }] },
    evidence: ["dp-edge", "3.6.1"],
    misses: { dataPlanes: [{ hostname: "dp-edge", version: "3.2.2" }] },
  },
  { hazard: "hybrid-control-plane-first", hits: hybrid, misses: traditional },
  {
    hazard: "hybrid-data-planes-not-in-sync",
    hits: { dataPlanes: [{ hostname: "dp-edge", version: "3.4.2", syncStatus: "plugin_set_incompatible" }] },
    evidence: ["dp-edge", "plugin_set_incompatible"],
    misses: { dataPlanes: [{ hostname: "dp-edge", version: "3.4.2", syncStatus: "normal" }] },
  },
  {
    hazard: "24-rl-hybrid-cluster",
    hits: { ...hybrid, plugins: [{ name: "rate-limiting", config: { minute: 5, policy: "cluster" } }] },
    evidence: ["rate-limiting", "cluster"],
    misses: { ...traditional, plugins: [{ name: "rate-limiting", config: { minute: 5, policy: "cluster" } }] },
  },
  {
    hazard: "30-rla-hybrid-cluster",
    from: "2.8.4.14",
    to: "3.0.1.0",
    hits: { ...hybrid, plugins: [{ name: "rate-limiting-advanced", config: { strategy: "cluster" } }] },
    evidence: ["rate-limiting-advanced", "cluster"],
    misses: { ...hybrid, plugins: [{ name: "rate-limiting-advanced", config: { strategy: "redis" } }] },
  },
  {
    hazard: "30-cluster-listener-log",
    hits: { ...hybrid, conf: { admin_error_log: "/var/log/kong/admin.log" } },
    evidence: ["admin_error_log"],
    misses: { ...hybrid, conf: { proxy_error_log: "/var/log/kong/proxy.log" } },
  },
  { hazard: "30-hybrid-28-dp", from: "2.8.5", to: "3.4.2", hits: hybrid, misses: traditional },
  { hazard: "30-hybrid-first-28", from: "2.7.2", to: "3.0.2", hits: hybrid, misses: traditional },
];

import type { Example } from "#test/src/kong/catalogue/example.ts";

export const generalCourseExamples: readonly Example[] = [
  {
    hazard: "gen-licence-ends",
    from: "3.4.3.10",
    to: "3.4.3.29",
    hits: { licence: "2026-12-10", today: "2026-11-26" },
    evidence: ["2026-12-10"],
    misses: { licence: "2027-06-30", today: "2026-11-26" },
  },
  {
    hazard: "gen-old-node-after-finish",
    hits: { deployment: { strategy: "blue-green" }, helm: [] },
    misses: { deployment: { strategy: "in-place" }, helm: [] },
  },
  {
    hazard: "gen-plugins-list",
    hits: { lua: { "audit/handler.lua": "return {}\n", "audit/migrations/init.lua": "return { '000_base' }\n" } },
    evidence: ["audit"],
    misses: { lua: { "audit/handler.lua": "return {}\n", "audit/schema.lua": "return {}\n" } },
  },
  {
    hazard: "gen-added-plugins",
    hits: { deployment: { database: "postgres" } },
    evidence: ["be enabled together with the upgrade"],
    misses: { deployment: { database: "off" } },
  },
  {
    hazard: "gen-one-node-at-a-time",
    hits: { deployment: { database: "postgres", nodeCount: 3 } },
    misses: { deployment: { database: "postgres", nodeCount: 1 } },
  },
  {
    hazard: "gen-old-package-new-schema",
    hits: { deployment: { database: "postgres", strategy: "oss-to-enterprise", nodeCount: 3 } },
    misses: { deployment: { database: "postgres", strategy: "in-place", nodeCount: 1 } },
  },
  {
    hazard: "gen-mode-change",
    hits: { deployment: { topology: "traditional" } },
    evidence: ["become a hybrid one"],
    misses: { deployment: { topology: "hybrid" } },
  },
  {
    hazard: "gen-migrations-down",
    hits: { scripts: "kong migrations down -c /etc/kong/kong.conf\n" },
    evidence: ["kong migrations down"],
    misses: { scripts: "kong migrations up -c /etc/kong/kong.conf\n" },
  },
  {
    hazard: "gen-defaults-explicit",
    from: "3.4.2",
    to: "3.5.0",
    hits: {},
    evidence: ["other infrastructure"],
    misses: {},
    missesHop: { from: "3.4.1", to: "3.4.2" },
  },
  {
    hazard: "gen-fresh-data-store",
    hits: { deployment: { strategy: "fresh-data-store" } },
    misses: { deployment: { strategy: "in-place" } },
  },
];

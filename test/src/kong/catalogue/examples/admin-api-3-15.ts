import type { Example } from "#test/src/kong/catalogue/example.ts";

const hop = { from: "3.14.0.13", to: "3.15.0.4" };

export const adminApi315Examples: readonly Example[] = [
  {
    hazard: "315-license-readonly",
    ...hop,
    hits: { licence: "2026-10-31", today: "2026-11-26", conf: {} },
    evidence: ["2026-10-31"],
    misses: { licence: "2027-10-31", today: "2026-11-26", conf: {} },
  },
  {
    hazard: "315-workspace-names",
    ...hop,
    hits: {
      entities: { workspace: [{ name: "default" }, { name: "services" }, { name: "shop-orders" }] },
      adminApiSegments: ["shop-orders"],
    },
    evidence: ["services", "shop-orders"],
    misses: {
      entities: { workspace: [{ name: "default" }, { name: "shop" }] },
      adminApiSegments: ["services", "routes", "keys"],
    },
  },
  {
    hazard: "315-vault-license",
    ...hop,
    hits: { scripts: "curl -X POST http://kong:8001/licenses -d payload='{vault://env/kong-license}'\n" },
    evidence: ["{vault"],
    misses: { scripts: "curl -X POST http://kong:8001/licenses -d payload=@license.json\n" },
  },
];

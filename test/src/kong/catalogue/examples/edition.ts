import type { Example } from "#test/src/kong/catalogue/example.ts";
import type { Deployment } from "#src/kong/inventory.ts";

const changes = (more: Deployment): Example["hits"] => ({
  deployment: { edition: "oss", editionChange: "oss->enterprise", ...more },
});

const lateral = { from: "3.4.2", to: "3.4.3.29" };

export const editionExamples: readonly Example[] = [
  {
    hazard: "ed-lateral",
    from: "3.4.2",
    to: "3.5.0.7",
    hits: changes({}),
    misses: changes({}),
    missesHop: lateral,
  },
  {
    hazard: "ed-migrations",
    ...lateral,
    hits: changes({ database: "postgres" }),
    misses: changes({ database: "off" }),
  },
  {
    hazard: "ed-finish-last-node",
    ...lateral,
    hits: changes({ nodeCount: 3 }),
    misses: changes({ nodeCount: 1 }),
  },
  {
    hazard: "ed-downtime",
    ...lateral,
    hits: changes({ strategy: "in-place" }),
    misses: changes({ strategy: "dual-cluster" }),
  },
  {
    hazard: "ed-package",
    ...lateral,
    hits: { ...changes({}), hosts: [{ node: "kong-1", os: "ubuntu22.04", package: "deb" }] },
    evidence: ["kong-1", "deb"],
    misses: { ...changes({}), hosts: [{ node: "kong-1", image: "kong:3.4.2-ubuntu", package: "image" }] },
  },
  {
    hazard: "ed-deb-dependencies",
    ...lateral,
    hits: { ...changes({}), hosts: [{ node: "kong-1", os: "ubuntu22.04", package: "deb" }] },
    misses: { ...changes({}), hosts: [{ node: "kong-1", os: "debian12", package: "deb" }] },
  },
  {
    hazard: "ed-kubernetes",
    ...lateral,
    hits: changes({ platform: "kubernetes" }),
    misses: changes({ platform: "host" }),
  },
  {
    hazard: "ed-licence-missing",
    ...lateral,
    hits: { ...changes({}), licence: "none", conf: {} },
    misses: { ...changes({}), licence: "none", conf: { license_path: "/etc/kong/license.json" } },
  },
  {
    hazard: "ed-declarative-workspace",
    ...lateral,
    hits: changes({ topology: "dbless", database: "off" }),
    misses: changes({ topology: "traditional", database: "postgres" }),
  },
  {
    hazard: "ed-km-rbac",
    ...lateral,
    hits: { ...changes({}), conf: { admin_listen: "0.0.0.0:8001" } },
    evidence: ["enforce_rbac"],
    misses: { ...changes({}), conf: { enforce_rbac: "on" } },
  },
  {
    hazard: "ed-not-in-file",
    from: "3.3.1.1",
    to: "3.4.3.29",
    hits: { conf: { enforce_rbac: "on" }, entities: {} },
    evidence: ["enforce_rbac"],
    misses: { conf: { enforce_rbac: "off" }, entities: { route: [{ name: "orders", paths: ["/orders"] }] } },
  },
];

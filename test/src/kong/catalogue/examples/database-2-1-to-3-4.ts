import type { Example } from "#test/src/kong/catalogue/example.ts";

const plainRoutes = { routes: [{ name: "orders", paths: ["/orders"] }] };
const regexRoutes = { routes: [{ name: "users", paths: ["~/users/\\d+$"] }] };

export const database21To34Examples: readonly Example[] = [
  {
    hazard: "21-finish-needed-before-admin-writes",
    from: "2.8.5",
    to: "3.0.2",
    hits: { deployment: { database: "postgres", strategy: "blue-green" } },
    misses: { deployment: { database: "postgres", strategy: "in-place" } },
  },
  {
    hazard: "21-cassandra-schema-21",
    from: "2.1.4",
    to: "2.8.5",
    hits: { deployment: { database: "cassandra" } },
    misses: { deployment: { database: "postgres" } },
  },
  {
    hazard: "22-cassandra-2-deprecated",
    from: "2.1.4",
    to: "2.2.2",
    hits: { deployment: { database: "cassandra" }, database: { kind: "cassandra", version: "2.2.19" } },
    evidence: ["2.2.19"],
    misses: { deployment: { database: "cassandra" }, database: { kind: "cassandra", version: "3.11.14" } },
  },
  {
    hazard: "27-cassandra-deprecated",
    from: "2.6.0",
    to: "2.8.5",
    hits: { deployment: { database: "cassandra" } },
    misses: { deployment: { database: "postgres" } },
  },
  {
    hazard: "30-targets-duplicate",
    from: "2.8.5",
    to: "3.0.2",
    hits: {
      entities: {
        upstream: [
          {
            name: "orders",
            targets: [
              { target: "10.0.0.1:80", weight: 0 },
              { target: "10.0.0.1:80", weight: 100 },
            ],
          },
        ],
      },
    },
    evidence: ["orders", "10.0.0.1:80"],
    misses: {
      entities: {
        upstream: [
          { name: "orders", targets: [{ target: "10.0.0.1:80" }, { target: "10.0.0.2:80" }] },
          { name: "carts", targets: [{ target: "10.0.0.1:80" }] },
        ],
      },
    },
  },
  {
    hazard: "30-from-1x",
    from: "2.0.5",
    to: "3.0.2",
    hits: {},
    misses: {},
    missesHop: { from: "2.1.4", to: "3.0.2" },
  },
  {
    hazard: "30-blue-green-min",
    from: "2.8.1",
    to: "3.0.2",
    hits: { deployment: { strategy: "blue-green" } },
    misses: { deployment: { strategy: "dual-cluster" } },
  },
  {
    hazard: "30-migrations-up-route-check",
    from: "3.0.1.0",
    to: "3.1.1.6",
    hits: { routes: [{ name: "public", paths: ["~/(?!internal)\\w+$"] }] },
    evidence: ["public", "(?!internal)"],
    misses: { routes: [{ name: "users", paths: ["~/users/(?:\\d+)$", "/plain"] }] },
  },
  {
    hazard: "33-expired-rows-trigger",
    hits: { deployment: { database: "postgres" } },
    misses: { deployment: { database: "off" } },
  },
  {
    hazard: "34-cassandra-removed",
    hits: { conf: { database: "cassandra" } },
    evidence: ["database", "cassandra"],
    misses: { deployment: { database: "postgres" }, conf: { database: "postgres" } },
  },
  {
    hazard: "34-migrations-force-new-plugins",
    from: "3.4.2",
    to: "3.9.3",
    hits: { deployment: { database: "postgres" }, ...regexRoutes },
    misses: { deployment: { database: "postgres" }, ...plainRoutes },
  },
];

import fc from "fast-check";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { greenDatabase, greenNodes, sampleEnvironment, sampleHooks } from "#test/src/plan/sample.ts";
import type { Given, Subject } from "./subject.ts";
import { orders, variationsOf } from "./wishes.ts";

/** An installation on Cassandra with a second cluster; on PostgreSQL where it has a database. */
export function cassandraEnvironment(changes: Partial<Environment> = {}): Environment {
  const { database: _, ...sample } = sampleEnvironment();
  return {
    ...sample,
    description: "Two nodes on Cassandra",
    cassandra: { keyspace: "kong", nodetool: "/usr/local/bin/nodetool-everywhere" },
    green: { nodes: greenNodes },
    hooks: sampleHooks,
    traffic: { shares: [10, 50], observeMs: 600_000 },
    ...changes,
  };
}

/** What discovery tells of it: nodes only, since no SQL reaches Cassandra. */
export function cassandraFacts({ nodes }: Environment, version: string, changes: Partial<Facts> = {}): Facts {
  const at = "2026-11-21T03:00:00.000Z";
  return {
    observedAt: at,
    nodes: nodes.map(({ name }) => ({
      name,
      cliVersion: version,
      admin: { version, database: "cassandra", role: "traditional", databaseReachable: true, plugins: ["key-auth"] },
    })),
    configuration: { database: "cassandra" },
    sources: [{ name: "kong-1: Admin API", outcome: { kind: "read", at } }],
    ...changes,
  };
}

const workspaces = (...value: readonly string[]): Partial<Facts> => ({
  installation: { workspaces: { value, source: "kong-1: Admin API", at: "2026-11-21T03:00:00.000Z" } },
});

const moves = [
  ["oss", "2.1.4", "2.8.5", "keyspace"],
  ["oss", "2.8.5", "3.0.2", "keyspace"],
  ["enterprise", "2.8.4.1", "3.0.1.0", "keyspace"],
  ["oss", "2.8.5", "2.8.5", "postgres"],
  ["oss", "3.3.1", "3.3.1", "postgres"],
  ["enterprise", "2.8.4.1", "2.8.4.1", "postgres"],
] as const;

const deck = { program: "/usr/bin/deck", version: "1.65.1" };
const green = { nodes: greenNodes, database: greenDatabase };
const keyspace = cassandraEnvironment();
const postgres = cassandraEnvironment({
  edition: "enterprise",
  green,
  deck,
  licence: { file: "/etc/kong/licence.json" },
});
const { traffic: _, ...withoutTraffic } = postgres;
const byHand: Environment = {
  ...withoutTraffic,
  hooks: {},
  smokeTests: [],
  adminApi: { token: { env: "KONG_TOKEN" } },
};
const moving: Given = {
  environment: postgres,
  facts: cassandraFacts(postgres, "2.8.4.1", workspaces("default", "payments")),
  to: "2.8.4.1",
  order: "test-first",
};

export const cassandraCopySubject: Subject = {
  strategy: "cassandra-copy",
  givens: fc
    .record({
      environment: variationsOf(keyspace),
      move: fc.constantFrom(...moves),
      hasDeck: fc.boolean(),
      names: fc.constantFrom([], ["default"], ["default", "payments"], ["a b"]),
      order: orders,
    })
    .map(({ environment: base, move: [edition, from, to, store], hasDeck, names, order }) => {
      const nodes = base.green?.nodes ?? [];
      const environment: Environment = {
        ...base,
        edition,
        green: store === "postgres" ? { nodes, database: greenDatabase } : { nodes },
        ...(hasDeck ? { deck } : {}),
      };
      return { environment, facts: cassandraFacts(environment, from, workspaces(...names)), to, order };
    }),
  backup: /No backup has to be restored to go back: .* only read/u,
  golden: [
    {
      file: "cassandra-copy-new-keyspace",
      given: { environment: keyspace, facts: cassandraFacts(keyspace, "2.8.5"), to: "3.0.2", order: "test-first" },
      back: [
        { at: "green-import", file: "cassandra-copy-rollback-importing" },
        { at: "stop-kong-1", file: "cassandra-copy-rollback-stopped" },
      ],
    },
    {
      file: "cassandra-copy-to-postgres",
      given: moving,
      back: [{ at: "soak-at-50", file: "cassandra-copy-rollback-shifted" }],
    },
    {
      file: "cassandra-copy-by-hand",
      given: { ...moving, environment: byHand, facts: cassandraFacts(byHand, "2.8.4.1") },
      back: [{ at: "decommission", file: "cassandra-copy-rollback-removed" }],
    },
  ],
};

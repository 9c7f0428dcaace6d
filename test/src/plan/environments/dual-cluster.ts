import fc from "fast-check";
import type { Environment } from "#src/plan/environment.ts";
import { greenDatabase, greenNodes, sampleEnvironment, sampleHooks } from "#test/src/plan/sample.ts";
import type { Given, Subject } from "./subject.ts";
import { factsOf, orders, usingPlugins, variationsOf } from "./wishes.ts";

/** Two clusters, two database servers, every hook. */
export function dualEnvironment(changes: Partial<Environment> = {}): Environment {
  return sampleEnvironment({
    green: { nodes: greenNodes, database: greenDatabase },
    hooks: {
      ...sampleHooks,
      freeze: { argv: ["/usr/local/bin/freeze-config", "on", "{node}"], timeoutMs: 30_000 },
      unfreeze: { argv: ["/usr/local/bin/freeze-config", "off", "{node}"], timeoutMs: 30_000 },
    },
    traffic: { shares: [10, 50], observeMs: 600_000 },
    ...changes,
  });
}

const hops = [
  ["2.8.5", "3.4.2"],
  ["2.1.4", "3.0.2"],
  ["3.4.2", "3.5.0"],
  ["2.8.1", "2.8.5"],
  ["3.4.2", "3.4.2.0"],
] as const;

const environment = dualEnvironment();
const { traffic: _, ...withoutTraffic } = environment;
/** Nothing automated, one new node for two old ones, on the old database server. */
const byHand: Environment = {
  ...withoutTraffic,
  hooks: {},
  smokeTests: [],
  keyring: true,
  green: { nodes: greenNodes.slice(0, 1), database: { ...greenDatabase, host: "127.0.0.1", name: "kong_new" } },
};
const counting = usingPlugins("rate-limiting");

const lts: Given = { environment, facts: factsOf(environment, "2.8.5", counting), to: "3.4.2", order: "test-first" };
const licensed = dualEnvironment({ licence: { file: "/etc/kong/licence.json" } });
const edition: Given = { ...lts, environment: licensed, facts: factsOf(licensed, "3.4.2"), to: "3.4.2.0" };
const manual: Given = { ...lts, environment: byHand, facts: factsOf(byHand, "3.4.2"), to: "3.5.0" };

export const dualClusterSubject: Subject = {
  strategy: "dual-cluster",
  givens: fc
    .record({ environment: variationsOf(dualEnvironment()), hop: fc.constantFrom(...hops), order: orders })
    .map(({ environment: given, hop: [from, to], order }) => ({
      environment: given,
      facts: factsOf(given, from),
      to,
      order,
    })),
  backup: "restored",
  golden: [
    {
      file: "dual-cluster-lts",
      given: lts,
      back: [
        { at: "backup-database", file: "dual-cluster-rollback-untouched" },
        { at: "green-create-database", file: "dual-cluster-rollback-creating" },
        { at: "green-migrations-finish", file: "dual-cluster-rollback-migrating" },
        { at: "soak-at-10", file: "dual-cluster-rollback-shifted" },
        { at: "stop-kong-2", file: "dual-cluster-rollback-stopped" },
        { at: "decommission", file: "dual-cluster-rollback-removed" },
      ],
    },
    { file: "dual-cluster-edition", given: edition, back: [{ at: "soak", file: "dual-cluster-rollback-edition" }] },
    {
      file: "dual-cluster-by-hand",
      given: manual,
      back: [{ at: "unfreeze", file: "dual-cluster-rollback-by-hand" }],
    },
  ],
};

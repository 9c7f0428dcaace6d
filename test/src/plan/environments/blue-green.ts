import fc from "fast-check";
import type { Environment } from "#src/plan/environment.ts";
import { greenNodes, sampleEnvironment, sampleHooks } from "#test/src/plan/sample.ts";
import type { Given, Subject } from "./subject.ts";
import { factsOf, orders, variationsOf } from "./wishes.ts";

/** Two clusters that share one database, every hook. */
export function sharedEnvironment(changes: Partial<Environment> = {}): Environment {
  return sampleEnvironment({
    green: { nodes: greenNodes },
    hooks: sampleHooks,
    traffic: { shares: [10, 50], observeMs: 600_000 },
    ...changes,
  });
}

const hops = [
  ["2.8.5", "3.4.2"],
  ["2.8.2", "3.0.2"],
  ["3.4.1", "3.4.2"],
  ["3.4.2", "3.5.0"],
] as const;

const environment = sharedEnvironment();
const { traffic: _, ...withoutTraffic } = environment;
const byHand: Environment = { ...withoutTraffic, hooks: {}, smokeTests: [], keyring: true };
const major: Given = { environment, facts: factsOf(environment, "2.8.5"), to: "3.4.2", order: "test-first" };

export const blueGreenSubject: Subject = {
  strategy: "blue-green",
  givens: fc
    .record({ environment: variationsOf(sharedEnvironment()), hop: fc.constantFrom(...hops), order: orders })
    .map(({ environment: given, hop: [from, to], order }) => ({
      environment: given,
      facts: factsOf(given, from),
      to,
      order,
    })),
  backup: "restored",
  golden: [
    {
      file: "blue-green-major",
      given: major,
      back: [
        { at: "prove-backup", file: "blue-green-rollback-untouched" },
        { at: "migrations-up", file: "blue-green-rollback-migrating" },
        { at: "smoke-old", file: "blue-green-rollback-old-fails" },
        { at: "soak-at-10", file: "blue-green-rollback-shifted" },
        { at: "stop-kong-2", file: "blue-green-rollback-stopped" },
        { at: "migrations-finish", file: "blue-green-rollback-finishing" },
        { at: "decommission", file: "blue-green-rollback-removed" },
      ],
    },
    {
      file: "blue-green-patch-by-hand",
      given: { environment: byHand, facts: factsOf(byHand, "3.4.1"), to: "3.4.2", order: "documented" },
      back: [{ at: "verify", file: "blue-green-rollback-by-hand" }],
    },
  ],
};

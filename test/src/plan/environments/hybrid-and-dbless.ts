import fc from "fast-check";
import type { Facts } from "#src/kong/facts.ts";
import type { Environment } from "#src/plan/environment.ts";
import { dblessEnvironment, dblessFacts, hybridEnvironment, hybridFacts } from "#test/src/plan/hybrid-sample.ts";
import type { Wanted } from "#test/src/plan/hybrid-sample.ts";

/** An installation, what was read of it, and where it can go from there. */
export interface Given {
  readonly environment: Environment;
  readonly facts: Facts;
  readonly to: string;
}

const hook = (name: string): { readonly argv: readonly string[]; readonly timeoutMs: number } => ({
  argv: [`/usr/local/bin/${name}`, "{node}", "{version}"],
  timeoutMs: 60_000,
});

const hookNames = ["install", "freeze", "unfreeze", "decommission", "configure", "drain", "admit"] as const;

interface Habits {
  readonly hooks: readonly (typeof hookNames)[number][];
  readonly hasSmokeTests: boolean;
  readonly hasMetrics: boolean;
  readonly keyring: boolean;
  readonly rolling: NonNullable<Environment["rolling"]> | null;
}

/** What any installation may have or lack. */
const habits = fc
  .record({
    hooks: fc.subarray([...hookNames]),
    hasSmokeTests: fc.boolean(),
    hasMetrics: fc.boolean(),
    keyring: fc.boolean(),
    rolling: fc.option(
      fc.record({
        batchSize: fc.integer({ min: 1, max: 4 }),
        maxUnavailable: fc.integer({ min: 1, max: 4 }),
        pauseMs: fc.constantFrom(0, 30_000),
      }),
    ),
  })
  .map((wish) => changesOf(wish));

function changesOf({ hooks, hasSmokeTests, hasMetrics, keyring, rolling }: Habits): Partial<Environment> {
  return {
    hooks: Object.fromEntries(hooks.map((name) => [name, hook(name)])),
    keyring,
    ...(hasSmokeTests ? {} : { smokeTests: [] }),
    ...(hasMetrics ? {} : { soak: { durationMs: 60_000, sampleEveryMs: 5_000, maxErrorRateIncrease: 0.01 } }),
    ...(rolling === null ? {} : { rolling }),
  };
}

/** Nodes of one role, spread over groups or in none. */
function nodes(role: "data_plane" | "dbless", prefix: string): fc.Arbitrary<readonly Wanted[]> {
  return fc.array(fc.constantFrom("zone-a", "zone-b", undefined), { minLength: 1, maxLength: 7 }).map((groups) =>
    groups.map((group, index) => ({
      name: `${prefix}-${index + 1}`,
      role,
      ...(group === undefined ? {} : { group }),
    })),
  );
}

const versions = fc.constantFrom(
  { from: "2.8.5", to: "3.4.2" },
  { from: "3.4.2", to: "3.5.0" },
  { from: "3.8.1", to: "3.9.3" },
);

/** DB-less installations for the strategy rolling. */
export const dblessEnvironments: fc.Arbitrary<Given> = fc
  .record({ habits, nodes: nodes("dbless", "gw"), versions, isConverted: fc.boolean() })
  .map(({ habits: changes, nodes: wanted, versions: { from, to }, isConverted }) => {
    const file = "/srv/edge/kong.yml";
    const declarative = { file, converted: isConverted ? "/srv/edge/kong-new.yml" : file };
    const environment = dblessEnvironment({ ...changes, declarative }, wanted);
    return { environment, facts: dblessFacts(environment, from), to };
  });

/** Hybrid installations for the strategy control-plane-first; their data planes may be a patch behind. */
export const hybridEnvironments: fc.Arbitrary<Given> = fc
  .record({ habits, controlPlanes: fc.integer({ min: 1, max: 3 }), nodes: nodes("data_plane", "dp"), versions })
  .map(({ habits: changes, controlPlanes, nodes: dataPlanes, versions: { from, to } }) => {
    const leading = Array.from({ length: controlPlanes }, (_, index): Wanted => ({
      name: `cp-${index + 1}`,
      role: "control_plane",
    }));
    const environment = hybridEnvironment(changes, [...dataPlanes, ...leading]);
    return { environment, facts: hybridFacts(environment, { controlPlane: from, dataPlane: from }), to };
  });

/** Hybrid installations whose control planes are done, for the strategy rolling. */
export const dataPlaneEnvironments: fc.Arbitrary<Given> = hybridEnvironments
  .filter(({ facts }) => facts.nodes.some(({ cliVersion }) => cliVersion === "3.4.2"))
  .map(({ environment, to }) => ({
    environment,
    facts: hybridFacts(environment, { controlPlane: to, dataPlane: "3.4.2" }),
    to,
  }));

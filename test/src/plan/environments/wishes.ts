import fc from "fast-check";
import type { Facts } from "#src/kong/facts.ts";
import type { Database } from "#src/plan/database.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { KongNode } from "#src/plan/kong-node.ts";
import { sampleFacts, sampleHooks, sampleNode } from "#test/src/plan/sample.ts";

const hookNames = [
  "install",
  "freeze",
  "unfreeze",
  "decommission",
  "start",
  "stop",
  "drain",
  "shiftTraffic",
  "provision",
  "configure",
] as const satisfies readonly (keyof Environment["hooks"])[];

/** What may be there or not in any environment. */
const wishes = fc.record({
  nodeCount: fc.integer({ min: 1, max: 4 }),
  greenCount: fc.integer({ min: 1, max: 4 }),
  keyring: fc.boolean(),
  hasSmokeTests: fc.boolean(),
  hooks: fc.subarray([...hookNames]),
  hasPassword: fc.boolean(),
  hasMetrics: fc.boolean(),
  soakMs: fc.constantFrom(0, 60_000, 86_400_000),
  traffic: fc.option(
    fc.record({
      shares: fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 }),
      observeMs: fc.constantFrom(0, 1_000, 600_000),
    }),
    { nil: undefined },
  ),
});
type Wish = typeof wishes extends fc.Arbitrary<infer Value> ? Value : never;

/** The environment with any number of nodes on both sides, and with and without everything that is optional. */
export function variationsOf(base: Environment): fc.Arbitrary<Environment> {
  return wishes.map((wish) => wished(base, wish));
}

function wished(base: Environment, wish: Wish): Environment {
  const { database, green, soak, ...rest } = base;
  const { metricsUrl, ...watching } = soak;
  return {
    ...rest,
    ...(database === undefined ? {} : { database: withPassword(database, wish) }),
    ...(green === undefined
      ? {}
      : {
          green: {
            nodes: repeat(green.nodes, "green", wish.greenCount),
            ...(green.database === undefined ? {} : { database: withPassword(green.database, wish) }),
          },
        }),
    nodes: repeat(base.nodes, "kong", wish.nodeCount),
    keyring: wish.keyring,
    smokeTests: wish.hasSmokeTests ? base.smokeTests : [],
    hooks: Object.fromEntries(wish.hooks.map((name) => [name, sampleHooks[name]])),
    soak: {
      ...watching,
      durationMs: wish.soakMs,
      ...(wish.hasMetrics && metricsUrl !== undefined ? { metricsUrl } : {}),
    },
    ...(wish.traffic === undefined ? {} : { traffic: wish.traffic }),
  };
}

function withPassword({ password, ...database }: Database, { hasPassword }: Wish): Database {
  return hasPassword && password !== undefined ? { ...database, password } : database;
}

/** So many nodes like the first one, each with a name and addresses of its own. */
function repeat([node]: readonly KongNode[], prefix: string, count: number): readonly KongNode[] {
  if (node === undefined) throw new Error("the sample has no node");
  return Array.from({ length: count }, (_, index) => {
    const name = `${prefix}-${index + 1}`;
    return {
      ...node,
      name,
      kong: `/srv/nodes/${name}/bin/kong`,
      conf: `/srv/nodes/${name}/kong.conf`,
      prefix: `/srv/nodes/${name}/prefix`,
      admin: `http://${name}.internal:8001`,
      proxy: `http://${name}.internal:8000`,
    };
  });
}

/** What discovery tells of that environment on one version. */
export function factsOf(environment: Environment, version: string, changes: Partial<Facts> = {}): Facts {
  return sampleFacts({ nodes: environment.nodes.map(({ name }) => sampleNode(name, version)), ...changes });
}

/** Both orders, where a strategy knows them or not. */
export const orders = fc.constantFrom("test-first" as const, "documented" as const);

/** Facts that tell of these plugins, one instance each. */
export function usingPlugins(...names: readonly string[]): Partial<Facts> {
  const value = names.map((name) => ({ name, origin: "bundled" as const, instances: 1 }));
  return { installation: { plugins: { value, source: "kong-1: Admin API", at: "2026-11-21T03:00:00.000Z" } } };
}

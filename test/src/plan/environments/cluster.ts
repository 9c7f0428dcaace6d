import fc from "fast-check";
import type { Environment } from "#src/plan/environment.ts";
import type { HelmRelease } from "#src/plan/kubernetes.ts";
import { clusterEnvironment, clusterFacts, release } from "#test/src/plan/cluster-sample.ts";
import type { Given } from "./hybrid-and-dbless.ts";

interface Wish {
  readonly roles: readonly HelmRelease["role"][];
  readonly database: "reachable" | "elsewhere" | "off";
  readonly keyring: boolean;
  readonly hasMetrics: boolean;
  readonly hasHooks: boolean;
  readonly hasController: boolean;
  readonly isDaemonSet: boolean;
  readonly isRevisionKnown: boolean;
  readonly isChartThere: boolean;
  readonly versions: { readonly from: string; readonly to: string };
}

const wishOf = (roles: fc.Arbitrary<readonly HelmRelease["role"][]>): fc.Arbitrary<Wish> =>
  fc.record({
    roles,
    database: fc.constantFrom("reachable", "elsewhere", "off"),
    keyring: fc.boolean(),
    hasMetrics: fc.boolean(),
    hasHooks: fc.boolean(),
    hasController: fc.boolean(),
    isDaemonSet: fc.boolean(),
    isRevisionKnown: fc.boolean(),
    isChartThere: fc.boolean(),
    versions: fc.constantFrom(
      { from: "2.8.5", to: "3.4.2" },
      { from: "3.5.0", to: "3.6.1" },
      { from: "3.8.1", to: "3.9.3" },
    ),
  });

function rolesAmong(
  roles: readonly HelmRelease["role"][],
  limits: fc.ArrayConstraints,
): fc.Arbitrary<readonly HelmRelease["role"][]> {
  return fc.array(fc.constantFrom(...roles), limits);
}

/** One release that runs everything. */
export const singleReleases: fc.Arbitrary<Given> = wishOf(fc.constant(["all"])).map((wish) => given(wish));

/** Several releases on one database, with and without data planes. */
export const splitReleases: fc.Arbitrary<Given> = wishOf(
  fc
    .record({
      leading: rolesAmong(["admin", "proxy", "control_plane"], { minLength: 1, maxLength: 3 }),
      following: rolesAmong(["data_plane"], { maxLength: 3 }),
    })
    .filter(({ leading, following }) => leading.length + following.length > 1)
    .map(({ leading, following }) => following.concat(leading)),
).map((wish) => given(wish));

function given(wish: Wish): Given {
  const { versions, database, isRevisionKnown, isChartThere } = wish;
  const environment = environmentOf(wish);
  const facts = clusterFacts(environment, {
    version: versions.from,
    database: database === "off" ? "off" : "postgres",
  });
  const { installation } = facts;
  if (installation?.helmReleases === undefined) throw new Error("the sample tells no releases");
  const { helmReleases, ...rest } = installation;
  const value = helmReleases.value.map((one) => Object.assign({}, one, isChartThere ? { chartVersion: "2.38.0" } : {}));
  return {
    environment,
    facts: { ...facts, installation: isRevisionKnown ? { ...rest, helmReleases: { ...helmReleases, value } } : rest },
    to: versions.to,
  };
}

function environmentOf({
  roles,
  database,
  keyring,
  hasMetrics,
  hasHooks,
  hasController,
  isDaemonSet,
}: Wish): Environment {
  const releases = roles.map((role, index) => {
    const one = release(index === 0 ? `kong.${"x".repeat(47)}` : `r${index + 1}`, role);
    return isDaemonSet ? Object.assign({}, one, { workload: `daemonset/${one.name}-kong` }) : one;
  });
  const { database: reachable, ...sample } = clusterEnvironment(releases, {
    keyring,
    ...(hasMetrics ? {} : { soak: { durationMs: 60_000, sampleEveryMs: 5_000, maxErrorRateIncrease: 0.01 } }),
    ...(hasHooks
      ? {
          hooks: {
            freeze: { argv: ["/usr/local/bin/freeze", "on"], timeoutMs: 30_000 },
            unfreeze: { argv: ["/usr/local/bin/freeze", "off"], timeoutMs: 30_000 },
          },
        }
      : {}),
  });
  const { kubernetes } = sample;
  if (kubernetes === undefined) throw new Error("the sample has no cluster");
  return {
    ...sample,
    ...(database === "reachable" && reachable !== undefined ? { database: reachable } : {}),
    kubernetes: { ...kubernetes, ...(hasController ? { ingressController: "kong-controller" } : {}) },
  };
}

import fc from "fast-check";
import type { Environment } from "#src/plan/environment.ts";
import { dualEnvironment } from "./dual-cluster.ts";
import type { Given, Subject } from "./subject.ts";
import { factsOf, orders, variationsOf } from "./wishes.ts";

const noFiles = { plugins: [], scripts: [], dashboards: [], manifests: [], helmValues: [] };
const oneFile = { ...noFiles, declarative: ["/etc/kong/kong.yml"] };

/** A second cluster on an empty database, with decK and one declarative file. */
export function freshEnvironment(changes: Partial<Environment> = {}): Environment {
  return dualEnvironment({ deck: { program: "/usr/bin/deck", version: "1.65.1" }, sources: oneFile, ...changes });
}

/** Everything that decides how the configuration is loaded. */
const loading: fc.Arbitrary<Partial<Environment>> = fc.record(
  {
    deck: fc.constantFrom("1.7.0", "1.17.0", "1.65.1", "unknown").map((version) => ({ program: "deck", version })),
    sources: fc
      .constantFrom([], ["/etc/kong/kong.yml"], ["/etc/kong/a.yml", "/etc/kong/b.yml"])
      .map((declarative) => Object.assign({ declarative }, noFiles)),
    declarative: fc.constant({ file: "/etc/kong/kong.yml", converted: "/etc/kong/kong-3.yml" }),
    adminApi: fc.constantFrom({ token: { env: "KONG_ADMIN_TOKEN" } }, { ca: "/etc/ssl/kong-ca.pem" }),
  },
  { requiredKeys: [] },
);

const hops = [
  ["oss", "2.8.5", "3.4.2"],
  ["oss", "3.4.2", "3.5.0"],
  ["enterprise", "3.4.3.5", "3.10.0.2"],
  ["enterprise", "2.8.4.1", "3.4.3.29"],
] as const;

const environment = freshEnvironment();
const byHand: Environment = {
  ...dualEnvironment({ hooks: {}, smokeTests: [], edition: "enterprise", adminApi: { token: { env: "KONG_TOKEN" } } }),
  licence: { file: "/etc/kong/licence.json" },
};
const automated: Given = { environment, facts: factsOf(environment, "2.8.5"), to: "3.4.2", order: "test-first" };

export const freshDataStoreSubject: Subject = {
  strategy: "fresh-data-store",
  givens: fc
    .record({
      environment: variationsOf(dualEnvironment()),
      loading,
      hop: fc.constantFrom(...hops),
      hasLicence: fc.boolean(),
      order: orders,
    })
    .map(({ environment: base, loading: changes, hop: [edition, from, to], hasLicence, order }) => {
      const licence = hasLicence ? { licence: { env: "KONG_LICENCE" } } : {};
      return { environment: { ...base, ...changes, ...licence, edition }, facts: factsOf(base, from), to, order };
    }),
  backup: "restored",
  golden: [
    {
      file: "fresh-data-store-converted",
      given: automated,
      back: [
        { at: "green-migrations-bootstrap", file: "fresh-data-store-rollback-bootstrapping" },
        { at: "soak", file: "fresh-data-store-rollback-shifted" },
      ],
    },
    {
      file: "fresh-data-store-by-hand",
      given: { environment: byHand, facts: factsOf(byHand, "3.4.3.5"), to: "3.10.0.2", order: "test-first" },
      back: [{ at: "close", file: "fresh-data-store-rollback-removed" }],
    },
  ],
};

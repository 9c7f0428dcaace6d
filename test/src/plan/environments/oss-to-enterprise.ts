import fc from "fast-check";
import type { Environment } from "#src/plan/environment.ts";
import { sampleEnvironment } from "#test/src/plan/sample.ts";
import type { Given, Subject } from "./subject.ts";
import { factsOf, orders, variationsOf } from "./wishes.ts";

const twins = [
  ["3.4.2", "3.4.2.0"],
  ["3.9.1", "3.9.1.2"],
  ["2.8.4", "2.8.4.1"],
] as const;

const environment = sampleEnvironment({ licence: { file: "/etc/kong/licence.json" } });
const byHand: Environment = sampleEnvironment({ hooks: {}, smokeTests: [] });
const licensed: Given = { environment, facts: factsOf(environment, "3.4.2"), to: "3.4.2.0", order: "test-first" };

export const ossToEnterpriseSubject: Subject = {
  strategy: "oss-to-enterprise",
  givens: fc
    .record({
      environment: variationsOf(sampleEnvironment()),
      twin: fc.constantFrom(...twins),
      hasLicence: fc.boolean(),
      order: orders,
    })
    .map(({ environment: base, twin: [from, to], hasLicence, order }) => {
      const given = hasLicence ? { ...base, licence: { env: "KONG_LICENCE" } } : base;
      return { environment: given, facts: factsOf(given, from), to, order };
    }),
  backup: "restored",
  golden: [
    {
      file: "oss-to-enterprise-licensed",
      given: licensed,
      back: [
        { at: "stop-kong-2", file: "oss-to-enterprise-rollback-stopped" },
        { at: "migrations-up", file: "oss-to-enterprise-rollback-migrating" },
        { at: "licence", file: "oss-to-enterprise-rollback-finished" },
      ],
    },
    {
      file: "oss-to-enterprise-by-hand",
      given: { environment: byHand, facts: factsOf(byHand, "3.9.1"), to: "3.9.1.2", order: "documented" },
      back: [{ at: "install", file: "oss-to-enterprise-rollback-by-hand" }],
    },
  ],
};

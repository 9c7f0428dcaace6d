import fc from "fast-check";
import { sampleEnvironment, sampleFacts, sampleFinding } from "#test/src/plan/sample.ts";
import type { Given, Subject } from "./subject.ts";
import { factsOf, orders, variationsOf } from "./wishes.ts";

const hops = [
  ["2.8.5", "3.0.2"],
  ["2.8.5", "3.4.2"],
  ["2.8.1", "2.8.5"],
  ["3.4.2", "3.5.0"],
] as const;

const documented: Given = { environment: sampleEnvironment(), facts: sampleFacts(), to: "3.4.2", order: "documented" };
const testFirst: Given = { ...documented, order: "test-first" };
const byHand = sampleEnvironment({ hooks: {}, smokeTests: [], keyring: true });
const withTemplate = sampleFacts({
  assessment: {
    target: "3.4.2",
    hops: [
      {
        from: "2.8.5",
        to: "3.4.2",
        findings: [
          sampleFinding({
            id: "30-custom-template",
            severity: "stops_start",
            area: "nginx-template",
            title: "A custom nginx template of 2.x has to be rebased",
          }),
        ],
        notChecked: [],
      },
    ],
  },
});

export const inPlaceSubject: Subject = {
  strategy: "in-place",
  givens: fc
    .record({
      environment: variationsOf(sampleEnvironment()),
      hop: fc.constantFrom(...hops),
      order: orders,
      judged: fc.constantFrom({}, { assessment: withTemplate.assessment }),
    })
    .map(({ environment, hop: [from, to], order, judged }) => ({
      environment,
      facts: factsOf(environment, from, judged),
      to,
      order,
    })),
  backup: "restored",
  golden: [
    {
      file: "in-place-test-first",
      given: testFirst,
      back: [
        { at: "backup-database", file: "in-place-rollback-untouched" },
        { at: "stop-kong-1", file: "in-place-rollback-first-node-stopping" },
        { at: "install", file: "in-place-rollback-installing" },
        { at: "migrations-up", file: "in-place-rollback-migrating" },
        { at: "start-kong-2", file: "in-place-rollback-starting" },
        { at: "migrations-finish", file: "in-place-rollback-finishing" },
        { at: "decommission", file: "in-place-rollback-finished" },
      ],
    },
    { file: "in-place-documented", given: documented },
    {
      file: "in-place-files-by-hand",
      given: { ...testFirst, facts: withTemplate },
      back: [{ at: "migrations-up", file: "in-place-rollback-files-by-hand" }],
    },
    { file: "in-place-by-hand", given: { ...testFirst, environment: byHand } },
    {
      file: "in-place-by-hand-documented",
      given: { ...documented, environment: byHand },
      back: [{ at: "soak", file: "in-place-rollback-by-hand" }],
    },
    {
      file: "in-place-patch",
      given: { ...testFirst, facts: factsOf(sampleEnvironment(), "2.8.1"), to: "2.8.5" },
    },
  ],
};

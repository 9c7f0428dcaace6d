import { expect, test } from "vitest";
import type { Facts } from "#src/kong/facts.ts";
import type { Finding } from "#src/kong/finding.ts";
import { dblessEnvironment, dblessFacts, hybridEnvironment, hybridFacts } from "./hybrid-sample.ts";
import { backFrom, planned } from "./planned.ts";
import type { Wish } from "./planned.ts";
import { sampleEnvironment, sampleFacts, sampleFinding, sampleHooks } from "./sample.ts";

const template = sampleFinding({
  id: "30-custom-template",
  severity: "stops_start",
  area: "nginx-template",
  title: "A custom nginx template of 2.x has to be rebased",
});

function judging(facts: Facts, ...findings: readonly Finding[]): Facts {
  return {
    ...facts,
    assessment: { target: "3.4.2", hops: [{ from: "2.8.5", to: "3.4.2", findings, notChecked: [] }] },
  };
}

function inPlace(finding: Finding, environment = sampleEnvironment()): Wish {
  return { environment, facts: judging(sampleFacts(), finding), to: "3.4.2", strategy: "in-place" };
}

function idsOf(wish: Wish): readonly string[] {
  return planned(wish).steps.map(({ id }) => id);
}

test("what changes in templates, kong.conf and custom plugins gets a step between the package and the migration", () => {
  const ids = idsOf(inPlace(template));
  expect(ids.slice(ids.indexOf("install"), ids.indexOf("migrations-up") + 1)).toStrictEqual([
    "install",
    "configure",
    "check-configuration",
    "migrations-up",
  ]);
  const step = planned(inPlace(template)).steps.find(({ id }) => id === "configure");
  expect(step?.action).toMatchObject({ kind: "manual", instruction: expect.stringContaining(`• ${template.title}`) });
  expect(step?.targets).toStrictEqual(["kong-1", "kong-2"]);
});

test.each([
  ["a route", { area: "router" }],
  ["a question", { kind: "question" }],
  ["what goes on working", { severity: "deprecation" }],
] as const)("%s asks for no step while the nodes are down", (_, changes) => {
  expect(idsOf(inPlace({ ...template, ...changes }))).not.toContain("configure");
});

test("a configure hook does it by itself", () => {
  const environment = sampleEnvironment({
    hooks: { ...sampleEnvironment().hooks, configure: sampleHooks.configure },
  });
  const step = planned(inPlace(template, environment)).steps.find(({ id }) => id === "configure");
  expect(step?.action).toMatchObject({ kind: "commands" });
});

test("going back, who put files in place takes them away again, and nobody else", () => {
  const actionAt = (stepId: string): unknown =>
    backFrom(inPlace(template), stepId).steps.find(({ id }) => id.endsWith("configure"))?.action;
  expect(actionAt("check-configuration")).toMatchObject({ kind: "manual" });
  expect(actionAt("install")).toBeUndefined();
});

test("nodes without a database get their files batch by batch, there and back", () => {
  const { drain, admit } = sampleHooks;
  const environment = dblessEnvironment({ hooks: { ...sampleEnvironment().hooks, drain, admit } });
  const wish: Wish = {
    environment,
    facts: judging(dblessFacts(environment, "2.8.5"), template),
    to: "3.4.2",
    strategy: "rolling",
  };
  const ids = idsOf(wish);
  for (const number of [1, 2, 3]) {
    const at = ids.indexOf(`configure-files-batch-${number}`);
    expect(ids[at - 1]).toBe(`install-batch-${number}`);
    expect(ids[at + 1]).toBe(`check-batch-${number}`);
  }
  expect(new Set(ids).size).toBe(ids.length);
  const back = backFrom(wish, "install-batch-2").steps;
  const byHand = back.filter(({ id }) => id.includes("configure-files"));
  expect(byHand.flatMap(({ targets }) => targets)).toStrictEqual(["gw-a1"]);
});

test("in hybrid mode control planes and data planes each get theirs", () => {
  const environment = hybridEnvironment({ hooks: sampleEnvironment().hooks });
  const facts = judging(hybridFacts(environment, { controlPlane: "2.8.5", dataPlane: "2.8.5" }), template);
  const ids = idsOf({ environment, facts, to: "3.4.2", strategy: "control-plane-first" });
  expect(ids.filter((id) => id.startsWith("configure"))).toStrictEqual([
    "configure",
    "configure-files-batch-1",
    "configure-files-batch-2",
    "configure-files-batch-3",
  ]);
});

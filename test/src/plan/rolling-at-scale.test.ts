import { expect, test } from "vitest";
import { canonicalJson } from "#src/kernel/digest.ts";
import { restOfGroup } from "#src/plan/node-roles.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Probe } from "#src/plan/probe.ts";
import { largeRoll } from "./large-roll.ts";
import { backFrom, planned } from "./planned.ts";

const sizeOf = (plan: Plan): number => canonicalJson(plan).length;

const asked = (plan: Plan): readonly Extract<Probe, { kind: "group_serving" }>[] =>
  plan.steps
    .filter(({ id }) => /^(?:back-)?drain-batch-/u.test(id))
    .flatMap(({ precheck }) => precheck.filter((probe) => probe.kind === "group_serving"));

test("a plan of 1,000 nodes, in groups of fifty too, is four times one of 250, and so is its way back", () => {
  const few = largeRoll(250);
  const many = largeRoll(1_000);
  const size = sizeOf(planned(many));
  expect(size).toBeLessThan(4_000_000);
  expect(size / sizeOf(planned(few))).toBeLessThan(4.2);
  expect(sizeOf(planned(largeRoll(1_000, 20)))).toBeLessThan(size * 1.1);
  expect(sizeOf(backFrom(many, "decommission")) / sizeOf(backFrom(few, "decommission"))).toBeLessThan(4.2);
});

test("the rest of a large group is asked in one question, and as many of it may be missing as may be away at any time", () => {
  const { environment, ...wish } = largeRoll(30);
  const [canary] = asked(planned({ environment, ...wish }));
  expect(canary).toEqual({
    kind: "group_serving",
    group: "zone-1",
    except: ["gw-0001"],
    versions: ["3.4.2"],
    // One is away and fifteen may be.
    minimum: 15,
  });
});

test("in the middle of a large group old and new versions are right, and only those of the batch are left out", () => {
  const { environment, ...wish } = largeRoll(100);
  const [, second, third] = asked(planned({ environment, ...wish }));
  expect(second).toMatchObject({ versions: ["3.5.0", "3.4.2"], minimum: 85 });
  expect(third?.except).toEqual(Array.from({ length: 10 }, (_, index) => `gw-${String(index + 12).padStart(4, "0")}`));
  const others = third === undefined ? [] : restOfGroup(environment, third).map(({ name }) => name);
  expect(others).toHaveLength(90);
  expect(others).not.toContain("gw-0012");
});

test("going back leaves out what is away already", () => {
  const [away, next] = asked(backFrom(largeRoll(100), "stop-batch-2"));
  expect([away?.except.length, away?.versions]).toEqual([1, ["3.4.2"]]);
  expect(next).toBeUndefined();
});

test("a rest of twenty nodes is asked node by node", () => {
  expect(asked(planned(largeRoll(21)))).toEqual([]);
});

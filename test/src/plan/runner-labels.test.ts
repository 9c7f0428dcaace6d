import { expect, test } from "vitest";
import { labelText, missingLabels, parseLabels } from "#src/plan/runner-labels.ts";

test("labels are typed as name=value, each name once", () => {
  expect(parseLabels([])).toEqual({});
  expect(parseLabels(["zone=eu", "kong.example/tier=gold-1"])).toEqual({ zone: "eu", "kong.example/tier": "gold-1" });
});

test.each([
  [["zone"]],
  [["=eu"]],
  [["zone="]],
  [["zone=eu", "zone=us"]],
  [["Zone=eu"]],
  [["zone=e u"]],
  [["zone=<!channel>"]],
  [["zone=a=b"]],
  [Array.from({ length: 21 }, (_, index) => `l${index}=1`)],
])("%j are no labels", (words) => {
  expect(parseLabels(words)).toBeUndefined();
});

test("a label counts only with the very value that is wanted", () => {
  expect(missingLabels({ zone: "eu", tier: "gold" }, { zone: "us", tier: "gold", rack: "1" })).toEqual({ zone: "eu" });
  expect(missingLabels({}, { zone: "us" })).toEqual({});
  expect(missingLabels({ constructor: "x" }, {})).toEqual({ constructor: "x" });
  expect(labelText({ zone: "eu", tier: "gold" })).toBe("tier=gold, zone=eu");
});

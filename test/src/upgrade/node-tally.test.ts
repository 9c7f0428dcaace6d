import { expect, test } from "vitest";
import { isTallyLine, tallyLine } from "#src/upgrade/node-tally.ts";

test("a tally tells how many nodes are done and names those at work, four of them", () => {
  const now = ["gw-13", "gw-14", "gw-15", "gw-16", "gw-17"];
  expect(tallyLine({ done: 12, total: 40, now: now.slice(0, 2) })).toBe("12 of 40 nodes done; now at gw-13, gw-14");
  expect(tallyLine({ done: 12, total: 40, now })).toContain("now at gw-13, gw-14, gw-15, gw-16 and 1 more");
  expect(tallyLine({ done: 40, total: 40, now: [] })).toBe("40 of 40 nodes done");
});

test("it is told from what the commands of nodes print", () => {
  expect(isTallyLine(tallyLine({ done: 12, total: 40, now: ["gw-13"] }))).toBe(true);
  expect(isTallyLine("[gw-13] 12 of 40 nodes done")).toBe(false);
  expect(isTallyLine("12 of 40 nodes done; restarting")).toBe(false);
});

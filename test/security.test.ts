import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSources } from "#test/support/source-tree.ts";

/** Threats of SECURITY.md's table, each of which is said to be stopped. */
function threats(): readonly string[] {
  const text = readFileSync(new URL("../SECURITY.md", import.meta.url), "utf8");
  return [...text.matchAll(/^\| (T\d\d) \|/gmu)].map(([, id]) => id ?? "");
}

test("every threat that is said to be stopped has a test that begins with its number", () => {
  const titles = readSources("test").flatMap(({ text }) => [...text.matchAll(/["`](T\d\d): /gu)].map(([, id]) => id));
  const ids = threats();
  expect(ids.length).toBeGreaterThan(30);
  expect(ids.filter((id) => !titles.includes(id))).toEqual([]);
});

test("no number stands for two threats, and none is left out", () => {
  expect(threats()).toEqual(threats().map((_, index) => `T${String(index + 1).padStart(2, "0")}`));
});

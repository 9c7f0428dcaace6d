import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { faults } from "#practice/scenarios/catalogue.ts";

test("every fault of the catalogue is rehearsed by a file of its name", async () => {
  const files = await readdir(import.meta.dirname);
  const rehearsed = files.flatMap((file) => /^(?!all-of-them)(.+)\.test\.ts$/u.exec(file)?.[1] ?? []);
  expect(rehearsed.toSorted()).toEqual(faults.map(({ name }) => name).toSorted());
});

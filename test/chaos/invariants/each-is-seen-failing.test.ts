import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";

test("every invariant has a test beside it that shows it a world in which it does not hold", async () => {
  const names = await readdir(import.meta.dirname);
  const invariants = names.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  expect(invariants.length).toBeGreaterThan(6);
  for (const name of invariants) expect(names).toContain(name.replace(/\.ts$/u, ".test.ts"));
});

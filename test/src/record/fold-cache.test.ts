import { expect, test } from "vitest";
import { createFoldCache } from "#src/record/fold-cache.ts";
import type { Fold } from "#src/record/fold-cache.ts";
import { createTurns } from "#src/record/turns.ts";
import { replay } from "#src/upgrade/evolve.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { recordWithNotes } from "./sealed.ts";

function fold(id: UpgradeId, notes: readonly string[] = []): Fold {
  const events = recordWithNotes(id, notes);
  const upgrade = replay(events);
  const head = events.at(-1)?.hash;
  if (upgrade === undefined || head === undefined) throw new Error("no events");
  return { upgrade, head };
}

test("the cache holds no more than its size and lets go what was not used for longest", () => {
  const cache = createFoldCache(2);
  cache.put(fold("KU-2026-0001"));
  cache.put(fold("KU-2026-0002"));
  cache.get("KU-2026-0001");
  cache.put(fold("KU-2026-0003"));

  expect(cache.get("KU-2026-0001")).toBeDefined();
  expect(cache.get("KU-2026-0002")).toBeUndefined();
  expect(cache.get("KU-2026-0003")).toBeDefined();
});

test("an older version never replaces a newer one", () => {
  const cache = createFoldCache(2);
  const [older, newer] = [fold("KU-2026-0001"), fold("KU-2026-0001", ["note"])];
  cache.put(newer);
  cache.put(older);

  expect(cache.get("KU-2026-0001")).toBe(newer);
});

test("work on one key is done in turn, on others at once, and a failure blocks nobody", async () => {
  const takeTurns = createTurns();
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = takeTurns("a", async () => {
    await gate.promise;
    order.push("a1");
    throw new Error("a1 fails");
  });
  const second = takeTurns("a", async () => {
    order.push("a2");
    return "a2";
  });
  await takeTurns("b", async () => order.push("b"));
  gate.resolve();

  await expect(first).rejects.toThrow("a1 fails");
  expect(await second).toBe("a2");
  expect(order).toEqual(["b", "a1", "a2"]);
});

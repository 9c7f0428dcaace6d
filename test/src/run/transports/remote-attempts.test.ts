import { appendFile, readdir } from "node:fs/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Transport } from "#src/plan/transport.ts";
import { openRemoteAttempts } from "#src/run/transports/remote-attempts.ts";
import { createFolder } from "#test/src/run/stage.ts";

const step = { upgradeId: "KU-2026-0001", stepId: "restart-nodes", attempt: 1 } as const;
const on = (host: string): Transport => ({ kind: "ssh", host });

test("commands of lanes that begin side by side, in any order, are all found again where they were started", async () => {
  await using folder = await createFolder();
  let count = 0;
  const indexes = fc.uniqueArray(fc.integer({ min: 0, max: 2_000 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(indexes, async (all) => {
      count += 1;
      const remote = openRemoteAttempts(`${folder.path}/${count}`);
      await Promise.all(all.map((index) => remote.remember(step, index, on(`host-${index}`))));
      const found = await openRemoteAttempts(`${folder.path}/${count}`).find(step);
      expect(found).toMatchObject({ ...step, takenUp: 0 });
      expect(found?.places).toEqual(new Map(all.map((index) => [index, on(`host-${index}`)])));
    }),
    { numRuns: 15 },
  );
});

test("a line that was cut off is no command, and spoils none of the others", async () => {
  await using folder = await createFolder();
  const remote = openRemoteAttempts(folder.path);
  await remote.remember(step, 3, on("cp-1"));
  const [name = ""] = await readdir(folder.path);
  await appendFile(`${folder.path}/${name}`, '\n{"kind":"start","upgradeId":"KU-2026-0001","stepId":"rest');
  await remote.remember(step, 7, on("cp-2"));
  expect([...((await remote.find(step))?.places.keys() ?? [])]).toStrictEqual([3, 7]);
});

test("each time that it is taken up is counted, and what was recorded is forgotten", async () => {
  await using folder = await createFolder();
  const remote = openRemoteAttempts(folder.path);
  expect(await remote.find(step)).toBeUndefined();
  await remote.remember({ ...step, lane: "cp-1" }, 0, on("cp-1"));
  for (const times of [1, 2]) {
    const [known] = await openRemoteAttempts(folder.path).list();
    if (known === undefined) throw new Error("it was not found");
    expect(await remote.takeUp(known)).toMatchObject({ takenUp: times, places: known.places });
  }
  expect((await remote.find(step))?.moments).toHaveLength(3);
  await remote.forget(step);
  expect(await remote.list()).toStrictEqual([]);
});

test("what cannot be noted is told each time", async () => {
  await using folder = await createFolder();
  const blocked = openRemoteAttempts(`/dev/null/${folder.path}`);
  await expect(blocked.remember(step, 0, on("cp-1"))).rejects.toThrow("ENOTDIR");
  await expect(blocked.remember(step, 1, on("cp-2"))).rejects.toThrow("ENOTDIR");
});

test("that a command began is noted beside where it was started", async () => {
  await using folder = await createFolder();
  const remote = openRemoteAttempts(folder.path);
  await Promise.all([remote.remember(step, 0, on("cp-1")), remote.remember(step, 1, on("cp-2"))]);
  await remote.noteBegun(step, 1);
  const found = await openRemoteAttempts(folder.path).find(step);
  expect([found?.places.size, found?.begun, found?.takenUp]).toStrictEqual([2, new Set([1]), 0]);
});

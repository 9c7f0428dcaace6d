import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digestOf } from "#src/kernel/digest.ts";
import { openStartedJournal } from "#src/run/started-journal.ts";
import type { Consumption } from "#src/run/started-journal.ts";
import { createFolder } from "./stage.ts";

const consumption: Consumption = {
  upgradeId: "KU-2026-0001",
  stepId: "finish",
  attempt: 1,
  digest: `sha256:${"a".repeat(64)}`,
};

test("T19: what was started is known to the next process, and to nothing that differs in any part", async () => {
  await using folder = await createFolder();
  const file = join(folder.path, "data", "started");
  expect(await openStartedJournal(file).holds(consumption)).toBe(false);
  await openStartedJournal(file).add(consumption);
  const again = openStartedJournal(file);
  expect(await again.holds(consumption)).toBe(true);
  const others: readonly Consumption[] = [
    { ...consumption, upgradeId: "KU-2026-0002" },
    { ...consumption, stepId: "up" },
    { ...consumption, attempt: 2 },
    { ...consumption, digest: `sha256:${"b".repeat(64)}` },
  ];
  expect(await Promise.all(others.map((other) => again.holds(other)))).toEqual([false, false, false, false]);
});

test("a line that a crash cut off costs no other entry", async () => {
  await using folder = await createFolder();
  const file = join(folder.path, "started");
  const journal = openStartedJournal(file);
  await journal.add(consumption);
  await appendFile(file, "sha256:0123");
  const next = { ...consumption, attempt: 2 };
  await journal.add(next);
  expect([await journal.holds(consumption), await journal.holds(next)]).toEqual([true, true]);
});

test("it keeps the newest 10,000", async () => {
  await using folder = await createFolder();
  const file = join(folder.path, "started");
  const old = Array.from({ length: 10_000 }, (_, index) => digestOf(index));
  await writeFile(file, `${old.join("\n")}\n`);
  const journal = openStartedJournal(file);
  await journal.add(consumption);
  await journal.add({ ...consumption, attempt: 2 });
  const kept = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  expect(kept).toHaveLength(10_000);
  expect(kept[0]).toBe(old[2]);
  expect(await journal.holds(consumption)).toBe(true);
});

test("T19: a journal that cannot be read or written is an error, so that nothing starts", async () => {
  await using folder = await createFolder();
  const file = join(folder.path, "started");
  await mkdir(file);
  await expect(openStartedJournal(file).holds(consumption)).rejects.toThrow(/EISDIR/u);
  await expect(openStartedJournal(file).add(consumption)).rejects.toThrow(/EISDIR/u);
});

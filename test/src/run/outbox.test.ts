import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AppError } from "#src/kernel/app-error.ts";
import { ok } from "#src/kernel/result.ts";
import { stepDigest } from "#src/plan/plan.ts";
import type { Letter } from "#src/run/letter.ts";
import { openOutbox } from "#src/run/outbox.ts";
import type { RunnerRecord } from "#src/run/ports.ts";
import { currentTrace, inTrace } from "#src/trace.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { report } from "#test/support/given.ts";
import { bob, inSlack } from "#test/support/samples.ts";
import { setStage } from "./runner-stage.ts";
import { createFolder, createStep, silentLog } from "./stage.ts";

function letter(upgradeId: Letter["upgradeId"], stepId: string, changes: Partial<Letter> = {}): Letter {
  return { upgradeId, stepId, attempt: 1, runnerId: "runner-1", report: report("done"), chunks: [], ...changes };
}

/** A database that can be away, and what it was told in which order. */
async function distant() {
  await using stack = new AsyncDisposableStack();
  const stage = stack.use(await setStage(() => [createStep()]));
  const upgrade = await stage.record.find(stage.id);
  if (upgrade === undefined) throw new Error("no upgrade");
  const told: string[] = [];
  const world = { isAway: true, told };
  const record: RunnerRecord = {
    ...stage.record,
    appendOutput: async () => {
      if (world.isAway) throw new AppError("database_unreachable", "it is away");
    },
    submit: async (id, intent) => {
      if (intent.intent === "finish_step") told.push(`${id} ${intent.stepId}`);
      return ok({ upgrade, recorded: [] });
    },
  };
  const kept = stack.move();
  return { world, record, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

test("a result that is being written down while others are delivered is no trouble of the disk", async () => {
  await using folder = await createFolder();
  await using far = await distant();
  far.world.isAway = false;
  const troubles: string[] = [];
  const parts = {
    record: far.record,
    log: silentLog,
    onDiskTrouble: (_: string, problem: string) => void troubles.push(problem),
  };
  const outbox = openOutbox(join(folder.path, "outbox"), parts);
  for (let round = 0; round < 40; round += 1) {
    const sent = outbox.send(letter("KU-2026-0001", `step-${round}`)).then(() => "sent");
    while ((await Promise.race([sent, outbox.deliver()])) !== "sent");
  }
  expect(troubles).toEqual([]);
  expect(far.world.told).toEqual(Array.from({ length: 40 }, (_, round) => `KU-2026-0001 step-${round}`));
  expect(await outbox.waiting()).toBe(0);
});

test("a result belongs to what its step was run for, whoever delivers it and however late", async () => {
  await using folder = await createFolder();
  await using far = await distant();
  const seen: (string | undefined)[] = [];
  const record: RunnerRecord = {
    ...far.record,
    submit: async (...submitted) => {
      seen.push(currentTrace());
      return far.record.submit(...submitted);
    },
  };
  const parts = { record, log: silentLog, onDiskTrouble: () => undefined };
  await inTrace("a".repeat(32), () => openOutbox(join(folder.path, "outbox"), parts).send(letter("KU-2026-0001", "a")));
  far.world.isAway = false;
  await inTrace("b".repeat(32), () => openOutbox(join(folder.path, "outbox"), parts).send(letter("KU-2026-0002", "b")));
  expect(seen).toStrictEqual(["a".repeat(32), "b".repeat(32)]);
});

test("results of several upgrades and steps are kept while the database is away, and handed in as they were sent", async () => {
  await using folder = await createFolder();
  await using far = await distant();
  const parts = { record: far.record, log: silentLog, onDiskTrouble: () => undefined };
  const outbox = openOutbox(join(folder.path, "outbox"), parts);
  // By name, `a` of the second upgrade would come before `z` of the first.
  for (const one of [letter("KU-2026-0002", "z"), letter("KU-2026-0001", "b"), letter("KU-2026-0002", "a")]) {
    await outbox.send(one);
  }
  expect(await outbox.holds(letter("KU-2026-0002", "a"))).toBe(true);
  expect(await outbox.holds(letter("KU-2026-0002", "a", { attempt: 2 }))).toBe(false);
  far.world.isAway = false;
  // A runner that comes back finds them on disk.
  expect(await openOutbox(join(folder.path, "outbox"), parts).deliver()).toBe(0);
  expect(far.world.told).toEqual(["KU-2026-0002 z", "KU-2026-0001 b", "KU-2026-0002 a"]);
  expect(await readdir(join(folder.path, "outbox"))).toEqual([]);
});

test("a result that cannot be written is told, kept in memory, written when there is room, and handed in once", async () => {
  await using folder = await createFolder();
  await using far = await distant();
  const troubles: string[] = [];
  const path = join(folder.path, "outbox");
  // Where a file lies, no folder can be made: for whoever writes the same as a full disk.
  await writeFile(path, "");
  const outbox = openOutbox(path, {
    record: far.record,
    log: silentLog,
    onDiskTrouble: (id, problem) => void troubles.push(`${id}: ${problem}`),
  });
  await outbox.send(letter("KU-2026-0001", "dump"));
  expect(troubles).toEqual([expect.stringMatching(/^KU-2026-0001: the result of step dump is only in its memory/u)]);
  expect(await outbox.holds(letter("KU-2026-0001", "dump"))).toBe(true);
  expect(await outbox.deliver()).toBe(1);
  await rm(path);
  await mkdir(path);
  expect(await outbox.deliver()).toBe(1);
  expect(await readdir(path)).toEqual(["000000000001.KU-2026-0001.dump.1.json"]);
  far.world.isAway = false;
  expect(await outbox.deliver()).toBe(0);
  expect(await outbox.deliver()).toBe(0);
  expect(far.world.told).toEqual(["KU-2026-0001 dump"]);
});

test("a letter of an earlier version, whose name has no number, is handed in before the others", async () => {
  await using folder = await createFolder();
  await using far = await distant();
  const parts = { record: far.record, log: silentLog, onDiskTrouble: () => undefined };
  const outbox = openOutbox(folder.path, parts);
  await outbox.send(letter("KU-2026-0001", "b"));
  await writeFile(join(folder.path, "KU-2026-0001.a.1.json"), JSON.stringify(letter("KU-2026-0001", "a")));
  far.world.isAway = false;
  await outbox.deliver();
  expect(far.world.told).toEqual(["KU-2026-0001 a", "KU-2026-0001 b"]);
});

test("a result that comes when somebody has decided without it is told once, and changes nothing", async () => {
  await using stage = await setStage(() => [createStep(), createStep({ id: "next" })]);
  const { record, id } = stage;
  const upgrade = await record.find(id);
  if (upgrade?.status !== "active") throw new Error("not active");
  const by = inSlack(bob);
  const ref = { stepId: "work", attempt: 1, runnerId: "runner-1" };
  const runner = { kind: "runner", runnerId: "runner-1" } as const;
  const step = currentStep(upgrade)?.step;
  if (step === undefined) throw new Error("no step");
  const must = async (intent: Parameters<typeof record.submit>[1]): Promise<void> => {
    const answer = await record.submit(id, intent, runner);
    if (!answer.ok) throw new Error(answer.problem.sentence);
  };
  await must({ intent: "start_step", ...ref, digest: stepDigest(stage.plan, step, 1) });
  await must({ intent: "report_runner_lost", ...ref, reason: "gone" });
  await must({ intent: "report_evidence", ...ref, probes: [] });
  await must({ intent: "count_as_done", stepId: "work", attempt: 1, note: "seen", by });
  const late = letter(id, "work", { report: report("failed", { reason: "exit status 3" }) });
  const parts = { record, log: silentLog, onDiskTrouble: () => undefined };
  const outbox = openOutbox(join(stage.folder, "outbox"), parts);
  await outbox.send(late);
  // Delivered, but the process died before the letter was removed.
  await outbox.send(late);
  const events = (await record.events(id, 0)).map(({ event }) => event);
  expect(events.filter(({ type }) => type === "result_came_late")).toMatchObject([
    { stepId: "work", attempt: 1, report: { outcome: "failed", reason: "exit status 3" } },
  ]);
  expect(await stage.progress("work")).toMatchObject({ kind: "done", how: "counted_as_done" });
});

import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { waitUntil } from "#test/support/wait-until.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";
import { createStep, present, shell } from "./stage.ts";

const working = (folder: string) => [
  createStep({
    action: { kind: "commands", commands: [shell(`echo x >> ${folder}/work`)] },
    proof: [present(`${folder}/work`)],
  }),
];

/** A record whose runner stands still right after its claim, for as long as it takes to be given up. */
function standingStill(stage: Stage, after: () => Promise<void>): Stage["record"] {
  return {
    ...stage.record,
    submit: async (id, intent, actor) => {
      const answer = await stage.record.submit(id, intent, actor);
      if (intent.intent === "start_step" && answer.ok) await after();
      return answer;
    },
  };
}

test("a runner that was given up between its claim and the start of the process starts nothing", async () => {
  await using stage = await setStage(working);
  const lost = { stepId: "work", attempt: 1, runnerId: "runner-1", reason: "not seen for a while" };
  const record = standingStill(stage, async () => {
    const answer = await stage.record.submit(
      stage.id,
      { intent: "report_runner_lost", ...lost },
      { kind: "runner", runnerId: "runner-2" },
    );
    if (!answer.ok) throw new Error(answer.problem.sentence);
  });
  await stage.start({ record });
  const failed = await stage.until("work", "failed");
  expect(failed.reason).toContain("this runner was given up meanwhile");
  expect(existsSync(`${stage.folder}/work`)).toBe(false);
});

test("a runner that cannot ask whether the step is still its own starts nothing", async () => {
  await using stage = await setStage(working);
  let isAway = false;
  const record: Stage["record"] = {
    ...stage.record,
    submit: async (id, intent, actor) => {
      const answer = await stage.record.submit(id, intent, actor);
      isAway = intent.intent === "start_step";
      return answer;
    },
    find: (id) => (isAway ? Promise.reject(new Error("the database is away")) : stage.record.find(id)),
  };
  await stage.start({ record });
  const failed = await stage.until("work", "failed");
  expect(failed.reason).toContain("the database could not be asked");
  expect(existsSync(`${stage.folder}/work`)).toBe(false);
});

test("on a full disk nothing is claimed, people are told, and the step starts by itself when there is room", async () => {
  await using stage = await setStage(working);
  const dataDir = join(stage.folder, "data");
  // Where a file lies, no folder can be made: for whoever writes the same as a full disk.
  await writeFile(dataDir, "");
  await stage.start({ dataDir });
  const alarm = await waitUntil("the alarm", async () => {
    const upgrade = await stage.record.find(stage.id);
    return upgrade?.status === "active" && upgrade.alarm;
  });
  expect(alarm).toContain(`nothing was run: runner runner-1 cannot write into ${dataDir}`);
  expect(await stage.progress("work")).toMatchObject({ kind: "ready", attempt: 1 });
  await rm(dataDir);
  expect(await stage.until("work", "done")).toMatchObject({ attempt: 1 });
});

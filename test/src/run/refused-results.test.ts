import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { execute, openPool } from "#src/record/database.ts";
import { openOutbox } from "#src/run/outbox.ts";
import { stepDigest } from "#src/plan/plan.ts";
import { choicesFor } from "#src/upgrade/choices.ts";
import { report } from "#test/support/given.ts";
import { bob, inSlack } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";
import { createStep, present, shell, silentLog } from "./stage.ts";

async function tell(stage: Stage, sql: string): Promise<void> {
  const pool = openPool(stage.databaseUrl);
  try {
    await execute(pool, sql);
  } finally {
    await pool.end();
  }
}

/** From now on the database says no to every result that is “done”, with this SQLSTATE. */
const refuseDone = (code: string) =>
  refuseWhere(
    code,
    "new.type in ('step_finished', 'result_came_late') and new.data -> 'report' ->> 'outcome' = 'done'",
  );

const refuseWhere = (code: string, condition: string) => `
  create or replace function public.refuse_done() returns trigger language plpgsql as $$
  begin
    if ${condition} then
      raise exception 'no room for swordfish' using errcode = '${code}';
    end if;
    return new;
  end $$;
  create or replace trigger refuse_done before insert on kong_upgrade.event
    for each row execute function public.refuse_done();`;

const working = (folder: string) => [
  createStep({
    action: { kind: "commands", commands: [shell(`echo x >> ${folder}/work`)] },
    proof: [present(`${folder}/work`)],
  }),
];

test("a result that the database never takes ends as unknown, with evidence and choices, and nothing runs again", async () => {
  await using stage = await setStage(working);
  await tell(stage, refuseDone("22P05"));
  await stage.start();
  const unknown = await waitUntil("the evidence", async () => {
    const progress = await stage.progress("work");
    return progress?.kind === "unknown" && progress.evidence !== undefined && progress;
  });
  const outbox = join(stage.folder, "data", "outbox");
  const kept = `000000000001.${stage.id}.work.1.json.refused`;
  expect(unknown.reason).toBe(
    `runner runner-1 saw it end (as done), but the record does not take that result: PostgreSQL refuses it (22P05); the runner keeps it as ${join(outbox, kept)}`,
  );
  expect(unknown.evidence?.find(({ kind }) => kind === "files_present")).toMatchObject({ verdict: "ok" });
  const upgrade = await stage.record.find(stage.id);
  expect(upgrade?.status === "active" && choicesFor(upgrade)).toEqual([
    "count_as_done",
    "look_again",
    "retry",
    "roll_back",
    "hold",
  ]);
  await waitUntil("the letter to be set aside", async () => (await readdir(outbox)).join() === kept);
  expect(JSON.parse(await readFile(join(outbox, kept), "utf8"))).toMatchObject({ report: { outcome: "done" } });
  expect(await readFile(join(stage.folder, "work"), "utf8")).toBe("x\n");

  await tell(stage, "drop trigger refuse_done on kong_upgrade.event");
  const by = inSlack(bob);
  await stage.record.submit(
    stage.id,
    { intent: "retry", stepId: "work", attempt: 1, by },
    { kind: "runner", runnerId: "x" },
  );
  await stage.until("work", "done");
});

/** The step was started by a runner that is not there any more, so that only the outbox can tell how it ended. */
async function startedStep(stage: Stage): Promise<void> {
  const [step] = stage.plan.steps;
  if (step === undefined) throw new Error("no step");
  const digest = stepDigest(stage.plan, step, 1);
  const runner = { kind: "runner", runnerId: "runner-1" } as const;
  const answer = await stage.record.submit(
    stage.id,
    { intent: "start_step", stepId: step.id, attempt: 1, runnerId: "runner-1", digest },
    runner,
  );
  if (!answer.ok) throw new Error(answer.problem.sentence);
}

test("a result of a form that the record does not know is told as unknown by the names of its fields alone", async () => {
  await using stage = await setStage(working);
  await startedStep(stage);
  const folder = join(stage.folder, "outbox");
  const outbox = openOutbox(folder, { record: stage.record, log: silentLog, onDiskTrouble: () => undefined });
  const broken = report("failed", { durationMs: Number.NaN, reason: "swordfish" });
  await outbox.send({
    upgradeId: stage.id,
    stepId: "work",
    attempt: 1,
    runnerId: "runner-1",
    report: broken,
    chunks: [],
  });
  const progress = await stage.progress("work");
  expect(progress).toMatchObject({ kind: "unknown" });
  expect(progress?.kind === "unknown" && progress.reason).toContain("(report.durationMs)");
  expect(JSON.stringify(await stage.record.events(stage.id, 0))).not.toContain("swordfish");
  expect(await outbox.waiting()).toBe(0);
});

test("what the database refuses for reasons of its own is told as unknown when patience is over", async () => {
  await using stage = await setStage(working);
  await startedStep(stage);
  await tell(stage, refuseDone("42501"));
  const letter = {
    upgradeId: stage.id,
    stepId: "work",
    attempt: 1,
    runnerId: "runner-1",
    report: report("done"),
    chunks: [],
  };
  const parts = { record: stage.record, log: silentLog, onDiskTrouble: () => undefined };
  const patient = openOutbox(join(stage.folder, "outbox"), parts);
  await patient.send(letter);
  expect(await patient.deliver()).toBe(1);
  expect(await stage.progress("work")).toMatchObject({ kind: "running" });
  // Another process under the same name, whose patience is over.
  const impatient = openOutbox(join(stage.folder, "outbox"), { ...parts, refusedPatienceMs: 0 });
  expect(await impatient.deliver()).toBe(0);
  expect(await stage.progress("work")).toMatchObject({ kind: "unknown", report: { outcome: "unknown" } });
  const ends = (await stage.record.events(stage.id, 0)).filter(({ event }) => event.type === "step_finished");
  expect(ends).toHaveLength(1);
});

test("a result that was refused for a moment is handed in as it is", async () => {
  await using stage = await setStage(working);
  await startedStep(stage);
  await tell(stage, refuseDone("42501"));
  const letter = {
    upgradeId: stage.id,
    stepId: "work",
    attempt: 1,
    runnerId: "runner-1",
    report: report("done"),
    chunks: [],
  };
  const outbox = openOutbox(join(stage.folder, "outbox"), {
    record: stage.record,
    log: silentLog,
    onDiskTrouble: () => undefined,
  });
  await outbox.send(letter);
  expect(await outbox.waiting()).toBe(1);
  await tell(stage, "drop trigger refuse_done on kong_upgrade.event");
  expect(await outbox.deliver()).toBe(0);
  expect(await stage.progress("work")).toMatchObject({ kind: "done", how: "proven" });
});

test("evidence that the record does not take leaves people their choices all the same", async () => {
  await using stage = await setStage(working);
  await startedStep(stage);
  await tell(
    stage,
    refuseWhere("22P05", "new.type = 'evidence_collected' and new.data -> 'probes' -> 0 ->> 'kind' <> 'evidence'"),
  );
  const lost = { stepId: "work", attempt: 1, runnerId: "runner-1", reason: "gone" };
  await stage.record.submit(stage.id, { intent: "report_runner_lost", ...lost }, { kind: "runner", runnerId: "x" });
  await stage.start();
  const unknown = await waitUntil("the evidence", async () => {
    const progress = await stage.progress("work");
    return progress?.kind === "unknown" && progress.evidence !== undefined && progress;
  });
  expect(unknown.evidence).toMatchObject([
    { kind: "evidence", verdict: "undetermined", summary: expect.stringContaining("PostgreSQL refuses it (22P05)") },
  ]);
  const upgrade = await stage.record.find(stage.id);
  expect(upgrade?.status === "active" && choicesFor(upgrade)).toContain("count_as_done");
});

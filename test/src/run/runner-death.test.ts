import { existsSync } from "node:fs";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { execute, openPool } from "#src/record/database.ts";
import { openRecord } from "#src/record/record.ts";
import { openRunningProcesses } from "#src/run/process/running-processes.ts";
import { choicesFor } from "#src/upgrade/choices.ts";
import { openLink } from "#test/support/link.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { startRunnerProcess } from "./runner-process-stage.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";
import { createStep, present, shell } from "./stage.ts";

test("a step whose runner is killed becomes unknown, with evidence taken only when its processes are gone", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      action: {
        kind: "commands",
        commands: [
          shell(
            `echo x >> ${folder}/begun; until [ -f ${folder}/go ]; do sleep 0.1; done; sleep 1.5; echo x >> ${folder}/work`,
          ),
        ],
      },
      proof: [present(`${folder}/work`)],
    }),
  ]);
  await using killed = await startRunnerProcess(stage);
  await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
  // Killed before that, it leaves nobody who can tell that a process ended: that is the next test.
  const running = openRunningProcesses(join(killed.dataDir, "running"));
  const place = { upgradeId: stage.id, stepId: "work", attempt: 1 };
  await waitUntil("its process to be noted", async () => (await running.findAll(place)).length > 0);
  killed.kill("SIGKILL");
  await killed.ended;
  await writeFile(`${stage.folder}/go`, "");

  await stage.start({ dataDir: killed.dataDir });
  const unknown = await waitUntil("the evidence", async () => {
    const progress = await stage.progress("work");
    return progress?.kind === "unknown" && progress.evidence !== undefined && progress;
  });
  expect(unknown.reason).toContain("runner-1 ended while the step ran");
  expect(unknown.evidence?.find((probe) => probe.kind === "processes")).toMatchObject({ verdict: "ok" });
  expect(unknown.evidence?.find((probe) => probe.kind === "files_present")).toMatchObject({ verdict: "ok" });
  expect(unknown.evidence?.map((probe) => probe.kind)).toContain("database_sessions");
  expect(await readFile(`${stage.folder}/begun`, "utf8")).toBe("x\n");
  expect(await readFile(`${stage.folder}/work`, "utf8")).toBe("x\n");
});

test("processes are recognised when their runner was killed before it could note them", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      // It outlives its runner until somebody looks for it, and some time beyond.
      action: {
        kind: "commands",
        commands: [
          shell(
            `echo x >> ${folder}/begun; until [ -f ${folder}/go ]; do sleep 0.1; done; sleep 2; echo x >> ${folder}/work`,
          ),
        ],
      },
      proof: [present(`${folder}/work`)],
    }),
  ]);
  await using killed = await startRunnerProcess(stage);
  await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
  killed.kill("SIGKILL");
  await killed.ended;
  await rm(join(killed.dataDir, "running"), { recursive: true, force: true });
  await stage.start({ dataDir: killed.dataDir });
  await waitUntil("the outcome to be unknown", async () => (await stage.progress("work"))?.kind === "unknown");
  await writeFile(`${stage.folder}/go`, "");
  const unknown = await waitUntil("the evidence", async () => {
    const progress = await stage.progress("work");
    return progress?.kind === "unknown" && progress.evidence !== undefined && progress;
  });
  expect(unknown.evidence?.[0]).toMatchObject({ verdict: "ok", summary: "no process of the step is left" });
  expect(unknown.evidence?.find((probe) => probe.kind === "files_present")).toMatchObject({ verdict: "ok" });
});

test("another runner notices the death and never runs the step again", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      action: {
        kind: "commands",
        commands: [shell(`echo x >> ${folder}/begun; until [ -f ${folder}/go ]; do sleep 0.1; done`)],
      },
      proof: [present(`${folder}/work`)],
    }),
  ]);
  await using killed = await startRunnerProcess(stage);
  await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
  await stage.start({ runnerId: "runner-2", dataDir: join(stage.folder, "other") });
  killed.kill("SIGKILL");
  await killed.ended;
  await writeFile(`${stage.folder}/go`, "");
  const unknown = await waitUntil("the evidence", async () => {
    const progress = await stage.progress("work");
    return progress?.kind === "unknown" && progress.evidence !== undefined && progress;
  });
  expect(unknown.reason).toContain("runner runner-1 is gone");
  expect(unknown.evidence?.map((probe) => probe.kind)).toContain("processes");
  expect(await readFile(`${stage.folder}/begun`, "utf8")).toBe("x\n");
});

test("on SIGTERM a runner process finishes its step, hands the result in and ends", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      action: {
        kind: "commands",
        commands: [shell(`echo x > ${folder}/begun; sleep 0.5; echo x > ${folder}/work`)],
      },
      proof: [present(`${folder}/work`)],
    }),
  ]);
  await using drained = await startRunnerProcess(stage);
  await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
  drained.kill("SIGTERM");
  expect(await drained.ended).toBe(0);
  expect(await stage.progress("work")).toMatchObject({ kind: "done" });
});

test("when the database is away as a step ends, its result waits on disk and is delivered later", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      action: {
        kind: "commands",
        commands: [
          shell(
            `echo x > ${folder}/begun; while [ -f ${folder}/begun ]; do sleep 0.05; done; echo printed; echo x > ${folder}/work`,
          ),
        ],
      },
      proof: [present(`${folder}/work`)],
    }),
  ]);
  const { port, href } = new URL(stage.databaseUrl);
  await using link = await openLink();
  link.lead(Number(port));
  const through = new URL(href);
  through.port = String(link.port);
  await using record = await openRecord({ url: through.href });
  await stage.start({ record, dataDir: join(stage.folder, "data") });
  await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
  link.set({ kind: "cut" });
  await rm(`${stage.folder}/begun`);
  const outbox = join(stage.folder, "data", "outbox");
  await waitUntil("the result on disk", async () => {
    const names = await readdir(outbox).catch(() => []);
    return names.some((name) => name.endsWith(".json"));
  });
  expect((await stage.progress("work"))?.kind).not.toBe("done");
  link.set({ kind: "open" });
  const done = await stage.until("work", "done");
  expect(done).toMatchObject({ how: "proven" });
  const output = await stage.record.readOutput(
    { upgradeId: stage.id, stepId: "work", attempt: 1 },
    { afterSeq: 0, limit: 100 },
  );
  expect(output.map((chunk) => chunk.text).join("")).toContain("printed\n");
  await waitUntil("the outbox to be empty", async () => (await readdir(outbox)).length === 0);
});

test("a result that a dead runner left on disk is delivered by its successor instead of unknown", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      action: { kind: "commands", commands: [shell(`echo x > ${folder}/work`)] },
      proof: [present(`${folder}/work`)],
    }),
  ]);
  const dataDir = join(stage.folder, "data");
  const first = await stage.start({
    dataDir,
    record: {
      ...stage.record,
      submit: (id, intent, actor) =>
        intent.intent === "finish_step"
          ? Promise.reject(new Error("the database is away"))
          : stage.record.submit(id, intent, actor),
    },
  });
  await waitUntil(
    "the result on disk",
    async () => (await readdir(join(dataDir, "outbox")).catch(() => [])).length > 0,
  );
  await first.stop();
  await stage.start({ dataDir });
  expect(await stage.until("work", "done")).toMatchObject({ how: "proven" });
  const types = (await stage.record.events(stage.id, 0)).map(({ event }) => event.type);
  expect(types).not.toContain("runner_lost");
});

/** Ends the session that holds the life of a runner, as the server does with a machine that stands still. */
async function breakLife(stage: Stage, runnerId: string): Promise<void> {
  const pool = openPool(stage.databaseUrl);
  try {
    await execute(
      pool,
      `select pg_terminate_backend(pg_locks.pid) from pg_locks, kong_upgrade.runner
       where locktype = 'advisory' and granted and runner.id = $1
         and classid = ((lock_key >> 32) & 4294967295)::oid and objid = (lock_key & 4294967295)::oid`,
      [runnerId],
    );
  } finally {
    await pool.end();
  }
}

test("a runner that stood still and was given up wakes up: no retry while its command works, nothing runs twice, its result counts", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      action: {
        kind: "commands",
        commands: [
          shell(`echo x >> ${folder}/begun; until [ -f ${folder}/go ]; do sleep 0.05; done; echo x >> ${folder}/work`),
          shell(`echo x >> ${folder}/second`),
        ],
      },
      proof: [present(`${folder}/work`)],
    }),
  ]);
  await using stopped = await startRunnerProcess(stage);
  await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
  stopped.kill("SIGSTOP");
  const silent = { stepId: "work", attempt: 1, runnerId: "runner-1", lastSeen: await stage.record.now() };
  const bot = { kind: "bot", replica: "test" } as const;
  await stage.record.submit(stage.id, { intent: "report_runner_silent", ...silent, host: "h", pid: 1 }, bot);
  await stage.start({ runnerId: "runner-2", dataDir: join(stage.folder, "other") });
  await breakLife(stage, "runner-1");
  await stage.until("work", "unknown");
  // Evidence waits for what still works; until then there is nothing to choose, a retry least of all.
  const given = await stage.record.find(stage.id);
  expect(given?.status === "active" && choicesFor(given)).toEqual([]);
  await writeFile(`${stage.folder}/go`, "");
  await waitUntil("the evidence", async () => {
    const progress = await stage.progress("work");
    return progress?.kind === "unknown" && progress.evidence !== undefined;
  });
  stopped.kill("SIGCONT");
  const settled = await waitUntil("its result", async () => {
    const events = (await stage.record.events(stage.id, 0)).map(({ event }) => event);
    return events.find((event) => event.type === "step_finished");
  });
  // It asked before it began the second command, and was not the step's runner any more.
  expect(settled.report.reason).toContain("this runner was given up meanwhile");
  expect(await readFile(`${stage.folder}/begun`, "utf8")).toBe("x\n");
  expect(existsSync(`${stage.folder}/second`)).toBe(false);
  const expected = ["step_started", "runner_silent", "runner_lost", "evidence_collected", "step_finished"];
  if (settled.report.outcome === "unknown") expected.push("evidence_collected");
  const types = await waitUntil("all that is to follow", async () => {
    const all = (await stage.record.events(stage.id, 0)).map(({ event }) => event.type);
    const since = all.slice(all.indexOf("step_started"));
    return since.length >= expected.length && since;
  });
  expect(types).toEqual(expected);
});

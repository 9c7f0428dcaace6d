import { spawn } from "node:child_process";
import { once } from "node:events";
import { Client } from "pg";
import { expect, test } from "vitest";
import { openRecord } from "#src/record/record.ts";
import type { Record } from "#src/record/record.ts";
import { createDatabase } from "#test/support/database.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { must, runnable, startStep, startUpgrade } from "./walk.ts";

const runner = (id: string) => ({
  id,
  environments: ["practice"],
  labels: { zone: "eu" },
  host: "h",
  pid: 1,
  version: "0.1.0",
});

test("a runner is alive while its life is held", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  expect(await record.isRunnerAlive("r1")).toBe(false);

  const life = await record.registerRunner(runner("r1"));
  expect(life.isHeld()).toBe(true);
  expect(await record.isRunnerAlive("r1")).toBe(true);
  expect(await record.runners()).toMatchObject([
    { id: "r1", environments: ["practice"], labels: { zone: "eu" }, isAlive: true, isDraining: false, running: [] },
  ]);
  const upgrade = await startUpgrade(record);
  const { step } = runnable(upgrade);
  await must(record, upgrade.id, startStep(upgrade, "r1"));
  expect(await record.runners()).toMatchObject([{ running: [{ upgradeId: upgrade.id, stepId: step.id }] }]);

  await life[Symbol.asyncDispose]();
  expect(await record.isRunnerAlive("r1")).toBe(false);
});

test("a runner that drains is shown so at once, also after its connection broke, and is new again after a start", async () => {
  await using database = await createDatabase();
  const troubles: string[] = [];
  await using record = await openRecord({ url: database.url, onTrouble: (problem) => troubles.push(problem) });
  const isDraining = async (): Promise<boolean> => (await record.runners())[0]?.isDraining === true;
  await using stack = new AsyncDisposableStack();
  const life = stack.use(await record.registerRunner(runner("r1")));

  life.drain();
  await waitUntil("the draining", isDraining);
  await breakLives(database.url);
  // It is taken up again within moments, in which nobody may look.
  await waitUntil("the loss", () => troubles.length > 0);
  await waitUntil("the life", () => life.isHeld());
  await waitUntil("the draining again", isDraining);

  await stack.disposeAsync();
  await using _again = await record.registerRunner(runner("r1"));
  expect(await isDraining()).toBe(false);
});

test("a runner that holds its life and stands still is told, as it takes nothing and ends nothing", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  await using _life = await record.registerRunner(runner("r1"));
  expect((await record.runners())[0]?.problem).toBeUndefined();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query("update kong_upgrade.runner set last_seen = clock_timestamp() - interval '31 seconds'");
  await client.end();
  expect(await record.runners()).toMatchObject([
    { id: "r1", isAlive: true, problem: expect.stringMatching(/no sign of life since .*kill -KILL/u) },
  ]);
});

test("a second process under the same id is refused while the first lives", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  await using _life = await record.registerRunner(runner("r1"));

  await expect(record.registerRunner(runner("r1"))).rejects.toMatchObject({ code: "runner_refused" });
});

test("a SIGKILLed runner is lost within moments, with the step it ran", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const upgrade = await startUpgrade(record);
  const { step, attempt } = runnable(upgrade);
  const child = spawn(
    process.execPath,
    [new URL("fixtures/living-runner.ts", import.meta.url).pathname, database.url],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  try {
    await once(child.stdout, "data");
    await must(record, upgrade.id, startStep(upgrade, "r1"));
    await serverIsSettled(record, database.url);
    expect(await record.lostRunners()).toEqual([]);
    expect(await record.isRunnerAlive("r1")).toBe(true);
  } finally {
    child.kill("SIGKILL");
  }

  const killedAt = performance.now();
  const [lost] = await waitUntil("the loss", async () => {
    const steps = await record.lostRunners();
    return steps.length > 0 && steps;
  });
  // Its closed connection tells it, with what a busy machine takes to look: silence alone would tell after 30 s.
  expect(performance.now() - killedAt).toBeLessThan(5_000);
  expect(lost).toMatchObject({
    upgradeId: upgrade.id,
    environment: "practice",
    stepId: step.id,
    attempt,
    runnerId: "r1",
  });

  await must(record, upgrade.id, {
    intent: "report_runner_lost",
    stepId: step.id,
    attempt,
    runnerId: "r1",
    reason: "killed",
  });
  expect(await record.lostRunners()).toEqual([]);
});

test("a runner whose connection breaks takes its life up again", async () => {
  await using database = await createDatabase();
  const troubles: string[] = [];
  await using record = await openRecord({ url: database.url, onTrouble: (problem) => troubles.push(problem) });
  await using life = await record.registerRunner(runner("r1"));
  await breakLives(database.url);

  await waitUntil("the trouble", () => troubles.length > 0);
  await waitUntil("the life", () => life.isHeld());
  expect(await record.isRunnerAlive("r1")).toBe(true);
});

test("a step of a runner that never registered is lost", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const upgrade = await startUpgrade(record);
  await must(record, upgrade.id, startStep(upgrade, "ghost"));

  const [lost] = await waitUntil("the loss", async () => {
    const steps = await record.lostRunners();
    return steps.length > 0 && steps;
  });
  expect(lost).toMatchObject({ runnerId: "ghost", lastSeen: undefined });
});

/** Ends the sessions that hold the lives of runners. */
async function breakLives(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_locks
     where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
  );
  await client.end();
}

/** Right after the server's start free locks count for nothing; waits until they do. */
async function serverIsSettled(record: Record, url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await waitUntil("a settled server", async () => {
    const { rows } = await client.query("select 1 where now() - pg_postmaster_start_time() > interval '6 seconds'");
    return rows.length > 0;
  });
  await client.end();
  await record.now();
}

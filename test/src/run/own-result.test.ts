import { Client } from "pg";
import { expect, test } from "vitest";
import { databaseOf } from "#src/plan/databases-of.ts";
import type { Step } from "#src/plan/step.ts";
import { runStep } from "#src/run/run-step.ts";
import type { StepReport } from "#src/upgrade/step-report.ts";
import { createDatabase } from "#test/support/database.ts";
import { createContext } from "./context.ts";
import { createEnvironment, createFolder, createStep, shell } from "./stage.ts";

async function sql(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** As the way back makes it. */
function createStepOf(name: string, changes: Partial<Step> = {}): Step {
  return createStep({
    id: "back-create-database",
    precheck: [{ kind: "database_absent", name }],
    proof: [{ kind: "database_present", name }],
    action: { kind: "commands", commands: [shell("exit 1")] },
    ...changes,
  });
}

/** A further attempt, after one whose outcome nobody knows. */
async function again(url: string, step: Step, mayHaveRun = true): Promise<StepReport> {
  await using folder = await createFolder();
  const environment = createEnvironment(url);
  return runStep(
    createContext({ environment, step, dataDir: folder.path, databaseUrl: url }, { attempt: 2, mayHaveRun }),
  );
}

test("what an earlier attempt made is counted as done, once it is proven to be just that and empty", async () => {
  await using made = await createDatabase();
  const { name, user } = databaseOf(createEnvironment(made.url));
  const report = await again(made.url, createStepOf(name));
  expect(report).toMatchObject({ outcome: "done", commands: [] });
  expect(report.reason).toContain("nothing was run, because an earlier attempt had done it");
  expect(report.proof.at(-1)).toMatchObject({ kind: "database_empty", verdict: "ok" });
  expect(report.reason).toContain(`${name} is empty and belongs to ${user}`);
});

test("where it may be somebody else's, a person is asked, with the proof", async () => {
  await using made = await createDatabase();
  const { name } = databaseOf(createEnvironment(made.url));
  const report = await again(made.url, createStepOf(name), false);
  expect(report).toMatchObject({ outcome: "failed", proof: [{ verdict: "ok" }, { verdict: "ok" }] });
  expect(report.reason).toContain("nothing was run: database");
});

test("what is not empty is never taken for it, and the prompt says what to do", async () => {
  await using made = await createDatabase();
  await sql(made.url, "create table routes (id int); create view all_routes as select * from routes");
  const { name } = databaseOf(createEnvironment(made.url));
  const report = await again(made.url, createStepOf(name));
  expect(report).toMatchObject({ outcome: "failed", proof: [{ verdict: "ok" }, { verdict: "not_ok" }] });
  expect(report.reason).toContain("holds 2 tables and the like (all_routes, routes)");
  expect(report.reason).toContain("rename or drop it by hand, then retry");
});

test("a rename that was made already counts as done, too", async () => {
  await using made = await createDatabase();
  const { name: kept } = databaseOf(createEnvironment(made.url));
  const renamed = createStepOf(kept, {
    id: "back-set-aside-database",
    precheck: [
      { kind: "database_present", name: "not_there_any_more" },
      { kind: "database_absent", name: kept },
    ],
    proof: [
      { kind: "database_present", name: kept },
      { kind: "database_absent", name: "not_there_any_more" },
    ],
  });
  expect(await again(made.url, renamed)).toMatchObject({ outcome: "done", commands: [] });
});

test("another obstacle is none of its own making: a person decides, though the proof says that it is done", async () => {
  await using made = await createDatabase();
  const { name } = databaseOf(createEnvironment(made.url));
  const step = createStepOf(name, { precheck: [{ kind: "files_present", paths: ["/nonexistent/dump"] }] });
  const report = await again(made.url, step);
  expect(report).toMatchObject({ outcome: "failed" });
  expect(report.reason).toContain("yet the proof says that the work is done already");
});

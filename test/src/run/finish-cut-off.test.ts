import { Client } from "pg";
import { expect, test } from "vitest";
import { livePorts } from "#src/discovery/live-ports.ts";
import { measure } from "#src/discovery/measure.ts";
import { runStep } from "#src/run/run-step.ts";
import type { StepReport } from "#src/upgrade/step-report.ts";
import { createDatabase } from "#test/support/database.ts";
import { createContext } from "./context.ts";
import { createEnvironment, createFolder, createStep, present, resolverFor, shell } from "./stage.ts";

/** A step over a configuration that was changed after it was recorded: by an attempt that was cut off, or by somebody. */
async function overChange(id: string, mayHaveRun: boolean): Promise<{ report: StepReport; output: string }> {
  await using kong = await createDatabase();
  await using folder = await createFolder();
  const environment = createEnvironment(kong.url);
  const client = new Client({ connectionString: kong.url });
  await client.connect();
  await client.query("create table plugins (id int primary key)");
  const baseline = await measure(environment, livePorts({ resolveSecret: resolverFor(kong.url), baseEnv: {} }));
  await client.query("insert into plugins values (1)");
  await client.end();
  const step = createStep({
    id,
    class: "irreversible",
    precheck: [{ kind: "configuration_unchanged" }],
    action: { kind: "commands", commands: [shell(`date > ${folder.path}/work`)] },
    proof: [present(`${folder.path}/work`)],
  });
  const context = createContext(
    { environment, step, dataDir: folder.path, databaseUrl: kong.url },
    { attempt: 2, mayHaveRun, baseline },
  );
  const report = await runStep(context);
  return { report, output: context.stored.map(({ text }) => text).join("") };
}

test.each(["migrations-finish", "helm-finish"])(
  "%s that was cut off can be finished by a further attempt",
  async (id) => {
    const { report, output } = await overChange(id, true);
    expect(report).toMatchObject({ outcome: "done", precheck: [{ verdict: "not_ok" }], commands: [{ exitCode: 0 }] });
    expect(output).toContain("plugins");
  },
);

test("a first attempt never starts over a write of somebody", async () => {
  const { report } = await overChange("migrations-finish", false);
  expect(report).toMatchObject({ outcome: "failed", commands: [] });
  expect(report.reason).toContain("the configuration was changed since it was recorded: plugins");
});

test("an up that was cut off in the middle of rewriting data is not begun again", async () => {
  const { report } = await overChange("migrations-up", true);
  expect(report).toMatchObject({ outcome: "failed", commands: [] });
  expect(report.reason).toContain("the attempt before may have done that itself");
});

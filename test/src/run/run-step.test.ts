import { expect, test } from "vitest";
import { runStep } from "#src/run/run-step.ts";
import { createContext } from "./context.ts";
import { createEnvironment, createFolder, createStep, shell } from "./stage.ts";

const nowhere = "postgres://user:password@127.0.0.1:1/none";

/** The reason of a step whose only command runs this script and fails. */
async function reasonOf(script: string): Promise<string> {
  await using folder = await createFolder();
  const step = createStep({ action: { kind: "commands", commands: [shell(`${script}\nexit 1`)] } });
  const environment = createEnvironment(nowhere);
  const report = await runStep(createContext({ environment, step, dataDir: folder.path, databaseUrl: nowhere }));
  expect(report.outcome).toBe("failed");
  return report.reason;
}

/** As Kong 3.4.2 says it: the error, a traceback longer than the tail, and what stdout had buffered until the end. */
const failedMigration = String.raw`
echo "Error: [PostgreSQL error] failed to run migration '018_310_to_320' up: no space left on device" >&2
echo "stack traceback:" >&2
for frame in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do
  printf "\t[C]: in function 'error'\n" >&2
done
echo "core migrated up to: 017_300_to_310 (executed)"`;

test("the reason names the error of a command, not the traceback below it or its progress", async () => {
  expect(await reasonOf(failedMigration)).toContain(
    "it said “Error: [PostgreSQL error] failed to run migration '018_310_to_320' up: no space left on device”",
  );
});

test("of several errors the last one is told, and without any the last line", async () => {
  expect(await reasonOf("echo 'Error: first'; echo 'fatal: second'; echo bye")).toContain("it said “fatal: second”");
  expect(await reasonOf("echo hello; echo bye; echo ''")).toContain("it said “bye”");
});

test("what was started is not taken for what it said", async () => {
  expect(await reasonOf(": --lock-timeout 60; echo bye")).toContain("it said “bye”");
  expect(await reasonOf(": --lock-timeout 60")).not.toContain("it said");
});

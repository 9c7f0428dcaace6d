import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Measurements } from "#src/plan/measurements.ts";
import { executeAction } from "#src/run/actions/execute-action.ts";
import type { ActionResult } from "#src/run/actions/action-result.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import { createContext } from "#test/src/run/context.ts";
import { nowhere, withoutDatabase } from "#test/src/run/probe-context.ts";
import { createFolder, createStep } from "#test/src/run/stage.ts";

interface Declarative {
  readonly file: string;
  readonly converted: string;
}

test("a baseline that has to settle waits first, and ends at once when the runner has to go", async () => {
  await using folder = await createFolder();
  const { environment } = withoutDatabase({ topology: "dbless", nodes: [] });
  const place = { environment, dataDir: folder.path, databaseUrl: nowhere };
  const settling = (settleMs: number) => createStep({ action: { kind: "baseline", settleMs } });
  const startedAt = performance.now();
  const waited = await executeAction(createContext({ ...place, step: settling(60) }));
  // Timers of Node may fire a millisecond early.
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(58);
  expect(waited.end).toStrictEqual({ kind: "completed" });

  const leaving = AbortSignal.abort();
  const left = await executeAction(createContext({ ...place, step: settling(3_600_000) }, { leave: leaving }));
  expect(left).toMatchObject({ end: { kind: "failed", wasStarted: false }, commands: [] });
  expect(left.measurements).toBeUndefined();
});

async function measure(
  dataDir: string,
  kind: "baseline" | "fingerprint",
  declarative?: Declarative,
): Promise<ActionResult & { readonly output: string }> {
  const { environment } = withoutDatabase({ topology: "dbless", nodes: [], ...(declarative && { declarative }) });
  const place = { environment, step: createStep({ action: { kind } }), dataDir, databaseUrl: nowhere };
  const context = createContext(place);
  const result = await executeAction(context);
  await context.output.finish();
  return { ...result, output: context.stored.map((chunk) => chunk.text).join("") };
}

const verdict = async (baseline: Measurements, declarative?: Declarative): Promise<string> => {
  const context = withoutDatabase({ topology: "dbless", nodes: [], ...(declarative && { declarative }) });
  const answer = await askProbe({ kind: "configuration_unchanged" }, { ...context, baseline });
  return `${answer.verdict}: ${answer.summary}`;
};

test("nodes without a database: the files are the configuration, and a change of one is seen", async () => {
  await using folder = await createFolder();
  const declarative = { file: `${folder.path}/kong.yml`, converted: `${folder.path}/kong-3.yml` };
  await writeFile(declarative.file, "a");
  await writeFile(declarative.converted, "b");
  const { end, measurements = {}, output } = await measure(folder.path, "baseline", declarative);
  expect(end).toStrictEqual({ kind: "completed" });
  expect(output).toContain(`file ${declarative.file}: `);
  expect(await verdict(measurements, declarative)).toContain("ok: the configuration is unchanged (2 files");

  await writeFile(declarative.converted, "c");
  expect(await verdict(measurements, declarative)).toBe(
    `not_ok: the configuration changed since it was recorded: file ${declarative.converted}`,
  );
  const again = await measure(folder.path, "fingerprint", declarative);
  expect(await verdict({ ...measurements, ...again.measurements }, declarative)).toContain("ok: ");
});

test("where there is nothing to measure the baseline says so, and nothing is called unchanged", async () => {
  await using folder = await createFolder();
  const { end, measurements = {}, output } = await measure(folder.path, "baseline");
  expect(end).toStrictEqual({ kind: "completed" });
  expect(output).toContain("neither an Admin API nor a declarative file is configured");
  expect(await verdict(measurements)).toContain("undetermined: ");
});

test("a file that cannot be read fails the baseline with the reason", async () => {
  await using folder = await createFolder();
  const declarative = { file: "/nonexistent/kong.yml", converted: "/nonexistent/kong.yml" };
  const { end } = await measure(folder.path, "baseline", declarative);
  expect(end).toMatchObject({ kind: "failed", wasStarted: false, reason: expect.stringContaining("ENOENT") });
});

import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Measurements } from "#src/plan/measurements.ts";
import { executeAction } from "#src/run/actions/execute-action.ts";
import { askProbe } from "#src/run/probes/ask-probe.ts";
import { createContext } from "#test/src/run/context.ts";
import { serveKong } from "#test/src/run/kong-server.ts";
import type { Served } from "#test/src/run/kong-server.ts";
import { nodeWith, nowhere, withoutDatabase } from "#test/src/run/probe-context.ts";
import { createFolder, createStep, shell } from "#test/src/run/stage.ts";

function root(...workers: readonly number[]): Served {
  return { status: 200, body: { version: "2.8.5", pids: { master: 1, workers } } };
}

async function verdict(answer: Served, baseline: Measurements): Promise<string> {
  await using server = await serveKong({ "/": answer });
  const context = withoutDatabase({ nodes: [nodeWith({ admin: server.url })] });
  const result = await askProbe({ kind: "workers_replaced", node: "kong-1" }, { ...context, baseline });
  return `${result.verdict}: ${result.summary}`;
}

const noted: Measurements = { workers: { "kong-1": [10, 11] } };

test.each<[string, Served, Measurements, string]>([
  ["only new ones", root(12, 13), noted, "ok: the workers of kong-1 are new"],
  ["the old ones", root(10, 11), noted, "not_ok: kong-1 still runs the workers of before"],
  ["both, while requests end", root(11, 12, 13), noted, "not_ok: 1 of 2 workers of before still runs on kong-1"],
  ["nobody noted them", root(12), {}, "undetermined: nobody noted the workers of kong-1 before"],
  ["another node's were noted", root(12), { workers: { "kong-2": [10] } }, "undetermined: nobody noted"],
  ["an answer without them", { status: 200, body: { version: "2.8.5" } }, noted, "undetermined: "],
  ["no workers at all", root(), noted, "undetermined: "],
])("workers: %s", async (_, answer, baseline, expected) => {
  expect(await verdict(answer, baseline)).toContain(expected);
});

async function reload(
  admin: string,
): Promise<{ readonly result: Awaited<ReturnType<typeof executeAction>>; ran: boolean }> {
  await using folder = await createFolder();
  const file = `${folder.path}/ran`;
  await writeFile(file, "");
  const { environment } = withoutDatabase({ nodes: [nodeWith({ admin })] });
  const step = createStep({
    action: { kind: "commands", commands: [shell(`echo yes > ${file}`)], notesWorkersOf: "kong-1" },
  });
  const context = createContext({ environment, step, dataDir: folder.path, databaseUrl: nowhere });
  const result = await executeAction(context);
  await context.output.finish();
  return { result, ran: result.commands.length > 0 };
}

test("a step that reloads a node notes its workers before the command", async () => {
  await using server = await serveKong({ "/": root(10, 11) });
  const { result, ran } = await reload(server.url);
  expect(ran).toBe(true);
  expect(result).toMatchObject({ end: { kind: "completed" }, measurements: { workers: { "kong-1": [10, 11] } } });
});

test("where nobody can tell the workers nothing is run, since nothing could be proven", async () => {
  const { result, ran } = await reload("http://127.0.0.1:1");
  expect(ran).toBe(false);
  expect(result.end).toMatchObject({
    kind: "failed",
    wasStarted: false,
    reason: expect.stringContaining("the workers of kong-1 could not be read"),
  });
});

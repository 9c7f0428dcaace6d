import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { Action, Command, Step } from "#src/plan/step.ts";
import { runStep } from "#src/run/run-step.ts";
import type { StepReport } from "#src/upgrade/step-report.ts";
import { createContext } from "#test/src/run/context.ts";
import { createEnvironment, createFolder, createStep, shell } from "#test/src/run/stage.ts";

const nowhere = "postgres://user:password@127.0.0.1:1/none";

/** Does something to a node, and knows whether it was done. */
function onNode(node: string, script: string, proof?: string): Command {
  const probe = proof === undefined ? {} : { probe: { argv: ["/bin/sh", "-c", proof], timeoutMs: 5_000 } };
  return { ...shell(script), target: node, ...probe };
}

async function run(
  dataDir: string,
  commands: readonly [Command, ...Command[]],
  { nodesAtOnce = 4, attempt = 1, ...changes }: Partial<Step> & { nodesAtOnce?: number; attempt?: number } = {},
): Promise<StepReport & { readonly printed: string }> {
  const action: Action = { kind: "commands", commands, nodesAtOnce };
  const step = createStep({ action, isIdempotent: true, ...changes });
  const place = { environment: createEnvironment(nowhere), step, dataDir, databaseUrl: nowhere };
  const context = createContext(place, { attempt });
  const report = await runStep(context);
  return { ...report, printed: context.stored.map((chunk) => chunk.text).join("") };
}

test("nodes work side by side, each one's commands in order, and the runner's own command waits for all", async () => {
  await using folder = await createFolder();
  const { path } = folder;
  // Each waits for the other, so one after the other they would never end.
  const meet = (own: string, other: string): string =>
    `touch ${path}/${own}; while [ ! -f ${path}/${other} ]; do sleep 0.02; done; echo met`;
  const report = await run(path, [
    onNode("a", meet("a", "b"), "true"),
    onNode("a", `test -f ${path}/b && echo a >> ${path}/second`),
    onNode("b", meet("b", "a"), "true"),
    onNode("b", `echo b >> ${path}/second`),
    shell(`wc -l < ${path}/second > ${path}/counted`),
  ]);
  expect(report.outcome).toBe("done");
  expect((await readFile(`${path}/counted`, "utf8")).trim()).toBe("2");
  expect(report.nodes).toEqual([
    { node: "a", state: "done" },
    { node: "b", state: "done" },
  ]);
  expect(report.printed).toContain("[a] met\n");
  expect(report.printed).toContain("\n2 of 2 nodes done\n");
});

test("no further node is begun once one failed, and a retry does only what is not proven", async () => {
  await using folder = await createFolder();
  const { path } = folder;
  const commands: readonly [Command, ...Command[]] = [
    onNode("a", `echo x >> ${path}/a`, `test -f ${path}/a || exit 1`),
    onNode("b", `test -f ${path}/healed || exit 3; echo x >> ${path}/b`, `test -f ${path}/b || exit 1`),
    onNode("c", `echo x >> ${path}/c`, `test -f ${path}/c || exit 1`),
  ];
  // One at a time, so that it is known who was begun.
  const first = await run(path, commands, { nodesAtOnce: 1 });
  expect(first).toMatchObject({ outcome: "failed", reason: expect.stringContaining("b: /bin/sh") });
  expect(first.nodes?.map(({ node, state }) => `${node} ${state}`)).toEqual(["a done", "b failed", "c not_begun"]);
  expect(existsSync(`${path}/c`)).toBe(false);
  // The last line tells where it was; that it failed there is the report's to tell.
  expect(first.printed.split("\n").filter((line) => line.includes("nodes done"))).toEqual([
    "0 of 3 nodes done; now at a",
    "1 of 3 nodes done; now at b",
  ]);
  await writeFile(`${path}/healed`, "");
  const second = await run(path, commands, { nodesAtOnce: 1, attempt: 2 });
  expect(second.outcome).toBe("done");
  expect(second.nodes?.map(({ node, state }) => `${node} ${state}`)).toEqual(["a already_done", "b done", "c done"]);
  expect(await readFile(`${path}/a`, "utf8")).toBe("x\n");
});

test("a node that says it is done counts only when its own proof says so", async () => {
  await using folder = await createFolder();
  const report = await run(folder.path, [onNode("a", "true", "exit 1"), onNode("b", "true", "true")]);
  expect(report.outcome).toBe("failed");
  expect(report.nodes).toMatchObject([
    { node: "a", state: "not_proven", reason: expect.stringContaining("not done") },
    { node: "b", state: "done" },
  ]);
});

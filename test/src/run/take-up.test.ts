import { existsSync } from "node:fs";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { digestOfText } from "#src/kernel/digest.ts";
import type { Probe } from "#src/plan/probe.ts";
import type { Command, Step } from "#src/plan/step.ts";
import { startRunnerProcess } from "./runner-process-stage.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";
import { createStep, present, shell } from "./stage.ts";
import { standInVia, writeStandIn } from "./transports/jobs-stand-in.ts";
import { hasSshServer, startSshServer } from "./transports/ssh-server.ts";
import type { SshServer } from "./transports/ssh-server.ts";
import { waitUntil } from "#test/support/wait-until.ts";

function stepOf(commands: readonly Command[], changes: Partial<Step> = {}): Step {
  return createStep({ action: { kind: "commands", commands }, timeoutMs: 60_000, ...changes });
}

/** A runner process works on the step, is killed when the file `begun` is there, and one under the same name comes back. */
async function killAndReturn(stage: Stage, meanwhile?: () => Promise<void>): Promise<void> {
  await using killed = await startRunnerProcess(stage);
  await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
  killed.kill("SIGKILL");
  await killed.ended;
  await meanwhile?.();
  await stage.start({ dataDir: killed.dataDir });
}

async function outputOf({ record, id }: Stage): Promise<string> {
  const chunks = await record.readOutput({ upgradeId: id, stepId: "work", attempt: 1 }, { afterSeq: 0, limit: 1_000 });
  return chunks.map(({ text }) => text).join("");
}

describe.runIf(hasSshServer)("a runner that was killed while its command ran elsewhere", () => {
  const counting = (folder: string): string =>
    `echo x >> ${folder}/begun; for i in 1 2 3 4 5 6 7 8 9; do echo "line $i"; sleep 0.3; done; echo x >> ${folder}/work`;

  const lookThere = (server: SshServer, script: string): Probe => ({
    kind: "command_output",
    look: { target: "runner", argv: ["/bin/sh", "-c", script], via: server.transport },
    matches: "x",
  });
  const there = (server: SshServer, script: string): Command => shell(script, { via: server.transport });

  test("takes it up again, follows it to its end, proves it and reports", async () => {
    await using server = await startSshServer();
    await using stage = await setStage((folder) => [
      stepOf([there(server, counting(folder))], {
        proof: [present(`${folder}/work`), lookThere(server, `cat ${folder}/work`)],
      }),
    ]);
    await killAndReturn(stage);
    const done = await stage.until("work", "done");
    expect(done.report).toMatchObject({ outcome: "done", commands: [{ exitCode: 0 }] });
    expect(await readFile(`${stage.folder}/begun`, "utf8")).toBe("x\n");
    expect(await readFile(`${stage.folder}/work`, "utf8")).toBe("x\n");
    const output = await outputOf(stage);
    const second = output.slice(output.indexOf("[the runner was started again"));
    expect(done.report?.output).toMatchObject({ digest: digestOfText(second), takenUp: 1 });
    expect(second.match(/^line \d$/gmu)).toStrictEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `line ${n}`));
    // Recorded, so the target is tidied up; the runner's stop does what is still waiting.
    await stage[Symbol.asyncDispose]();
    expect(await server.states()).toStrictEqual([]);
  });

  const lookingNever = { sweepEveryMs: 60_000 };

  test("what a step left on its target goes although its runner stops before it looks again", async () => {
    await using server = await startSshServer();
    await using stage = await setStage((folder) => [stepOf([there(server, "true")], { proof: [present(folder)] })]);
    const runner = await stage.start(lookingNever);
    await stage.until("work", "done");
    await runner.stop();
    expect(await server.states()).toStrictEqual([]);
  });

  test("what a step left where nobody could be reached goes when its runner is started again", async () => {
    await using server = await startSshServer();
    await using stage = await setStage((folder) => [stepOf([there(server, "true")], { proof: [present(folder)] })]);
    const remembered = join(stage.folder, "data", "remote");
    const runner = await stage.start(lookingNever);
    await stage.until("work", "done");
    await server.stop();
    await runner.stop();
    expect([await server.states(), await readdir(remembered)]).toMatchObject([{ length: 1 }, { length: 1 }]);
    await server.restart();
    const next = await stage.start(lookingNever);
    await next.stop();
    expect([await server.states(), await readdir(remembered)]).toStrictEqual([[], []]);
  });

  test("reports a command that ended meanwhile by its true exit status", async () => {
    await using server = await startSshServer();
    await using stage = await setStage((folder) => [
      stepOf([
        there(
          server,
          `echo > ${folder}/begun; until [ -f ${folder}/go ]; do sleep 0.1; done; echo > ${folder}/over; exit 6`,
        ),
      ]),
    ]);
    await killAndReturn(stage, async () => {
      await writeFile(`${stage.folder}/go`, "");
      await waitUntil("the command to end", () => existsSync(`${stage.folder}/over`));
    });
    const failed = await stage.until("work", "failed");
    expect(failed.reason).toContain("ended with exit status 6");
  });

  test("a command that had begun is unknown, not failed, when its target lost every trace of it", async () => {
    await using server = await startSshServer();
    await using stage = await setStage((folder) => [
      stepOf([there(server, `echo $$ > ${folder}/begun; sleep 60; sleep 60`)], { isIdempotent: true }),
    ]);
    await using killed = await startRunnerProcess(stage);
    const notes = join(killed.dataDir, "remote");
    await waitUntil("the command to begin", async () => {
      const text = await readFile(`${stage.folder}/begun`, "utf8").catch(() => "");
      return text.endsWith("\n");
    });
    await waitUntil("the beginning to be noted", async () => {
      const [name] = await readdir(notes).catch(() => []);
      return name !== undefined && (await readFile(join(notes, name), "utf8")).includes('"begun"');
    });
    killed.kill("SIGKILL");
    await killed.ended;
    // The command's keeper may still note something there.
    await rm(join(server.folder, "state"), { recursive: true, maxRetries: 10, retryDelay: 50 });
    await stage.start({ dataDir: killed.dataDir });
    const unknown = await stage.until("work", "unknown");
    process.kill(-Number(await readFile(`${stage.folder}/begun`, "utf8")), "SIGKILL");
    expect(unknown.report?.reason).toContain("nobody can say whether it still runs");
  });

  test("never starts the commands that had not begun, and says so", async () => {
    await using server = await startSshServer();
    await using stage = await setStage((folder) => [
      stepOf([
        there(server, `echo > ${folder}/begun; until [ -f ${folder}/go ]; do sleep 0.1; done`),
        there(server, `echo > ${folder}/second`),
      ]),
    ]);
    await killAndReturn(stage, () => writeFile(`${stage.folder}/go`, ""));
    const failed = await stage.until("work", "failed");
    expect(failed.reason).toContain("was not started: ");
    expect(failed.report?.commands.map(({ exitCode }) => exitCode)).toStrictEqual([0, undefined]);
    expect(existsSync(`${stage.folder}/second`)).toBe(false);
  });

  test("follows five nodes that work at the same time, and begins no sixth", async () => {
    await using server = await startSshServer();
    const nodes = ["a", "b", "c", "d", "e"];
    await using stage = await setStage((folder) => {
      // Each waits for all the others, so one after the other they would never end.
      const meeting = nodes.map((other) => `[ -f ${folder}/at.${other} ]`).join(" && ");
      const script = (node: string): string =>
        `touch ${folder}/at.${node}; until ${meeting}; do sleep 0.05; done; touch ${folder}/begun; until [ -f ${folder}/go ]; do sleep 0.05; done; echo ${node} >> ${folder}/work`;
      const first = shell(script("a"), { target: "a", via: server.transport });
      const commands = ["b", "c", "d", "e", "f"].map((node) =>
        shell(script(node), { target: node, via: server.transport }),
      );
      const action = { kind: "commands", commands: [first, ...commands], nodesAtOnce: 5 } as const;
      return [stepOf([first], { action, isIdempotent: true })];
    });
    await killAndReturn(stage);
    await waitUntil("the runner that came back to take it up", async () =>
      (await outputOf(stage)).includes("[the runner was started again"),
    );
    await writeFile(`${stage.folder}/go`, "");
    const failed = await stage.until("work", "failed");
    expect(failed.report?.nodes?.map(({ node, state }) => `${node} ${state}`)).toStrictEqual([
      ...nodes.map((node) => `${node} done`),
      "f not_begun",
    ]);
    expect((await readFile(`${stage.folder}/work`, "utf8")).trim().split("\n").toSorted()).toStrictEqual(nodes);
    expect(existsSync(`${stage.folder}/at.f`)).toBe(false);
  });

  test("another runner sees by the state directory how it ended, and reports nothing in its place", async () => {
    await using server = await startSshServer();
    await using stage = await setStage((folder) => [
      stepOf([there(server, `echo > ${folder}/begun; until [ -f ${folder}/go ]; do sleep 0.1; done; exit 5`)]),
    ]);
    await using killed = await startRunnerProcess(stage);
    await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
    killed.kill("SIGKILL");
    await killed.ended;
    await writeFile(`${stage.folder}/go`, "");
    await stage.start({ runnerId: "runner-2", dataDir: `${stage.folder}/other` });
    const unknown = await waitUntil("the evidence", async () => {
      const progress = await stage.progress("work");
      return progress?.kind === "unknown" && progress.evidence !== undefined && progress;
    });
    expect(unknown.evidence?.find(({ kind }) => kind === "remote_command")).toMatchObject({
      verdict: "not_ok",
      summary: expect.stringContaining("ended with exit status 5"),
    });
    // The one that started it comes back before anybody has decided.
    await stage.start({ dataDir: killed.dataDir });
    expect((await stage.until("work", "failed")).reason).toContain("ended with exit status 5");
  });
});

test("a runner that was killed while its command ran in a Job finds it by its name, and makes no second one", async () => {
  await using stage = await setStage((folder) => [
    stepOf(
      [
        shell(`echo x >> ${folder}/begun; until [ -f ${folder}/go ]; do sleep 0.05; done; echo x >> ${folder}/work`, {
          via: standInVia(folder),
        }),
      ],
      { proof: [present(`${folder}/work`)] },
    ),
  ]);
  await writeStandIn(stage.folder);
  await killAndReturn(stage, () => writeFile(`${stage.folder}/go`, ""));
  const done = await stage.until("work", "done");
  expect(done.report).toMatchObject({ outcome: "done", commands: [{ exitCode: 0 }], output: { takenUp: 1 } });
  expect(await readFile(`${stage.folder}/work`, "utf8")).toBe("x\n");
  expect((await readFile(`${stage.folder}/made`, "utf8")).trim().split("\n")).toHaveLength(1);
});

import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { alice, inSlack } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";
import { createStep, present, shell, silentLog } from "./stage.ts";

async function outputOf(stage: Stage, stepId: string): Promise<string> {
  const attempt = { upgradeId: stage.id, stepId, attempt: 1 };
  const chunks = await stage.record.readOutput(attempt, { afterSeq: 0, limit: 10_000 });
  return chunks.map((chunk) => chunk.text).join("");
}

async function eventTypes(stage: Stage): Promise<readonly string[]> {
  return (await stage.record.events(stage.id, 0)).map(({ event }) => event.type);
}

test("a step is done when its proof says so, and the next one follows", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      id: "one",
      action: { kind: "commands", commands: [shell(`echo hello; echo one > ${folder}/one`)] },
      proof: [present(`${folder}/one`)],
    }),
    createStep({
      id: "two",
      action: { kind: "commands", commands: [shell(`cat ${folder}/one > ${folder}/two`)] },
      proof: [present(`${folder}/two`)],
    }),
  ]);
  await stage.start();
  await waitUntil("the end of the upgrade", async () => (await stage.record.find(stage.id))?.status === "closed");
  expect(await readFile(`${stage.folder}/two`, "utf8")).toBe("one\n");
  const one = await stage.progress("one");
  expect(one).toMatchObject({ kind: "done", how: "proven" });
  expect(await outputOf(stage, "one")).toContain("hello\n");
});

test("exit status 0 without the work being done is a failure", async () => {
  await using stage = await setStage((folder) => [createStep({ proof: [present(`${folder}/never`)] })]);
  await stage.start();
  const failed = await stage.until("work", "failed");
  expect(failed.reason).toMatch(/exit status 0, but .*never is not there/u);
});

test("a command that fails is never done, but the reason says when the work was done all the same", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      action: { kind: "commands", commands: [shell(`echo x > ${folder}/work; exit 7`)] },
      proof: [present(`${folder}/work`)],
    }),
  ]);
  await stage.start();
  const failed = await stage.until("work", "failed");
  expect(failed.reason).toMatch(/exit status 7, yet the proof says that the work was done/u);
  expect(failed.report?.commands).toMatchObject([{ exitCode: 7, timedOut: false }]);
});

test("when a precheck is not ok nothing is run", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      action: { kind: "commands", commands: [shell(`echo x > ${folder}/work`)] },
      precheck: [present(`${folder}/missing`)],
      proof: [present(`${folder}/work`)],
    }),
  ]);
  await stage.start();
  const failed = await stage.until("work", "failed");
  expect(failed.reason).toMatch(/nothing was run: .*missing is not there/u);
  expect(existsSync(`${stage.folder}/work`)).toBe(false);
});

test("a precheck that cannot be asked stops the step as well", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      action: { kind: "commands", commands: [shell(`echo x > ${folder}/work`)] },
      precheck: [{ kind: "schema_meta", database: { name: "no_such_database", as: "kong" }, rows: [] }],
    }),
  ]);
  await stage.start();
  const failed = await stage.until("work", "failed");
  expect(failed.report?.precheck).toMatchObject([{ verdict: "undetermined" }]);
  expect(existsSync(`${stage.folder}/work`)).toBe(false);
});

test("the start is committed before the process is spawned", async () => {
  const program = fileURLToPath(new URL("./fixtures/count-starts.ts", import.meta.url));
  await using stage = await setStage((folder, databaseUrl) => [
    createStep({
      action: {
        kind: "commands",
        commands: [{ target: "runner", argv: [process.execPath, program, databaseUrl], env: {}, secrets: {} }],
      },
      proof: [present(folder)],
    }),
  ]);
  await stage.start();
  await stage.until("work", "done");
  expect(await outputOf(stage, "work")).toContain("starts=1\n");
});

test("a runner that dies between the claim and the spawn has run nothing, and nobody runs it again", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      action: { kind: "commands", commands: [shell(`echo x > ${folder}/work`)] },
      proof: [present(`${folder}/work`)],
    }),
  ]);
  const claimed = Promise.withResolvers<void>();
  const neverEnding = new Promise<never>(() => undefined);
  const dying = await stage.start({
    runnerId: "dying",
    record: {
      ...stage.record,
      submit: async (id, intent, actor) => {
        const answer = await stage.record.submit(id, intent, actor);
        if (intent.intent !== "start_step") return answer;
        claimed.resolve();
        return neverEnding;
      },
    },
  });
  await claimed.promise;
  expect(await eventTypes(stage)).toContain("step_started");
  await dying.stop();
  await stage.start({ runnerId: "other" });
  const unknown = await waitUntil("evidence", async () => {
    const progress = await stage.progress("work");
    return progress?.kind === "unknown" && progress.evidence !== undefined && progress;
  });
  expect(unknown.reason).toContain("dying");
  expect(existsSync(`${stage.folder}/work`)).toBe(false);
  expect((await eventTypes(stage)).filter((type) => type === "step_started")).toHaveLength(1);
});

test("T25: of two runners exactly one runs a step", async () => {
  await using stage = await setStage((folder) =>
    ["one", "two", "three", "four"].map((id) =>
      createStep({
        id,
        action: { kind: "commands", commands: [shell(`echo ran >> ${folder}/${id}`)] },
        proof: [present(`${folder}/${id}`)],
      }),
    ),
  );
  await Promise.all([stage.start({ runnerId: "left" }), stage.start({ runnerId: "right" })]);
  await waitUntil("the end of the upgrade", async () => (await stage.record.find(stage.id))?.status === "closed");
  for (const id of ["one", "two", "three", "four"]) {
    expect(await readFile(`${stage.folder}/${id}`, "utf8")).toBe("ran\n");
  }
});

test("of several runners that know each other one alone looks whether a step may start", async () => {
  const steps = ["one", "two", "three"];
  await using stage = await setStage((folder) => [
    createStep({ id: "begin", action: { kind: "manual", instruction: "say when", button: "Now" } }),
    ...steps.map((id) => createStep({ id, proof: [present(folder)] })),
  ]);
  const names = ["left", "middle", "right"];
  const looks: string[] = [];
  const sweeps = new Map(names.map((name) => [name, 0]));
  await Promise.all(
    names.map((runnerId) =>
      stage.start({
        runnerId,
        dataDir: `${stage.folder}/${runnerId}`,
        record: {
          ...stage.record,
          lockOf: (environment) => {
            looks.push(runnerId);
            return stage.record.lockOf(environment);
          },
          list: async (filter) => {
            sweeps.set(runnerId, (sweeps.get(runnerId) ?? 0) + 1);
            return stage.record.list(filter);
          },
        },
      }),
    ),
  );
  sweeps.clear();
  await waitUntil("all of them to have looked around", () => names.every((name) => (sweeps.get(name) ?? 0) > 1));
  const confirm = { intent: "confirm_manual_step", stepId: "begin", attempt: 1, note: "", by: inSlack(alice) } as const;
  expect(await stage.record.submit(stage.id, confirm, { kind: "bot", replica: "test" })).toMatchObject({ ok: true });
  await waitUntil("the end of the upgrade", async () => (await stage.record.find(stage.id))?.status === "closed");
  expect(new Set(looks).size).toBe(1);
  expect(looks).toHaveLength(steps.length);
});

test("T34: a secret of the environment reaches the process and nothing else", async () => {
  const canary = "c4n4ry-Va1ue-9";
  await using stage = await setStage((folder) => [
    createStep({
      action: {
        kind: "commands",
        commands: [
          shell(
            `echo "$CANARY" > ${folder}/work; echo "it is $CANARY"; echo "$CANARY" >&2; echo pg_password=${canary}`,
            {
              secrets: { CANARY: { env: "CANARY" } },
            },
          ),
          shell(`echo ${canary}; exit 1`),
        ],
      },
      proof: [present(`${folder}/${canary}`)],
    }),
  ]);
  const logged: string[] = [];
  const note = (fields: object, message: string): void => {
    logged.push(JSON.stringify(fields) + message);
  };
  await stage.start({
    log: { info: note, warn: note, error: note },
    resolveSecret: async (ref) => ("env" in ref && ref.env === "CANARY" ? canary : new URL(stage.databaseUrl).password),
  });
  await stage.until("work", "failed");
  expect(await readFile(`${stage.folder}/work`, "utf8")).toBe(`${canary}\n`);
  expect(await outputOf(stage, "work")).toContain("it is [redacted]");
  // The plan of this test holds the canary itself, which a real plan never does: everything else is searched.
  const events = (await stage.record.events(stage.id, 0)).filter(({ event }) => event.type === "step_finished");
  expect(JSON.stringify(events)).toContain("[redacted]");
  expect(JSON.stringify([events, logged, await outputOf(stage, "work")])).not.toContain(canary);
});

test("draining finishes the running step and takes no new one", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      id: "one",
      action: {
        kind: "commands",
        commands: [
          shell(`echo x > ${folder}/begun; while [ ! -e ${folder}/go ]; do sleep 0.05; done; echo x > ${folder}/one`),
        ],
      },
      proof: [present(`${folder}/one`)],
    }),
    createStep({
      id: "two",
      action: { kind: "commands", commands: [shell(`echo x > ${folder}/two`)] },
      proof: [present(`${folder}/two`)],
    }),
  ]);
  const runner = await stage.start();
  await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
  expect(runner.busyWith()).toEqual([`practice: ${stage.id} one`]);
  const drained = runner.drain();
  await writeFile(`${stage.folder}/go`, "");
  await drained;
  expect(runner.busyWith()).toEqual([]);
  expect(await stage.progress("one")).toMatchObject({ kind: "done" });
  expect(await stage.progress("two")).toMatchObject({ kind: "ready" });
  expect(existsSync(`${stage.folder}/two`)).toBe(false);
});

test("T36: a program that the runner's own file does not allow runs nothing, claims nothing and raises an alarm", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      action: { kind: "commands", commands: [shell(`echo x > ${folder}/work`)] },
      proof: [present(`${folder}/work`)],
    }),
  ]);
  await stage.start({ permits: { file: "/etc/runner.yml", programs: ["pg_dump"] } });
  const alarm = await waitUntil("the alarm", async () => {
    const upgrade = await stage.record.find(stage.id);
    return upgrade?.status === "active" && upgrade.alarm;
  });
  expect(JSON.stringify(alarm)).toContain("nothing was run: /etc/runner.yml does not allow the program “/bin/sh”");
  expect(await eventTypes(stage)).not.toContain("step_started");
  expect(existsSync(`${stage.folder}/work`)).toBe(false);
});

test("while one runner drains another takes the next step, and both are shown with what they do", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      id: "one",
      action: {
        kind: "commands",
        commands: [
          shell(`echo x > ${folder}/begun; while [ ! -e ${folder}/go ]; do sleep 0.05; done; echo x > ${folder}/one`),
        ],
      },
      proof: [present(`${folder}/one`)],
    }),
    createStep({
      id: "two",
      action: {
        kind: "commands",
        commands: [shell(`echo x > ${folder}/two; while [ ! -e ${folder}/end ]; do sleep 0.05; done`)],
      },
      proof: [present(`${folder}/two`)],
    }),
  ]);
  const first = await stage.start({ runnerId: "first", labels: { zone: "eu" } });
  await waitUntil("the step to begin", () => existsSync(`${stage.folder}/begun`));
  const drained = first.drain();
  await stage.start({ runnerId: "second", labels: { zone: "eu" }, dataDir: `${stage.folder}/second` });
  const shown = await waitUntil("the draining", async () => {
    const runners = await stage.record.runners();
    return runners.some(({ isDraining }) => isDraining) && runners;
  });
  expect(shown).toMatchObject([
    { id: "first", isAlive: true, isDraining: true, labels: { zone: "eu" }, running: [{ stepId: "one" }] },
    { id: "second", isAlive: true, isDraining: false, running: [] },
  ]);
  await writeFile(`${stage.folder}/go`, "");
  await drained;
  const running = await stage.until("two", "running");
  expect(running.runnerId).toBe("second");
  await writeFile(`${stage.folder}/end`, "");
  await stage.until("two", "done");
});

test("a runner whose version does not fit the bot's takes nothing, says why, and begins when the bot's fits", async () => {
  await using stage = await setStage((folder) => [
    createStep({
      action: { kind: "commands", commands: [shell(`echo x > ${folder}/work`)] },
      proof: [present(`${folder}/work`)],
    }),
  ]);
  const old = await stage.record.announceBot({ replica: "a", version: "0.9.3" });
  const errors: string[] = [];
  const log = {
    ...silentLog,
    error: (fields: object, message: string) => errors.push(message + JSON.stringify(fields)),
  };
  await stage.start({ version: "0.10.0", log });
  expect(errors).toEqual([
    expect.stringContaining("version 0.10.0 does not fit the bot's 0.9.3 (they may differ in the last number only)"),
  ]);
  expect(errors[0]).toContain("update the bot to 0.10 first");
  expect(await stage.record.runners()).toMatchObject([{ isAlive: true, problem: expect.stringContaining("0.9.3") }]);
  expect(await stage.progress("work")).toMatchObject({ kind: "ready" });

  await old[Symbol.asyncDispose]();
  await using _bot = await stage.record.announceBot({ replica: "b", version: "0.10.7" });
  await stage.until("work", "done");
  expect(errors).toHaveLength(1);
});

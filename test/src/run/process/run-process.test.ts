import { existsSync } from "node:fs";
import { chmod, copyFile, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import { isGroupAlive, signalGroup } from "#src/run/process/process-group.ts";
import { runProcess } from "#src/run/process/run-process.ts";
import type { ProcessEnd } from "#src/run/process/run-process.ts";
import { createFolder } from "#test/src/run/stage.ts";
import { waitUntil } from "#test/support/wait-until.ts";

interface Ran {
  readonly end: ProcessEnd;
  readonly output: string;
  readonly groupId: number;
}

async function run(
  script: string,
  timeoutMs = 20_000,
  env: Readonly<Record<string, string>> = {},
  { cancel, begun }: { readonly cancel?: AbortSignal; readonly begun?: () => Promise<unknown> } = {},
): Promise<Ran> {
  let output = "";
  let groupId = 0;
  const end = await runProcess({
    argv: ["/bin/sh", "-c", script],
    env: { PATH: "/usr/bin:/bin", ...env },
    cwd: "/",
    timeoutMs,
    ...(cancel === undefined ? {} : { cancel }),
    onSpawn: async (id) => {
      groupId = id;
      // The time limit has no effect before this is over.
      await begun?.();
    },
    onOutput: async (_, bytes) => {
      output += Buffer.from(bytes).toString("utf8");
    },
  });
  return { end, output, groupId };
}

test("exit status and output of both streams arrive", async () => {
  const { end, output } = await run("echo out; echo err >&2; exit 3");
  expect(end).toEqual({ kind: "exited", exitCode: 3 });
  expect(output.split("\n").toSorted()).toEqual(["", "err", "out"]);
});

test("what ended within its time while the runner was stopped is no timeout when the runner goes on", async () => {
  const program = `
    import { runProcess } from ${JSON.stringify(fileURLToPath(new URL("../../../../src/run/process/run-process.ts", import.meta.url)))};
    const end = await runProcess({
      argv: ["/bin/sh", "-c", "sleep 0.1; exit 3"], env: {}, cwd: "/", timeoutMs: 300,
      onSpawn: async (group) => process.stderr.write(String(group)),
      onOutput: async () => undefined,
    });
    process.stdout.write(JSON.stringify(end));
  `;
  const runner = execa(process.execPath, ["--input-type=module", "-e", program], { env: { PATH: "/usr/bin:/bin" } });
  const group = Number(await new Promise<unknown>((resolve) => runner.stderr.once("data", resolve)));
  runner.kill("SIGSTOP");
  const isLate = delay(400).then(() => true);
  await waitUntil("the end of the process and its time limit", async () => !(await isGroupAlive(group)) && isLate);
  runner.kill("SIGCONT");
  expect((await runner).stdout).toBe(JSON.stringify({ kind: "exited", exitCode: 3 }));
});

test("a program that does not exist was not started", async () => {
  const end = await runProcess({
    argv: ["/nonexistent/program"],
    env: {},
    cwd: "/",
    timeoutMs: 1_000,
    onSpawn: async () => undefined,
    onOutput: async () => undefined,
  });
  expect(end).toMatchObject({ kind: "not_started", problem: expect.stringContaining("ENOENT") });
});

test("only the given environment reaches the process", async () => {
  const { output } = await run("env", 20_000, { GIVEN: "yes" });
  const names = output.split("\n").map((line) => line.split("=")[0]);
  expect(names).toContain("GIVEN");
  expect(names).not.toContain("VITEST");
});

test("a signal that somebody else sent is told", async () => {
  expect((await run("kill -9 $$")).end).toEqual({ kind: "signalled", signal: "SIGKILL" });
});

test("at the time limit the whole group goes, grandchildren that ignore SIGTERM too", async () => {
  await using folder = await createFolder();
  const script = `trap '' TERM; (trap '' TERM; sh -c 'echo $$ > ${folder.path}/grandchild; trap "" TERM; sleep 60; sleep 60') & sleep 60; sleep 60`;
  const noted = async (): Promise<number | false> => {
    const text = await readFile(`${folder.path}/grandchild`, "utf8").catch(() => "");
    return text.endsWith("\n") && Number(text);
  };
  // However long a busy machine takes to start three shells, the limit comes after that.
  const begun = () => waitUntil("the grandchild to begin", noted);
  const { end, groupId } = await run(script, 400, {}, { begun });
  expect(end).toEqual({ kind: "timed_out", isGroupGone: true });
  expect(await isGroupAlive(groupId)).toBe(false);
  const grandchild = await begun();
  await waitUntil("the grandchild to be gone", () => {
    try {
      process.kill(grandchild, 0);
      // What was collected in between is gone, too.
      return readFile(`/proc/${grandchild}/stat`, "utf8").then(
        (stat) => stat.includes(") Z "),
        () => true,
      );
    } catch {
      return true;
    }
  });
});

test("a cancelled process goes with its whole group, also while only its children are left", async () => {
  await using folder = await createFolder();
  const cancelling = new AbortController();
  const ending = run(
    `(trap '' TERM; sleep 60; sleep 60) & echo > ${folder.path}/begun; exit 0`,
    60_000,
    {},
    { cancel: cancelling.signal },
  );
  await waitUntil("the process to begin", () => existsSync(`${folder.path}/begun`));
  cancelling.abort();
  const { end, groupId } = await ending;
  expect(end).toEqual({ kind: "cancelled", isGroupGone: true });
  expect(await isGroupAlive(groupId)).toBe(false);
});

const perl = "/usr/bin/perl";
const canBeAnotherAccount = process.getuid?.() === 0 && existsSync(perl);

test.runIf(canBeAnotherAccount)(
  "what belongs to another account, as behind sudo, and goes on is said to go on",
  async (context) => {
    const nobody = { uid: 65_534, gid: 65_534, cwd: "/", reject: false, timeout: 60_000 } as const;
    const { exitCode } = await execa("/usr/bin/test", ["-r", fileURLToPath(import.meta.url)], nobody);
    if (exitCode !== 0) context.skip("this copy lies in a folder that other accounts may not enter");
    // Whoever runs this copy of perl becomes root by it, as by sudo; nobody else may end what it does then.
    await using folder = await createFolder();
    await copyFile(perl, `${folder.path}/as-root`);
    await chmod(`${folder.path}/as-root`, 0o4755);
    await chmod(folder.path, 0o755);
    const program = `
    import { readFile } from "node:fs/promises";
    import { setTimeout as delay } from "node:timers/promises";
    import { runProcess } from ${JSON.stringify(fileURLToPath(new URL("../../../../src/run/process/run-process.ts", import.meta.url)))};
    const end = await runProcess({
      argv: ["${folder.path}/as-root", "-e", "$< = $>; sleep 600"],
      env: {}, cwd: "/", timeoutMs: 1500,
      // Before it is root altogether, its starter may end it.
      onSpawn: async (group) => {
        process.stderr.write(String(group));
        while (!/^Uid:\\t0\\t/mu.test(await readFile("/proc/" + group + "/status", "utf8"))) await delay(20);
      },
      onOutput: async () => undefined,
    });
    process.stdout.write(JSON.stringify(end));
    process.exit(0);
  `;
    const { stdout, stderr } = await execa(process.execPath, ["--input-type=module", "-e", program], {
      uid: 65_534,
      gid: 65_534,
      env: { HOME: "/nonexistent", PATH: "/usr/bin:/bin" },
      extendEnv: false,
      reject: false,
      timeout: 60_000,
    });
    signalGroup(Number(/^\d+/u.exec(stderr)?.[0]), "SIGKILL");
    expect(stdout).toBe(JSON.stringify({ kind: "timed_out", isGroupGone: false }));
  },
);

test("what was cancelled before it began is not started", async () => {
  const { end } = await run("exit 0", 20_000, {}, { cancel: AbortSignal.abort() });
  expect(end).toMatchObject({ kind: "not_started", problem: expect.stringContaining("cancelled") });
});

test("a process that ends before its children is waited for until they have ended too", async () => {
  await using folder = await createFolder();
  const { end } = await run(`(sleep 0.5; echo late > ${folder.path}/late) > /dev/null 2>&1 & exit 0`);
  expect(end).toEqual({ kind: "exited", exitCode: 0 });
  expect(await readFile(`${folder.path}/late`, "utf8")).toBe("late\n");
});

test("a daemon that left the group and holds the pipe does not keep the step open", async () => {
  const startedAt = Date.now();
  const { end, output } = await run("echo started; setsid sleep 20 & sleep 0.1; exit 0");
  expect(end).toEqual({ kind: "exited", exitCode: 0 });
  expect(output).toBe("started\n");
  expect(Date.now() - startedAt).toBeLessThan(8_000);
});

test("a process whose output is not taken waits instead of filling the memory", async () => {
  const gate = Promise.withResolvers<void>();
  let bytes = 0;
  const ending = runProcess({
    argv: ["/bin/sh", "-c", "head -c 8000000 /dev/zero; echo"],
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
    timeoutMs: 20_000,
    onSpawn: async () => undefined,
    onOutput: async (_, chunk) => {
      bytes += chunk.length;
      await gate.promise;
    },
  });
  await waitUntil("the first bytes", () => bytes > 0);
  expect(bytes).toBeLessThan(1_000_000);
  gate.resolve();
  expect(await ending).toEqual({ kind: "exited", exitCode: 0 });
  expect(bytes).toBe(8_000_001);
});

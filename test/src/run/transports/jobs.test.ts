import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Transport } from "#src/plan/transport.ts";
import { jobNameOf } from "#src/run/transports/job-manifest.ts";
import { errorSentence } from "#src/kong/cli-output/command-output.ts";
import { lookElsewhere } from "#src/run/look-elsewhere.ts";
import { isGroupAlive } from "#src/run/process/process-group.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import type { Transports } from "#src/run/transports/transports.ts";
import { createFolder } from "#test/src/run/stage.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { standInVia, writeStandIn } from "./jobs-stand-in.ts";
import { newName, shellThere } from "./remote-call.ts";

describe("by a stand-in of kubectl that makes Jobs", () => {
  let folder: Awaited<ReturnType<typeof createFolder>>;
  let transports: Transports;
  let via: ReturnType<typeof standInVia>;
  const open = (): Transports => openTransports({ PATH: "/usr/bin:/bin" });
  const made = async (name: string): Promise<number> => {
    const lines = await readFile(`${folder.path}/made`, "utf8").catch(() => "");
    return lines.split("\n").filter((line) => line === jobNameOf(name)).length;
  };
  const folderOf = (name: string): string => `${folder.path}/jobs/${jobNameOf(name)}`;
  const fileOf = (name: string, file: string): string => `${folderOf(name)}/${file}`;
  beforeAll(async () => {
    folder = await createFolder();
    await writeStandIn(folder.path);
    via = standInVia(folder.path);
    transports = open();
  });
  beforeEach(() => rm(`${folder.path}/next`, { force: true }));
  afterAll(async () => {
    await transports[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  test("exit status, output, words as they are, variables of the workload and of the command arrive", async () => {
    const script = `echo "$KONG_DATABASE $GIVEN" '$(KONG_DATABASE)'; echo err >&2; exit 3`;
    const { end, stdout } = await shellThere(transports, via, script, { env: { GIVEN: "$(it) $$" } });
    expect({ end, stdout: stdout.toString() }).toStrictEqual({
      end: { kind: "exited", exitCode: 3 },
      // Kubernetes keeps both streams in one log.
      stdout: "postgres $(it) $$ $(KONG_DATABASE)\nerr\n",
    });
    const calls = (await readFile(`${folder.path}/calls`, "utf8")).trimEnd().split("\n");
    expect(calls.every((line) => /^--context \S+ --namespace gateway /u.test(line))).toBe(true);
  });

  test("what a look complains of is found, although one log holds everything", async () => {
    const argv = ["/bin/sh", "-c", "echo 'Error: no database' >&2; exit 1"];
    const output = await lookElsewhere(transports)(via, { argv, env: {}, timeoutMs: 30_000 });
    expect(errorSentence(output)).toBe("no database");
    expect(output.exitCode).toBe(1);
  });

  test("a runner that comes back finds the Job by its name, with its whole output, and makes none", async () => {
    const name = newName();
    await using first = open();
    const chunks: Uint8Array[] = [];
    void first.run(via, {
      name,
      argv: ["/bin/sh", "-c", `echo 1; until [ -e ${folder.path}/go ]; do sleep 0.05; done; echo 2; exit 4`],
      env: {},
      timeoutMs: 60_000,
      onOutput: async (_, bytes) => {
        chunks.push(Buffer.from(bytes));
      },
    });
    await waitUntil("its first line", () => Buffer.concat(chunks).toString() === "1\n");
    await first[Symbol.asyncDispose]();
    expect(await transports.look(via, name)).toStrictEqual({ kind: "running" });
    await writeFile(`${folder.path}/go`, "");
    const printed: Uint8Array[] = [];
    const call = {
      name,
      argv: ["not asked"],
      env: {},
      timeoutMs: 60_000,
      onOutput: async (_: string, bytes: Uint8Array) => {
        printed.push(Buffer.from(bytes));
      },
    };
    const end = await transports.takeUp(via, call, true);
    expect({ end, text: Buffer.concat(printed).toString(), made: await made(name) }).toStrictEqual({
      end: { kind: "exited", exitCode: 4 },
      text: "1\n2\n",
      made: 1,
    });
    expect(await transports.look(via, name)).toStrictEqual({ kind: "ended", status: "4" });
  });

  test("a log that breaks off in the middle goes on without a doubled or missing line", async () => {
    const printed: Uint8Array[] = [];
    const text = (): string => Buffer.concat(printed).toString();
    const go = `${folder.path}/go-on`;
    const running = transports.run(via, {
      name: newName(),
      argv: ["/bin/sh", "-c", `echo line 1; echo line 2; until [ -e ${go} ]; do sleep 0.05; done; echo line 3`],
      env: {},
      timeoutMs: 60_000,
      onOutput: async (_, bytes) => {
        printed.push(Buffer.from(bytes));
      },
    });
    await waitUntil("some lines", () => text().endsWith("line 2\n"));
    for (const pid of await readers()) process.kill(pid, "SIGKILL");
    await writeFile(go, "");
    expect(await running).toStrictEqual({ kind: "exited", exitCode: 0 });
    expect(text()).toBe("line 1\nline 2\nline 3\n");
  });

  test("a Job whose making was not answered is made once", async () => {
    const name = newName();
    await writeFile(`${folder.path}/next`, "lost");
    const { end, stdout } = await shellThere(transports, via, "echo once", { name });
    expect([end, stdout.toString(), await made(name)]).toStrictEqual([{ kind: "exited", exitCode: 0 }, "once\n", 1]);
  });

  test("a name that somebody has is left alone, and nothing is started", async () => {
    const [foreign, known] = [newName(), newName()];
    const spec = { template: { spec: { containers: [{ command: ["true"] }] } } };
    const jobOf = (annotations: object): string =>
      JSON.stringify({ kind: "Job", metadata: { name: "x", annotations }, spec });
    for (const name of [foreign, known]) await mkdir(folderOf(name), { recursive: true });
    await writeFile(fileOf(foreign, "job.json"), jobOf({}));
    await writeFile(fileOf(known, "job.json"), jobOf({ "kong-upgrade/command": known }));
    const never = `${folder.path}/never`;
    expect((await shellThere(transports, via, `echo > ${never}`, { name: foreign })).end).toStrictEqual({
      kind: "not_started",
      problem: expect.stringContaining(`somebody else's Job in gateway has the name ${jobNameOf(foreign)}`),
    });
    expect((await shellThere(transports, via, `echo > ${never}`, { name: known })).end).toStrictEqual({
      kind: "lost",
      problem: expect.stringContaining("it is not started twice"),
      isGroupGone: false,
    });
    const call = { name: foreign, argv: ["true"], env: {}, timeoutMs: 60_000, onOutput: async () => undefined };
    expect(await transports.takeUp(via, call, false)).toMatchObject({ kind: "lost", isGroupGone: true });
    expect([existsSync(never), existsSync(fileOf(foreign, "job.json"))]).toStrictEqual([false, true]);
    for (const name of [foreign, known]) await rm(folderOf(name), { recursive: true });
  });

  test("an image that cannot be pulled is told at once, and is the reason at the time limit", async () => {
    await writeFile(`${folder.path}/next`, "waits");
    const name = newName();
    // Long enough for a busy machine to ask why it waits.
    const { end, stderr } = await shellThere(transports, via, "true", { name, timeoutMs: 10_000 });
    expect(end).toStrictEqual({
      kind: "timed_out",
      isGroupGone: true,
      problem: 'ImagePullBackOff: Back-off pulling image "kong:3.9.1"',
    });
    expect(stderr.toString()).toBe(
      '[the pod of kong:3.9.1 has not begun: ImagePullBackOff: Back-off pulling image "kong:3.9.1"]\n',
    );
    expect(existsSync(fileOf(name, "job.json"))).toBe(false);
  });

  test("a pod that is evicted is lost with what Kubernetes says of it", async () => {
    const name = newName();
    const running = shellThere(transports, via, "echo begun; sleep 60", { name });
    await waitUntil("its pod", async () => (await readFile(fileOf(name, "log"), "utf8").catch(() => "")) === "begun\n");
    const state = { terminated: { exitCode: 137, reason: "Error" } };
    const status = { phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory." };
    await writeFile(
      fileOf(name, "pod.json"),
      JSON.stringify({ ...status, containerStatuses: [{ name: "kong", state }] }),
    );
    for (const pid of await readers()) process.kill(pid, "SIGKILL");
    const { end, stdout } = await running;
    expect([end, stdout.toString()]).toStrictEqual([
      {
        kind: "lost",
        problem: "its pod was ended: Evicted: The node was low on resource: memory.",
        isGroupGone: true,
      },
      "begun\n",
    ]);
    process.kill(-Number(await readFile(fileOf(name, "pid"), "utf8")), "SIGKILL");
  });

  test("a Job that is not there when it is taken up is unknown, and nothing makes it any more", async () => {
    const name = newName();
    const call = { name, argv: ["true"], env: {}, timeoutMs: 20_000, onOutput: async () => undefined };
    const end = { kind: "lost", problem: expect.stringContaining("nothing makes it any more"), isGroupGone: true };
    expect(await transports.takeUp(via, call, false)).toStrictEqual(end);
    expect(await transports.takeUp(via, call, false)).toStrictEqual(end);
    expect((await shellThere(transports, via, "true", { name })).end).toMatchObject({ kind: "lost" });
    expect(await transports.look(via, name)).toStrictEqual({ kind: "none" });
  });

  test("cancelled, the Job is deleted and its pod is gone", async () => {
    const cancel = new AbortController();
    const name = newName();
    const running = shellThere(transports, via, "echo begun; exec sleep 60", { name, cancel: cancel.signal });
    const pid = await waitUntil(
      "its pod",
      async () => Number(await readFile(fileOf(name, "pid"), "utf8").catch(() => "0")) || undefined,
    );
    cancel.abort();
    expect((await running).end).toStrictEqual({ kind: "cancelled", isGroupGone: true });
    expect(await isGroupAlive(pid)).toBe(false);
    expect(existsSync(fileOf(name, "job.json"))).toBe(false);
  });

  test("what the cluster refuses starts nothing, and what to do is said", async () => {
    const refusals: readonly (readonly [Transport, string, string])[] = [
      [
        via,
        'Error from server (Forbidden): jobs.batch is forbidden: User "bot" cannot create',
        "the right to create jobs",
      ],
      [via, 'admission webhook "policy" denied the request: no kong', "an admission webhook"],
      [{ ...via, context: "nowhere" }, "", 'context "nowhere" does not exist'],
      [{ ...via, workload: "deployment/other" }, "", "whose pods it is made like, cannot be read"],
      [{ ...via, container: "other" }, "", "has no container other (it has proxy)"],
      [{ ...via, kubectl: "/nonexistent/kubectl" }, "", "ENOENT"],
    ];
    for (const [place, next, sentence] of refusals) {
      if (next !== "") await writeFile(`${folder.path}/next`, next);
      const name = newName();
      const { end } = await shellThere(transports, place, "true", { name });
      expect(end).toStrictEqual({ kind: "not_started", problem: expect.stringContaining(sentence) });
      expect(await made(name)).toBe(0);
    }
  });

  test("Jobs of recorded results go, those that still run stay", async () => {
    const [over, busy] = [newName(), newName()];
    const cancel = new AbortController();
    await using own = open();
    await shellThere(own, via, "true", { name: over });
    const running = shellThere(transports, via, "sleep 60", { name: busy, cancel: cancel.signal });
    await waitUntil("it runs", () => existsSync(fileOf(busy, "pid")));
    const forgotten = own.forget(via, [over, busy]);
    await own[Symbol.asyncDispose]();
    expect(await forgotten).toBe(true);
    expect([existsSync(fileOf(over, "job.json")), existsSync(fileOf(busy, "job.json"))]).toStrictEqual([false, true]);
    cancel.abort();
    await running;
  });

  /** Clients that read a log. */
  async function readers(): Promise<readonly number[]> {
    const names = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name));
    const found = await Promise.all(
      names.map(async (name) => {
        const line = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
        const environment = await readFile(`/proc/${name}/environ`, "utf8").catch(() => "");
        const isOurs = environment.includes(`STAND_IN=${folder.path}\0`) && line.includes("\0logs\0");
        return isOurs ? [Number(name)] : [];
      }),
    );
    return found.flat();
  }
});

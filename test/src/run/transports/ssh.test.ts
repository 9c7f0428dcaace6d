import { readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transport } from "#src/plan/transport.ts";
import { isGroupAlive } from "#src/run/process/process-group.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import type { Transports } from "#src/run/transports/transports.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { newName, runThere, shellThere } from "./remote-call.ts";
import { hasSshServer, startSshServer } from "./ssh-server.ts";
import type { SshServer } from "./ssh-server.ts";

const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/nonexistent", LANG: "C.UTF-8", TZ: "UTC" };

if (!hasSshServer)
  test("sshd is installed; without it the transport by ssh is NOT tested", (context) => {
    expect(process.env["CI"]).not.toBe("true");
    context.skip("the transport by ssh was NOT tested: apt-get install openssh-server openssh-client");
  });

describe.runIf(hasSshServer)("by ssh", () => {
  let server: SshServer;
  let transports: Transports;
  beforeAll(async () => {
    server = await startSshServer();
    transports = openTransports(env);
  });
  afterAll(async () => {
    await transports[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test("exit status and output of both streams arrive", async () => {
    const { end, stdout, stderr } = await shellThere(transports, server.transport, "echo out; echo err >&2; exit 3");
    expect({ end, stdout: stdout.toString(), stderr: stderr.toString() }).toStrictEqual({
      end: { kind: "exited", exitCode: 3 },
      stdout: "out\n",
      stderr: "err\n",
    });
  });

  test("a program that does not exist was not started", async () => {
    const { end } = await runThere(transports, server.transport, ["/nonexistent/kong", "migrations", "up"]);
    expect(end).toMatchObject({
      kind: "not_started",
      problem: expect.stringContaining("no program /nonexistent/kong"),
    });
  });

  test("a signal that somebody else sent is told", async () => {
    const { end } = await shellThere(transports, server.transport, "kill -9 $$");
    expect(end).toStrictEqual({ kind: "signalled", signal: "SIGKILL" });
  });

  test("words, variables and secrets arrive as they are, and stand in no argument list and no file", async () => {
    const words = ["a b", "$HOME", "`id`", "'\"", "*", "--x=\\", "", "ü\n2", "-n"];
    const secret = "s3cret 'with' \"quotes\" $(id)\nand a second line";
    const script = `printf '%s\\0' "$@"; printf '%s' "$PASSWORD" >&2; echo; tr '\\0' '\\n' </proc/$$/cmdline >/dev/null; ps -ef; cat ${server.folder}/state/*/* 2>/dev/null; true`;
    const { end, stdout, stderr } = await runThere(
      transports,
      server.transport,
      ["/bin/sh", "-c", script, "sh", ...words],
      { env: { PASSWORD: secret } },
    );
    expect(end).toStrictEqual({ kind: "exited", exitCode: 0 });
    expect(stdout.toString().split("\0").slice(0, words.length)).toStrictEqual(words);
    expect(stderr.toString()).toBe(secret);
    const rest = stdout.toString().split("\0").slice(words.length).join("");
    expect(rest).toContain("sshd");
    expect(rest.replaceAll(secret, "")).not.toContain("s3cret");
  });

  test("of the runner's own variables only those of the place are handed on", async () => {
    const { stdout } = await runThere(transports, server.transport, ["env"], { env: { GIVEN: "yes" } });
    const got = new Map(
      stdout
        .toString()
        .split("\n")
        .map((line) => [line.split("=")[0], line.split("=")[1]]),
    );
    expect([got.get("GIVEN"), got.get("PATH"), got.get("TZ")]).toStrictEqual(["yes", env.PATH, "UTC"]);
    expect(got.get("HOME")).not.toBe(env.HOME);
    expect(got.has("VITEST")).toBe(false);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ["a word with a NUL byte", ["echo", "a\0b"], {}, "NUL"],
    ["a word that is no text", ["echo", "a\ud800"], {}, "surrogate"],
    ["a variable that no shell can set", ["echo"], { "a.b": "c" }, "a.b"],
    ["a variable that bash refuses to set", ["echo"], { UID: "0" }, "UID"],
  ])("%s is not started", async (_, argv, variables, reason) => {
    const { end } = await runThere(transports, server.transport, argv, { env: variables });
    expect(end).toMatchObject({ kind: "not_started", problem: expect.stringContaining(reason) });
  });

  test("a long line and every byte arrive as they were", async () => {
    const script =
      "head -c 10000000 /dev/zero | tr '\\0' 'x'; echo; head -c 3000000 /dev/urandom | tee /dev/stderr | sha256sum";
    const { end, stdout, stderr } = await shellThere(transports, server.transport, script);
    expect(end).toStrictEqual({ kind: "exited", exitCode: 0 });
    expect(stdout.length).toBe(10_000_001 + 68);
    expect(stdout.subarray(0, 10_000_000).every((byte) => byte === 0x78)).toBe(true);
    expect(stdout.subarray(10_000_001, 10_000_065).toString()).toBe(createHash("sha256").update(stderr).digest("hex"));
  });

  test("many commands at once share one connection, and each keeps its own output", async () => {
    // Those of other tests may not be over yet.
    const before = (await server.sessions()).length;
    const all = await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        shellThere(transports, server.transport, `echo ${index}; sleep 0.3; echo ${index} >&2; exit ${index}`),
      ),
    );
    expect(all.map(({ end }) => end)).toStrictEqual(all.map((_, exitCode) => ({ kind: "exited", exitCode })));
    expect(all.map(({ stdout, stderr }) => `${stdout.toString()}${stderr.toString()}`)).toStrictEqual(
      all.map((_, i) => `${i}\n${i}\n`),
    );
    // One connection: the process that listens has one child, which has one.
    expect((await server.sessions()).length).toBeLessThanOrEqual(before + 2);
  });

  test("commands that follow one another need one shell, and a new one when it is gone", async () => {
    const shellOf = async (): Promise<string> => {
      const { end, stdout } = await shellThere(transports, server.transport, "ps -o ppid= -p $PPID");
      expect(end).toStrictEqual({ kind: "exited", exitCode: 0 });
      return stdout.toString().trim();
    };
    const [first, second] = [await shellOf(), await shellOf()];
    expect(second).toBe(first);
    process.kill(Number(first), "SIGKILL");
    await waitUntil("the shell to be gone", () => !existsSync(`/proc/${first}`));
    expect(await shellOf()).not.toBe(first);
  });

  test("at the time limit the whole group goes, grandchildren that ignore SIGTERM too", async () => {
    const script = "trap '' TERM; echo $$; (trap '' TERM; sleep 60; sleep 60) & sleep 60; sleep 60";
    // Long enough for a busy machine to begin it before.
    const { end, stdout } = await shellThere(transports, server.transport, script, { timeoutMs: 3_000 });
    expect(end).toStrictEqual({ kind: "timed_out", isGroupGone: true });
    expect(stdout.toString()).toMatch(/^\d+\n$/u);
    expect(await isGroupAlive(Number(stdout.toString()))).toBe(false);
  });

  test("a cancelled command goes with its whole group, and what it said until then is there", async () => {
    const cancelling = new AbortController();
    const ending = shellThere(transports, server.transport, `echo said; echo > ${server.folder}/begun; sleep 60`, {
      cancel: cancelling.signal,
    });
    await waitUntil("the command to begin", () => existsSync(`${server.folder}/begun`));
    cancelling.abort();
    const { end, stdout } = await ending;
    expect({ end, stdout: stdout.toString() }).toStrictEqual({
      end: { kind: "cancelled", isGroupGone: true },
      stdout: "said\n",
    });
  });

  test("a command that ends before its children is waited for until they have ended too", async () => {
    const script = `(sleep 0.5; echo late > ${server.folder}/late) > /dev/null 2>&1 & exit 0`;
    expect((await shellThere(transports, server.transport, script)).end).toStrictEqual({ kind: "exited", exitCode: 0 });
    expect(await readFile(`${server.folder}/late`, "utf8")).toBe("late\n");
  });

  test("a daemon that left the group does not keep the step open", async () => {
    const startedAt = Date.now();
    const { end, stdout } = await shellThere(transports, server.transport, "echo started; setsid sleep 20 & sleep 0.1");
    expect({ end, stdout: stdout.toString() }).toStrictEqual({
      end: { kind: "exited", exitCode: 0 },
      stdout: "started\n",
    });
    expect(Date.now() - startedAt).toBeLessThan(15_000);
  });

  test("state directories of recorded results go with the next command", async () => {
    const name = newName();
    await shellThere(transports, server.transport, "true", { name });
    expect(await server.states()).toContain(name);
    void transports.forget(server.transport, [name]);
    await shellThere(transports, server.transport, "true");
    await waitUntil("the state directory to be gone", async () => !(await server.states()).includes(name));
    expect(await transports.look(server.transport, name)).toStrictEqual({ kind: "none" });
  });

  test("through jump hosts, one after the other", async () => {
    const { host, port = 22, user = "root" } = server.transport;
    const jump = { host, port, user };
    const via: Transport = { ...server.transport, jumpHosts: [jump, jump] };
    const { end, stdout } = await shellThere(transports, via, "echo there");
    expect({ end, stdout: stdout.toString() }).toStrictEqual({
      end: { kind: "exited", exitCode: 0 },
      stdout: "there\n",
    });
  });

  test.each<[string, (server: SshServer) => Partial<SshServer["transport"]>, RegExp]>([
    [
      "an unknown host key",
      ({ folder }) => ({ knownHostsFile: `${folder}/known-nothing` }),
      /host key is not known.*known-nothing/u,
    ],
    [
      "another host key",
      ({ folder }) => ({ knownHostsFile: `${folder}/known-otherwise` }),
      /host key is another one.*compare/u,
    ],
    ["a refused key", ({ folder }) => ({ identityFile: `${folder}/stranger` }), /key is refused.*authorized_keys/u],
    ["a key that is not there", () => ({ identityFile: "/nonexistent/key" }), /\/nonexistent\/key/u],
    ["a closed port", () => ({ port: 1 }), /cannot be reached.*sshd runs on that port/u],
    ["an unknown host", () => ({ host: "nowhere.invalid" }), /name of the host is not known/u],
    [
      "a jump host that is not there",
      () => ({ jumpHosts: [{ host: "127.0.0.1", port: 1 }] }),
      /cannot be reached.*AllowTcpForwarding/u,
    ],
    ["a state directory that cannot be", () => ({ stateDir: "/proc/nowhere" }), /\/proc\/nowhere cannot be made/u],
  ])("%s: nothing is started, and what to do is said", async (_, changes, sentence) => {
    const via = { ...server.transport, ...changes(server) };
    const { end } = await shellThere(transports, via, `echo > ${server.folder}/never`);
    expect(end).toMatchObject({ kind: "not_started", problem: expect.stringMatching(sentence) });
    expect(existsSync(`${server.folder}/never`)).toBe(false);
  });

  test("without ssh on the runner nothing is started", async () => {
    await using without = openTransports({ PATH: "/nonexistent" });
    const { end } = await shellThere(without, server.transport, "true");
    expect(end).toMatchObject({ kind: "not_started", problem: expect.stringContaining("openssh-client") });
  });

  test.each<[string, string, string]>([
    ["one that is not there", "/nonexistent/shell", "/bin/sh"],
    ["nologin, which tells it on standard output", "/usr/sbin/nologin", "give it a shell"],
    ["false, which tells nothing", "/bin/false", "give it a shell"],
    ["a restricted one", '/bin/bash --restricted -c "$SSH_ORIGINAL_COMMAND"', "restricted"],
    ["one for files alone", "internal-sftp", "sftp connections only"],
    [
      "git's, in its words",
      "echo \"fatal: unrecognized command 'exec /bin/sh'\" >&2; exit 128",
      "unrecognized command 'exec /bin/sh'",
    ],
  ])("an account whose shell is no usable one: %s", async (_, shell, sentence) => {
    await using closed = await startSshServer([`ForceCommand ${shell}`]);
    const { end } = await shellThere(transports, closed.transport, "true");
    expect(end).toMatchObject({ kind: "not_started", problem: expect.stringContaining(sentence) });
  });
});

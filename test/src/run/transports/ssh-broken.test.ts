import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { isGroupAlive } from "#src/run/process/process-group.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import { usualWaits } from "#src/run/transports/waits.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { newName, shellThere } from "./remote-call.ts";
import { hasSshServer, startSshServer } from "./ssh-server.ts";
import type { SshServer } from "./ssh-server.ts";

const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/nonexistent", LANG: "C.UTF-8", TZ: "UTC" };
/** For targets that nobody can reach any more, where the usual waits would only be waited out. */
const impatient = { ...usualWaits, aliveEverySeconds: 1, endingMs: 3_000, lastOutputMs: 500 };

/** Numbered lines, slowly enough for something to happen in between; each costs a busy machine a process. */
function lines(count: number): { readonly script: string; readonly text: string } {
  const text = Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join("");
  return { script: `i=0; while [ $i -lt ${count} ]; do i=$((i+1)); echo "line $i"; sleep 0.02; done; exit 9`, text };
}

describe.runIf(hasSshServer)("when the connection by ssh breaks", () => {
  test("the command goes on, and no line of it is lost or comes twice", async () => {
    await using server = await startSshServer();
    await using transports = openTransports(env);
    const { script, text } = lines(250);
    let seen = 0;
    const chunks: Uint8Array[] = [];
    const ending = transports.run(server.transport, {
      name: newName(),
      argv: ["/bin/sh", "-c", script],
      env: {},
      // Ends what hangs; a busy machine takes its time.
      timeoutMs: 150_000,
      onOutput: async (_, bytes) => {
        seen += bytes.length;
        chunks.push(Buffer.from(bytes));
      },
    });
    const printed = (share: number) => waitUntil(`${share} of the output`, () => seen > text.length * share);
    await printed(0.1);
    for (const pid of await clientsOf(server)) process.kill(pid, "SIGKILL");
    await printed(0.3);
    for (const pid of await server.sessions()) process.kill(pid, "SIGKILL");
    await printed(0.5);
    await server.restart();
    await printed(0.7);
    for (const pid of await clientsOf(server)) process.kill(pid, "SIGTERM");
    expect(await ending).toStrictEqual({ kind: "exited", exitCode: 9 });
    expect(Buffer.concat(chunks).toString()).toBe(text);
  });

  test("a connection that ended between two commands is made anew for the second", async () => {
    await using server = await startSshServer();
    await using transports = openTransports(env);
    for (const exitCode of [0, 1, 2]) {
      const { end } = await shellThere(transports, server.transport, `exit ${exitCode}`);
      expect(end).toStrictEqual({ kind: "exited", exitCode });
      await server.restart();
    }
  });

  test("a connection that only hangs is given up, and the command is found again", async () => {
    await using server = await startSshServer();
    await using transports = openTransports(env, impatient);
    const ending = shellThere(
      transports,
      server.transport,
      `echo > ${server.folder}/begun; sleep 1; echo said; exit 4`,
    );
    await waitUntil("the command to begin", () => existsSync(`${server.folder}/begun`));
    for (const pid of await server.sessions()) process.kill(pid, "SIGSTOP");
    const { end, stdout } = await ending;
    expect({ end, stdout: stdout.toString() }).toStrictEqual({
      end: { kind: "exited", exitCode: 4 },
      stdout: "said\n",
    });
  });

  test("a command whose time is over while nobody can reach it is not said to be gone", async () => {
    await using server = await startSshServer();
    await using transports = openTransports(env, impatient);
    const script = `echo $$ > ${server.folder}/begun; sleep 120`;
    // Long enough for a busy machine to begin it before.
    const ending = shellThere(transports, server.transport, script, { timeoutMs: 12_000 });
    const groupId = await waitUntil("the command to begin", async () => {
      const text = await readFile(`${server.folder}/begun`, "utf8").catch(() => "");
      return text.endsWith("\n") && Number(text);
    });
    await server.stop();
    try {
      expect((await ending).end).toStrictEqual({ kind: "timed_out", isGroupGone: false });
      expect(await isGroupAlive(groupId)).toBe(true);
    } finally {
      process.kill(-groupId, "SIGKILL");
    }
  });
});

/** The processes of ssh that serve one command each, and the one that keeps the connection. */
async function clientsOf({ port }: SshServer): Promise<readonly number[]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/u.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const words = (await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "")).split("\0");
      const config = words[0] === "ssh" ? words[words.indexOf("-F") + 1] : undefined;
      const text = config === undefined ? "" : await readFile(config, "utf8").catch(() => "");
      return text.includes(`Port ${port}\n`) ? [Number(name)] : [];
    }),
  );
  return found.flat();
}

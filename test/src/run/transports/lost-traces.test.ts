import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import type { Transport } from "#src/plan/transport.ts";
import { lookElsewhere } from "#src/run/look-elsewhere.ts";
import { isGroupAlive } from "#src/run/process/process-group.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import type { Transports } from "#src/run/transports/transports.ts";
import { usualWaits } from "#src/run/transports/waits.ts";
import { createFolder } from "#test/src/run/stage.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { newName, shellThere } from "./remote-call.ts";

const standIn = fileURLToPath(new URL("../fixtures/exec-stand-in.ts", import.meta.url));

/** A container whose client can be killed; what was started in it goes on, as with the real one. */
interface Container extends AsyncDisposable {
  readonly path: string;
  readonly via: Transport;
  readonly transports: Transports;
  /** The group of the command that writes its own number into `begun`, once the runner knows that it began. */
  readonly group: () => Promise<number>;
  /** Tells that the runner knows. */
  readonly onBegun: () => Promise<void>;
  /** A pod that was made anew, a `/tmp` that was emptied. */
  readonly loseState: () => Promise<void>;
  readonly cutOff: () => Promise<void>;
}

async function startContainer(): Promise<Container> {
  const folder = await createFolder();
  const docker = `${folder.path}/docker`;
  await writeFile(
    docker,
    `#!/bin/sh\n: > ${folder.path}/client.$$\nexec '${process.execPath}' '${standIn}' docker "$@"\n`,
  );
  await chmod(docker, 0o755);
  const env = { PATH: "/usr/bin:/bin", STAND_IN: folder.path };
  const transports = openTransports(env, { ...usualWaits, lastOutputMs: 500 });
  const heard = Promise.withResolvers<void>();
  const noted = async (): Promise<number | false> => {
    const text = await readFile(`${folder.path}/begun`, "utf8").catch(() => "");
    return text.endsWith("\n") && Number(text);
  };
  return {
    path: folder.path,
    via: { kind: "docker", docker, container: "kong", stateDir: `${folder.path}/state` },
    transports,
    group: async () => {
      await heard.promise;
      return waitUntil("the command to begin", noted);
    },
    onBegun: async () => heard.resolve(),
    // The command's keeper may still note something there.
    loseState: () => rm(`${folder.path}/state`, { recursive: true, maxRetries: 10, retryDelay: 50 }),
    cutOff: async () => {
      const clients = (await readdir(folder.path)).filter((name) => name.startsWith("client."));
      for (const name of clients) kill(Number(name.split(".")[1]));
    },
    [Symbol.asyncDispose]: async () => {
      const group = await noted();
      if (group !== false) kill(-group);
      await transports[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function kill(target: number): void {
  try {
    process.kill(target, "SIGKILL");
  } catch {
    // Gone already.
  }
}

const lingering = ({ path }: Container): string => `echo $$ > ${path}/begun; sleep 60; sleep 60`;
const begunAndLost = {
  kind: "lost",
  isGroupGone: false,
  problem: expect.stringContaining("nobody can say whether it still runs"),
};

test("a command that had begun is not said never to have, although connection and state directory are gone", async () => {
  await using container = await startContainer();
  const ending = shellThere(container.transports, container.via, lingering(container), { onBegun: container.onBegun });
  const group = await container.group();
  await container.loseState();
  await container.cutOff();
  expect((await ending).end).toMatchObject(begunAndLost);
  expect(await isGroupAlive(group)).toBe(true);
});

test("at the time limit a command whose state directory is gone is not said to be gone", async () => {
  await using container = await startContainer();
  const ending = shellThere(container.transports, container.via, lingering(container), {
    onBegun: container.onBegun,
    // Long enough for a busy machine to begin it before.
    timeoutMs: 8_000,
  });
  const group = await container.group();
  await container.loseState();
  expect((await ending).end).toStrictEqual({ kind: "timed_out", isGroupGone: false });
  expect(await isGroupAlive(group)).toBe(true);
});

test("whoever follows a command by its state directory does not take it for rebooted when that is removed", async () => {
  await using container = await startContainer();
  const ending = shellThere(container.transports, container.via, `echo 1; ${lingering(container)}`, {
    onBegun: container.onBegun,
  });
  await container.group();
  await container.cutOff();
  const clients = async (): Promise<number> =>
    (await readdir(container.path)).filter((name) => name.startsWith("client.")).length;
  await waitUntil("the second connection", async () => (await clients()) > 1);
  await container.loseState();
  expect((await ending).end).toMatchObject(begunAndLost);
});

test("a command that ends without its state directory is lost at once, and nobody waits for its time limit", async () => {
  await using container = await startContainer();
  const script = `echo $$ > ${container.path}/begun; until [ -e ${container.path}/go ]; do sleep 0.1; done; exit 4`;
  const ending = shellThere(container.transports, container.via, script, {
    onBegun: container.onBegun,
    timeoutMs: 600_000,
  });
  await container.group();
  await container.loseState();
  await writeFile(`${container.path}/go`, "");
  expect((await ending).end).toMatchObject(begunAndLost);
});

test("a look whose answer did not arrive whole is no answer", async () => {
  await using container = await startContainer();
  const script = `echo $$ > ${container.path}/begun; echo 1; until [ -e ${container.path}/go ]; do sleep 0.1; done; echo 2`;
  const looking = lookElsewhere(container.transports)(container.via, {
    argv: ["/bin/sh", "-c", script],
    env: {},
    timeoutMs: 30_000,
  });
  const answered = looking.then(JSON.stringify, String);
  await waitUntil("the look to begin", () => existsSync(`${container.path}/begun`));
  await container.loseState();
  await writeFile(`${container.path}/go`, "");
  expect(await answered).toContain("did not arrive whole");
});

test.runIf(process.getuid?.() === 0)(
  "what a command printed onto a full disk is said to be missing",
  async (context) => {
    await using container = await startContainer();
    const mount = `${container.path}/small`;
    await mkdir(mount);
    const { exitCode } = await execa("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", mount], { reject: false });
    if (exitCode !== 0) context.skip("no file system can be mounted here");
    try {
      await execa("dd", ["if=/dev/zero", `of=${mount}/fill`, "bs=1k"], { reject: false });
      const via = {
        kind: "docker",
        docker: `${container.path}/docker`,
        container: "kong",
        stateDir: `${mount}/s`,
      } as const;
      const gaps: string[] = [];
      const onLeftOut = async (stream: string): Promise<void> => {
        gaps.push(stream);
      };
      const { end } = await shellThere(container.transports, via, "echo lost; exit 5", { onLeftOut });
      expect([end, gaps]).toStrictEqual([{ kind: "exited", exitCode: 5 }, ["stdout", "stderr"]]);
    } finally {
      await execa("umount", ["--lazy", mount]);
    }
  },
);

test("what is taken up and left no trace is lost where it had begun, and never begins where nobody said so", async () => {
  await using container = await startContainer();
  const { transports, via } = container;
  const call = { argv: ["true"], env: {}, timeoutMs: 20_000, onOutput: async () => undefined };
  expect(await transports.takeUp(via, { ...call, name: newName() }, true)).toMatchObject(begunAndLost);
  expect(await transports.takeUp(via, { ...call, name: newName() }, false)).toMatchObject({
    kind: "not_started",
    problem: expect.stringContaining("never will"),
  });
});

test("where the whole folder of state directories is gone nobody says that a command never began", async () => {
  await using container = await startContainer();
  const { transports, via } = container;
  const call = { argv: ["true"], env: {}, timeoutMs: 20_000, onOutput: async () => undefined };
  expect(await transports.takeUp(via, { ...call, name: newName() }, false)).toMatchObject({
    kind: "lost",
    isGroupGone: false,
    problem: expect.stringContaining("nobody can say which"),
  });
  // From now on the folder is there.
  expect(await transports.takeUp(via, { ...call, name: newName() }, false)).toMatchObject({ kind: "not_started" });
});

test("a command of which the target said that it begins is lost, not never begun, when connection and trace are gone at once", async () => {
  await using container = await startContainer();
  const { path, transports, via } = container;
  await mkdir(`${path}/state`, { mode: 0o700 });
  const real = await readFile(`${path}/docker`, "utf8");
  // The first connection breaks right after the target's first word, and nothing of what it began is left.
  await writeFile(
    `${path}/docker`,
    `#!/bin/sh\nif [ ! -e ${path}/cut ]; then\n: > ${path}/cut\nm=$(sed -n "s/^M='\\([^']*\\)'.*/\\1/p"); printf '%s.\\n' "$m"; exit 1\nfi\n${real.split("\n").slice(1).join("\n")}`,
  );
  const begun: string[] = [];
  const { end } = await shellThere(transports, via, `echo > ${path}/worked`, {
    onBegun: async () => void begun.push("begun"),
  });
  expect(end).toMatchObject(begunAndLost);
  expect(begun).toEqual(["begun"]);
  expect(existsSync(`${path}/worked`)).toBe(false);
});

test("a folder of state directories that cannot be used proves nothing about what is taken up", async () => {
  await using container = await startContainer();
  const via: Transport = {
    kind: "docker",
    docker: `${container.path}/docker`,
    container: "kong",
    stateDir: "/proc/no",
  };
  const call = { name: newName(), argv: ["true"], env: {}, timeoutMs: 20_000, onOutput: async () => undefined };
  expect(await container.transports.takeUp(via, call, false)).toMatchObject({ kind: "lost", isGroupGone: false });
});

test("a command that somebody else started under the same name is lost for whoever wants to start it too", async () => {
  await using container = await startContainer();
  const { transports, via } = container;
  const name = newName();
  const first = shellThere(transports, via, lingering(container), {
    name,
    onBegun: container.onBegun,
    timeoutMs: 20_000,
  });
  await container.group();
  const second = await shellThere(transports, via, `echo > ${container.path}/twice`, { name });
  expect(second.end).toMatchObject({
    kind: "lost",
    isGroupGone: false,
    problem: expect.stringContaining("not started twice"),
  });
  expect(existsSync(`${container.path}/twice`)).toBe(false);
  kill(-(await container.group()));
  await first;
});

import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { freePorts } from "#practice/world/free-ports.ts";
import { execa } from "execa";
import type { Transport } from "#src/plan/transport.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const sshdPath = "/usr/sbin/sshd";

/** Debian: openssh-server and openssh-client. */
export const hasSshServer = existsSync(sshdPath) && existsSync("/usr/bin/ssh");
const path = "/usr/sbin:/usr/bin:/sbin:/bin";

type Ssh = Extract<Transport, { readonly kind: "ssh" }>;

/** A real sshd with keys, port and configuration of its own; logs in whoever runs the test. */
export interface SshServer extends AsyncDisposable {
  readonly folder: string;
  readonly transport: Ssh;
  readonly port: number;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Processes of sshd that serve connections now. */
  readonly sessions: () => Promise<readonly number[]>;
  /** State directories that are there. */
  readonly states: () => Promise<readonly string[]>;
}

/** Starts sshd in a folder of its own; `settings` are more lines of its configuration. */
export async function startSshServer(settings: readonly string[] = []): Promise<SshServer> {
  // Not below the folder for temporary files of the tests: sshd wants every folder above the keys to be closed to others.
  const folder = await mkdtemp("/tmp/ku-sshd-");
  const [port = 0] = await freePorts(1);
  await keys(folder, port);
  if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const config = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/authorized`,
    "PidFile none",
    "UsePAM no",
    "StrictModes no",
    "PasswordAuthentication no",
    "MaxStartups 100",
    "MaxSessions 100",
    ...settings,
  ];
  await writeFile(`${folder}/sshd_config`, `${config.join("\n")}\n`);
  let sshd = await listen(folder, port);
  return {
    folder,
    port,
    transport: {
      kind: "ssh",
      host: "127.0.0.1",
      port,
      user: userInfo().username,
      identityFile: `${folder}/id`,
      knownHostsFile: `${folder}/known`,
      stateDir: `${folder}/state`,
    },
    restart: async () => {
      await sshd[Symbol.asyncDispose]();
      sshd = await listen(folder, port);
    },
    stop: async () => {
      await sshd[Symbol.asyncDispose]();
    },
    sessions: () => descendants(sshd.pid),
    states: async () => {
      const { stdout } = await execa("ls", [`${folder}/state`], { reject: false });
      return stdout.split("\n").filter((name) => name !== "");
    },
    [Symbol.asyncDispose]: async () => {
      await sshd[Symbol.asyncDispose]();
      // Commands outlive their sshd, and may still note how they ended.
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

async function keys(folder: string, port: number): Promise<void> {
  for (const name of ["host", "id", "stranger"]) {
    await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", `${folder}/${name}`]);
  }
  const publicKey = async (name: string): Promise<string> => readFile(`${folder}/${name}.pub`, "utf8");
  await writeFile(`${folder}/authorized`, await publicKey("id"));
  await writeFile(`${folder}/known`, `[127.0.0.1]:${port} ${await publicKey("host")}`);
  await writeFile(`${folder}/known-otherwise`, `[127.0.0.1]:${port} ${await publicKey("stranger")}`);
  await writeFile(`${folder}/known-nothing`, "");
  await chmod(`${folder}/authorized`, 0o600);
}

async function listen(folder: string, port: number): Promise<AsyncDisposable & { readonly pid: number }> {
  // The file itself: a pipe into it would stay open, and whoever waits for sshd would wait for every session that it began.
  await using log = await open(`${folder}/log`, "a");
  const child = execa(sshdPath, ["-D", "-e", "-f", `${folder}/sshd_config`], {
    env: { PATH: path },
    extendEnv: false,
    stdin: "ignore",
    stdout: "ignore",
    stderr: createWriteStream("", { fd: log.fd, autoClose: false }),
    reject: false,
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`sshd cannot be started: ${(await child).shortMessage ?? ""}`);
  await waitUntil("sshd to listen", () => answers(port));
  return {
    pid,
    [Symbol.asyncDispose]: async () => {
      for (const one of await haltWithSessions(pid)) send(one, "SIGKILL");
      await child;
    },
  };
}

/**
 * All that there is of one sshd, standing still. Somebody may connect in this very moment: a session that is only begun
 * after it was looked for would go on without its sshd, and serve whoever the test means to have cut off.
 */
async function haltWithSessions(root: number): Promise<readonly number[]> {
  const halted = new Set<number>();
  for (let fresh: readonly number[] = [root]; fresh.length > 0;) {
    for (const one of fresh) send(one, "SIGSTOP");
    for (const one of fresh) halted.add(one);
    fresh = (await descendants(root)).filter((pid) => !halted.has(pid));
  }
  return [...halted];
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

/** All processes below one, sshd's own only: what a session started belongs to a test. */
async function descendants(root: number): Promise<readonly number[]> {
  const { stdout } = await execa("ps", ["-e", "-o", "pid=,ppid=,comm="]);
  const all = stdout.split("\n").map((line) => line.trim().split(/\s+/u));
  const below = new Set([root]);
  // Children come after their parents often enough, but not always: two more looks find every level that sshd has.
  for (let look = 0; look < 3; look += 1) {
    for (const [pid, ppid, comm] of all) if (comm === "sshd" && below.has(Number(ppid))) below.add(Number(pid));
  }
  below.delete(root);
  return [...below];
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    const [event] = await Promise.race([
      once(socket, "connect").then(() => [true]),
      once(socket, "error").then(() => [false]),
    ]);
    return event === true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { canonicalJson, digestOfText } from "#src/kernel/digest.ts";
import { describeTransport } from "#src/plan/transport.ts";
import type { Transport } from "#src/plan/transport.ts";
import { explainSsh } from "./explain-ssh.ts";
import { lastLineOf } from "./reach.ts";
import type { BrokenOff, Opened, Reach } from "./reach.ts";
import { createIdleShells } from "./shells.ts";
import type { IdleShells } from "./shells.ts";
import { makeSocketFolder } from "./socket-folder.ts";
import type { SocketFolder } from "./socket-folder.ts";
import { sshConfig, targetAlias } from "./ssh-config.ts";
import type { Waits } from "./waits.ts";

type Ssh = Extract<Transport, { readonly kind: "ssh" }>;

/** Logging in, jump hosts included. */
const loginMs = 45_000;
/** A connection that nobody uses closes itself, also when its runner was killed. */
const idleSeconds = 600;

/** The connections of one runner, one per account and host, in a private folder. */
export interface SshConnections extends AsyncDisposable {
  to(target: Ssh): Reach;
}

/** `env` is what `ssh` itself is started with. */
export function openSshConnections(env: Readonly<Record<string, string>>, waits: Waits): SshConnections {
  const reaches = new Map<string, Master>();
  let folder: SocketFolder | undefined;
  const ownFolder = (): string => (folder ??= makeSocketFolder()).path;
  return {
    to: (target) => {
      const key = digestOfText(canonicalJson({ ...target, stateDir: "" })).slice(-12);
      const master = reaches.get(key) ?? createMaster(target, { env, waits, base: join(ownFolder(), key) });
      reaches.set(key, master);
      return reachBy(target, master, { env, waits });
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...reaches.values()].map((master) => master.close()));
      folder?.remove();
    },
  };
}

/** What ssh itself is started with, and how long it is waited for. */
interface Runner {
  readonly env: Readonly<Record<string, string>>;
  readonly waits: Waits;
}

function reachBy(target: Ssh, master: Master, { env, waits }: Runner): Reach {
  const { HOME: _, ...targetEnv } = env;
  return {
    words: describeTransport(target),
    env,
    targetEnv,
    stateDir: target.stateDir,
    waits,
    lasting: master.shells,
    open: () => master.open(),
    doubt: () => master.doubt(),
    refusal: (end) => whyNobodyEnters(end, describeTransport(target)),
  };
}

/** The login shell, or a forced command, ended before it started the shell that reads what is to be done. */
function whyNobodyEnters({ exitCode, stderr, noise }: BrokenOff, who: string): string | undefined {
  const said = lastLineOf(`${noise}\n${stderr}`);
  if (exitCode === 127 || exitCode === 126) {
    return `${who} has no shell that can be started (${said}): the account needs /bin/sh`;
  }
  // 255 is a connection that broke, whatever the account's own files printed before.
  if (exitCode !== undefined && exitCode !== 255 && refusesShell.test(`${noise}\n${stderr}`)) {
    return `${who} is not let run /bin/sh by its account's shell or a forced command (${said}): give it an ordinary shell`;
  }
  if (exitCode !== 1) return undefined;
  // nologin(8) tells it on standard output, /bin/false tells nothing; a shell that fails complains on standard error.
  const isClosed = /account is currently not available|nologin/iu.test(said) || `${stderr}${noise}`.trim() === "";
  return isClosed ? `${who} lets nobody in by that account (${said}): give it a shell` : undefined;
}

/** Restricted shells of bash, zsh and ksh; git-shell; internal-sftp; rssh and lshell. None of them starts anything then. */
const refusesShell =
  /: restricted$|^restricted: |unrecognized command|sftp connections only|restricted by rssh|forbidden command/imu;

interface Master {
  /** A new session takes programs on both sides, and two ways there and back. */
  readonly shells: IdleShells;
  open(): Promise<Opened>;
  doubt(): void;
  close(): Promise<void>;
}

/** `base` is the path of the socket; the configuration and what ssh says lie beside it. */
function createMaster(target: Ssh, { env, waits, base }: Runner & { readonly base: string }): Master {
  const [config, said] = [`${base}.conf`, `${base}.log`];
  const shells = createIdleShells();
  let isDoubted = false;
  let starting: Promise<string | undefined> | undefined;

  const ssh = (words: readonly string[]): readonly [string, ...string[]] => ["ssh", "-F", config, "-S", base, ...words];
  const start = async (): Promise<string | undefined> => {
    await rm(base, { force: true });
    await writeFile(config, sshConfig(target, { config, log: said }, waits.aliveEverySeconds), { mode: 0o600 });
    await writeFile(said, "", { mode: 0o600 });
    const [file, ...words] = ssh([
      "-E",
      said,
      "-M",
      "-N",
      "-f",
      "-T",
      "-o",
      `ControlPersist=${idleSeconds}`,
      targetAlias,
    ]);
    const result = await execa(file, words, {
      env,
      extendEnv: false,
      cwd: "/",
      detached: true,
      cleanup: false,
      // It goes on in the background and would keep a pipe open.
      stdio: "ignore",
      reject: false,
      timeout: loginMs,
      forceKillAfterDelay: 1_000,
    });
    if (result.exitCode === 0) return undefined;
    const text = await readFile(said, "utf8");
    return explainSsh(target, { stderr: text, timedOut: result.timedOut, isMissing: result.code === "ENOENT" });
  };
  const tell = async (order: "check" | "exit"): Promise<boolean> => {
    const [file, ...words] = ssh(["-O", order, targetAlias]);
    const result = await execa(file, words, {
      env,
      extendEnv: false,
      cwd: "/",
      stdio: "ignore",
      reject: false,
      timeout: 2_000,
    });
    return result.exitCode === 0;
  };
  /** One broken command says little about a connection that others use; a dead one is noticed by ssh itself. */
  const isUsable = async (): Promise<boolean> => (await exists(base)) && (!isDoubted || (await tell("check")));

  return {
    shells,
    open: async () => {
      starting ??= isUsable()
        .then((isFine) => (isFine ? undefined : start()))
        .finally(() => {
          starting = undefined;
        });
      const problem = await starting;
      isDoubted = problem !== undefined;
      return problem === undefined
        ? { kind: "ready", argv: ssh(["-T", targetAlias, "exec /bin/sh"]) }
        : { kind: "refused", problem };
    },
    doubt: () => {
      isDoubted = true;
      void shells.clear();
    },
    close: async () => {
      await shells.clear();
      if (await exists(base)) await tell("exit");
    },
  };
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

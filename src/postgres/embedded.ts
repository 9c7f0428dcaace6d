import { createHash, randomBytes } from "node:crypto";
import { chown, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import { copyBinaries, findBinaries, isReachableByOthers } from "./embedded-binaries.ts";
import type { PostgresBinaries } from "./embedded-binaries.ts";

/** A PostgreSQL server that this project brought itself. */
export interface EmbeddedPostgres {
  /** Superuser connection string of the database `postgres`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** Where the data really is (it moves when root's folders cannot be entered by the server's account). */
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** The one role of a server that this project brought. */
export const superuser = "kong_upgrade";
const startTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;
/** A server that was left over answers at once, and a killed one is collected within moments. */
const adoptTimeoutMs = 10_000;

/** An account that PostgreSQL accepts to run under; `undefined` keeps our own. */
type Account = { readonly uid: number; readonly gid: number } | undefined;

/**
 * Starts (or adopts, after a kill) the npm-shipped PostgreSQL in a data directory.
 * It listens on loopback only and asks for a password that is generated once and kept in the directory.
 * `durable: false` turns fsync off: for data that nobody needs after this machine stopped, such as that of tests.
 * @throws AppError `embedded_database_failed` with the end of the server's log.
 */
export async function startEmbeddedPostgres(options: {
  readonly dataDir: string;
  readonly durable?: boolean;
  /** Of the first start, instead of one that the kernel gives; later ones keep it. */
  readonly port?: number;
}): Promise<EmbeddedPostgres> {
  const account = await accountForServer();
  const home = await homeOf(options.dataDir, account);
  if (home !== options.dataDir) await followFolder(options.dataDir, home, account);
  const binaries = await runnable(home, account);
  const cluster = join(home, "cluster");
  const run = (file: string, args: readonly string[], timeoutMs: number) =>
    execa(file, args, { ...account, timeout: timeoutMs, cwd: "/", stdin: "ignore", env: { LC_ALL: "C" } });

  try {
    const password = await initialise(binaries, { home, cluster, account, run });
    const port = await runningPort(cluster, binaries, run).then((inUse) => inUse ?? start());
    const url = `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`;
    return {
      url,
      host: "127.0.0.1",
      port,
      user: superuser,
      password,
      dataDir: home,
      stop: async () => {
        await run(binaries.pgCtl, ["stop", "-D", cluster, "-m", "fast", "-w"], stopTimeoutMs);
      },
    };
  } catch (cause) {
    const log = await readFile(join(home, "server.log"), "utf8").catch(() => "");
    throw new AppError(
      "embedded_database_failed",
      `the embedded PostgreSQL in ${home} did not start: ${errorMessage(cause)}\n${log.slice(-1_000)}`,
      { cause },
    );
  }

  async function start(): Promise<number> {
    const port = await steadyPort(cluster, options.port);
    const settings = [
      `port = ${port}`,
      "listen_addresses = '127.0.0.1'",
      "unix_socket_directories = ''",
      "max_connections = 200",
      "timezone = 'UTC'",
      "log_timezone = 'UTC'",
      ...(options.durable === false ? ["fsync = off", "synchronous_commit = off", "full_page_writes = off"] : []),
    ];
    await writeOwned(join(cluster, "kong-upgrade.conf"), `${settings.join("\n")}\n`, account);
    await run(binaries.pgCtl, ["start", "-D", cluster, "-w", "-s", "-l", join(home, "server.log")], startTimeoutMs);
    return port;
  }
}

/** Ends a server that a killed process left on this data directory, and removes its data wherever it lies. */
export async function removeEmbeddedPostgres(dataDir: string): Promise<void> {
  const account = await accountForServer();
  const home = await homeOf(dataDir, account);
  await removeHome(home, account);
  await rm(dataDir, { recursive: true, force: true });
}

async function removeHome(home: string, account: Account): Promise<void> {
  const cluster = join(home, "cluster");
  const postmaster = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => undefined);
  if (postmaster !== undefined) {
    const { pgCtl } = await runnable(home, account);
    // Without a running server `stop` fails, and there is nothing to end.
    await execa(pgCtl, ["stop", "-D", cluster, "-m", "immediate", "-w"], {
      ...account,
      timeout: stopTimeoutMs,
      cwd: "/",
      stdin: "ignore",
      reject: false,
    });
  }
  await rm(home, { recursive: true, force: true });
}

type Run = (file: string, args: readonly string[], timeoutMs: number) => Promise<unknown>;

/** Data that lies elsewhere shares the fate of its folder: when that was deleted and made anew, it goes too. */
async function followFolder(dataDir: string, home: string, account: Account): Promise<void> {
  const note = join(dataDir, "moved-to");
  const known = await readFile(note, "utf8").catch(() => undefined);
  if (known !== undefined) return;
  await removeHome(home, account);
  await makeHome(home, account);
  await writeFile(note, `${home}\n`);
}

/** The programs where the server's account can run them. */
async function runnable(home: string, account: Account): Promise<PostgresBinaries> {
  const found = await findBinaries();
  return account !== undefined && !(await isReachableByOthers(found.pgCtl))
    ? copyBinaries(found, join(home, "postgresql"))
    : found;
}

/** Creates the cluster once and returns its password. A half-made cluster (killed in the middle) is made anew. */
async function initialise(
  binaries: PostgresBinaries,
  place: { readonly home: string; readonly cluster: string; readonly account: Account; readonly run: Run },
): Promise<string> {
  const passwordFile = join(place.home, "password");
  const complete = join(place.home, "initialised");
  const isComplete = await readFile(complete, "utf8").then(
    () => true,
    () => false,
  );
  if (isComplete) return (await readFile(passwordFile, "utf8")).trim();

  await rm(place.cluster, { recursive: true, force: true });
  const password = randomBytes(18).toString("hex");
  await writeOwned(passwordFile, `${password}\n`, place.account);
  await place.run(
    binaries.initdb,
    [
      "-D",
      place.cluster,
      "-U",
      superuser,
      "-A",
      "scram-sha-256",
      "-E",
      "UTF8",
      "--locale=C",
      `--pwfile=${passwordFile}`,
    ],
    startTimeoutMs,
  );
  const configuration = join(place.cluster, "postgresql.conf");
  const initial = await readFile(configuration, "utf8");
  await writeOwned(configuration, `${initial}\ninclude_if_exists = 'kong-upgrade.conf'\n`, place.account);
  await writeFile(complete, `${new Date().toISOString()}\n`);
  return password;
}

/**
 * The port of a server that is already running on this cluster, left over by a killed process. A server that was killed
 * a moment ago still looks to `pg_ctl status` as if it ran, until its process is collected: it is one only if it answers.
 */
async function runningPort(cluster: string, binaries: PostgresBinaries, run: Run): Promise<number | undefined> {
  const deadline = performance.now() + adoptTimeoutMs;
  for (;;) {
    const isRunning = await run(binaries.pgCtl, ["status", "-D", cluster], stopTimeoutMs).then(
      () => true,
      () => false,
    );
    if (!isRunning) return undefined;
    // Fourth line of postmaster.pid is the port (PostgreSQL 15, "Database File Layout").
    const lines = (await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
    const port = Number(lines[3]);
    if (Number.isInteger(port) && port > 0 && (await answers(port))) return port;
    if (performance.now() > deadline) return undefined;
    await delay(100);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: 1_000 });
    const settle = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
    socket.once("timeout", () => settle(false));
  });
}

/** PostgreSQL refuses to run as root, so root lends it the account `nobody`. */
async function accountForServer(): Promise<Account> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number((await execa("id", [flag, "nobody"], { timeout: 5_000 })).stdout)),
  );
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

async function homeOf(dataDir: string, account: Account): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const isUsable = account === undefined || (await isReachableByOthers(dataDir));
  const home = isUsable
    ? dataDir
    : join("/var/tmp", `kong-upgrade-${createHash("sha256").update(dataDir).digest("hex").slice(0, 12)}`);
  await makeHome(home, account);
  return home;
}

async function makeHome(home: string, account: Account): Promise<void> {
  await mkdir(home, { recursive: true });
  if (account !== undefined) await chown(home, account.uid, account.gid);
}

async function writeOwned(path: string, text: string, account: Account): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  if (account !== undefined) await chown(path, account.uid, account.gid);
}

/** The port of last time where nobody took it: plans of open upgrades hold it. */
async function steadyPort(cluster: string, first: number | undefined): Promise<number> {
  const text = await readFile(join(cluster, "kong-upgrade.conf"), "utf8").catch(() => "");
  const last = Number(/^port = (\d+)$/mu.exec(text)?.[1] ?? 0);
  return last === 0 ? freePort(first) : freePort(last).catch(() => freePort());
}

/** Asks the kernel for a port nobody uses; the small race until PostgreSQL binds it ends in a clear start error. */
async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  if (address === null || typeof address === "string") throw new Error("the kernel gave no TCP port");
  return address.port;
}

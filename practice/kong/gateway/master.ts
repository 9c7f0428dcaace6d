import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { bindProblems } from "./bind-check.ts";
import { openLogFile } from "./log-file.ts";
import type { LogFile } from "./log-file.ts";
import { readNodeSettings } from "./node-settings.ts";
import type { NodeSettings } from "./node-settings.ts";
import { parseFromWorker } from "./from-worker.ts";
import type { ToWorker } from "./to-worker.ts";

/** How a node ended. */
export interface Ending {
  readonly exitCode: 0 | 1;
  /** Lines for stderr, when the node never started. */
  readonly problems: readonly string[];
}

/** What the master is started with. */
export interface MasterOptions {
  readonly prefix: string;
  readonly version: string;
  readonly nodeId: string;
}

const stopWaitMs = 1_000;
const respawnDelayMs = 500;

/**
 * The master process of a node, in the part of nginx: binds, forks a worker, writes the pid file, then only obeys signals.
 * TERM and INT cut running requests, QUIT lets them end, HUP replaces the worker if the new one can start.
 * There is always one worker, whatever `nginx_worker_processes` says.
 */
export async function runMaster(options: MasterOptions): Promise<Ending> {
  const settings = await readNodeSettings(options.prefix);
  const listeners = [...settings.proxy, ...settings.admin, ...settings.status];
  const problems = await bindProblems(listeners.filter(({ flags }) => !flags.includes("ssl")));
  if (problems !== undefined) return { exitCode: 1, problems };

  const errorLog = openLogFile(join(options.prefix, "logs", "error.log"));
  const node = new Master(options, settings, errorLog);
  const problem = await node.start();
  if (problem !== undefined) return { exitCode: 1, problems: [`nginx: [emerg] ${problem}`] };
  const pidFile = settings.values.get("nginx_pid") ?? join(options.prefix, "pids", "nginx.pid");
  mkdirSync(dirname(pidFile), { recursive: true });
  writeFileSync(pidFile, `${process.pid}\n`);
  errorLog.error("notice", `simulated Kong ${options.version} started`);
  process.on("SIGHUP", () => void node.reload());
  const signal = await new Promise<"TERM" | "QUIT">((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => resolve("TERM"));
    process.on("SIGQUIT", () => resolve("QUIT"));
  });
  if (signal === "TERM") await node.stop();
  else await node.quit();
  rmSync(pidFile, { force: true });
  return { exitCode: 0, problems: [] };
}

class Master {
  readonly #options: MasterOptions;
  readonly #settings: NodeSettings;
  readonly #errorLog: LogFile;
  #current: Worker | undefined;
  #isEnding = false;
  #reloading: Promise<void> | undefined;

  constructor(options: MasterOptions, settings: NodeSettings, errorLog: LogFile) {
    this.#options = options;
    this.#settings = settings;
    this.#errorLog = errorLog;
    const { prefix, version, nodeId } = options;
    const log = openSync(join(prefix, "logs", "error.log"), "a");
    // Workers accept for themselves, as nginx's do: a connection handed to a worker that just died would hang.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({
      args: ["--prefix", prefix, "--version", version, "--node-id", nodeId],
      stdio: ["ignore", log, log, "ipc"],
    });
    process.once("exit", () => closeSync(log));
  }

  /** Forks the first worker; the reason when it can not start. */
  async start(): Promise<string | undefined> {
    // With a database `kong start` has looked at the schema before.
    const problem = this.#settings.database === undefined ? await this.#initProblem() : undefined;
    const forked = problem ?? (await this.#fork());
    if (typeof forked === "string") return forked;
    this.#adopt(forked);
    return undefined;
  }

  async reload(): Promise<void> {
    if (this.#reloading !== undefined || this.#isEnding) return;
    this.#reloading = this.#replaceWorker();
    await this.#reloading;
    this.#reloading = undefined;
  }

  async #replaceWorker(): Promise<void> {
    const problem = await this.#initProblem();
    const forked = problem ?? (await this.#fork());
    if (typeof forked === "string") {
      this.#errorLog.error("error", forked);
      return;
    }
    const old = this.#current;
    this.#adopt(forked);
    if (old !== undefined) tell(old, { kind: "quit" });
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    const ending = workers().map((worker) => ended(worker));
    for (const worker of workers()) worker.process.kill("SIGTERM");
    await Promise.race([Promise.all(ending), delay(stopWaitMs, undefined, { ref: false })]);
    for (const worker of workers()) worker.process.kill("SIGKILL");
  }

  async quit(): Promise<void> {
    // nginx obeys one signal after the other: a worker of a reload under way is there first, and is told to quit too.
    await this.#reloading;
    this.#isEnding = true;
    const ending = Promise.all(workers().map((worker) => ended(worker)));
    for (const worker of workers()) tell(worker, { kind: "quit" });
    // TERM while requests still end cuts them, as `kong quit` does after its timeout.
    const cut = new Promise<void>((resolve) => {
      process.once("SIGTERM", () => resolve());
    });
    await Promise.race([ending, cut.then(() => this.stop())]);
  }

  /** Loaded only here: most nodes are never reloaded. */
  async #initProblem(): Promise<string | undefined> {
    const { initError } = await import("./init-check.ts");
    return initError(this.#options.version, this.#settings);
  }

  async #fork(): Promise<Worker | string> {
    const worker = cluster.fork();
    const [message] = await Promise.race([
      once(worker, "message"),
      once(worker, "exit").then(() => [{ kind: "failed", reason: "worker process ended at its start" }]),
    ]);
    const parsed = parseFromWorker(message);
    if (parsed.kind === "ready") return worker;
    worker.process.kill("SIGKILL");
    return parsed.reason;
  }

  #adopt(worker: Worker): void {
    this.#current = worker;
    worker.once("exit", (code, signal) => {
      this.#tellProcesses();
      if (this.#isEnding || this.#current !== worker) return;
      this.#errorLog.error(
        "error",
        `worker process ${worker.process.pid} exited (${signal ?? code}), starting another`,
      );
      void this.#respawn();
    });
    this.#tellProcesses();
  }

  async #respawn(): Promise<void> {
    await delay(respawnDelayMs);
    if (this.#isEnding) return;
    const forked = await this.#fork();
    if (typeof forked !== "string") return this.#adopt(forked);
    this.#errorLog.error("error", forked);
    return this.#respawn();
  }

  #tellProcesses(): void {
    const pids = workers().flatMap((worker) => worker.process.pid ?? []);
    for (const worker of workers()) tell(worker, { kind: "processes", workers: pids });
  }
}

function workers(): readonly Worker[] {
  return Object.values(cluster.workers ?? {}).flatMap((worker) =>
    worker === undefined || worker.isDead() ? [] : [worker],
  );
}

function tell(worker: Worker, message: ToWorker): void {
  // A worker that ended meanwhile has no channel; its exit event does the rest.
  if (worker.isConnected()) worker.send(message, () => undefined);
}

async function ended(worker: Worker): Promise<void> {
  if (!worker.isDead()) await once(worker, "exit");
}

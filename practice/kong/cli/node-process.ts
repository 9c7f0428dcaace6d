import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Configuration, Environment } from "#practice/kong/configuration/configuration.ts";
import { KongFailure } from "./failure.ts";

/** Program that stands in for nginx: `--prefix P --version V`, writes P/pids/nginx.pid itself. */
const gatewayProgram = join(import.meta.dirname, "..", "gateway", "main.ts");
/** All that the gateway gets of the caller's environment: its configuration is in .kong_env. */
const gatewayVariables = ["PATH", "HOME", "TMPDIR", "TZ", "NODE_COMPILE_CACHE"] as const;
const startTimeoutMs = 30_000;
const pollMs = 20;

/** The master's process id from the pid file, if that process is there. Kong asks no more than this (kill -0). */
export function runningMaster(configuration: Configuration): number | undefined {
  if (!existsSync(configuration.pidFile)) return undefined;
  const pid = Number(readFileSync(configuration.pidFile, "utf8").trim());
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
}

/** Sends a signal to the master. @throws KongFailure when none runs in this prefix. */
export function signalMaster(configuration: Configuration, signal: "SIGTERM" | "SIGQUIT" | "SIGHUP"): number {
  const pid = runningMaster(configuration);
  if (pid === undefined) throw new KongFailure(`nginx not running in prefix: ${configuration.prefix}`);
  process.kill(pid, signal);
  return pid;
}

/** Waits until a process is gone; false after the deadline. */
export async function waitForExit(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await delay(pollMs);
  }
  return true;
}

/**
 * Starts the gateway as a daemon and returns when its pid file is there: it says nothing about whether it can serve.
 * @throws KongFailure with nginx's words when it ends before that (a port that is taken, for instance).
 */
export async function startGateway(
  configuration: Configuration,
  start: { readonly version: string; readonly sourceLine: number; readonly env: Environment },
): Promise<void> {
  rmSync(configuration.pidFile, { force: true });
  const errorFile = join(configuration.prefix, "logs", "start.log");
  const descriptor = openSync(errorFile, "w");
  let child: ChildProcess;
  try {
    child = spawn(process.execPath, [gatewayProgram, "--prefix", configuration.prefix, "--version", start.version], {
      detached: true,
      cwd: configuration.prefix,
      env: Object.fromEntries(gatewayVariables.map((name) => [name, start.env[name]])),
      stdio: ["ignore", "ignore", descriptor],
    });
  } finally {
    closeSync(descriptor);
  }
  child.unref();
  const failed = await waitForMaster(child, configuration);
  if (failed === undefined) return;
  const said = readFileSync(errorFile, "utf8").replace(/\n*$/, "\n");
  throw new KongFailure(`/usr/local/share/lua/5.1/kong/cmd/start.lua:${start.sourceLine}: ${said}`);
}

async function waitForMaster(child: ChildProcess, configuration: Configuration): Promise<"failed" | undefined> {
  const deadline = Date.now() + startTimeoutMs;
  while (runningMaster(configuration) === undefined) {
    if (child.exitCode !== null || child.signalCode !== null) return "failed";
    if (Date.now() > deadline) {
      child.kill("SIGKILL");
      return "failed";
    }
    await delay(pollMs);
  }
  return undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

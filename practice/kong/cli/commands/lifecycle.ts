import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { KongFailure } from "#practice/kong/cli/failure.ts";
import { sufferFault } from "#practice/kong/cli/faults.ts";
import type { ExitCode, Invocation } from "#practice/kong/cli/invocation.ts";
import { runningMaster, signalMaster, waitForExit } from "#practice/kong/cli/node-process.ts";
import { loadConfiguration, valueOf } from "#practice/kong/configuration/configuration.ts";
import type { Configuration } from "#practice/kong/configuration/configuration.ts";
import { makePrefix, writePrefix } from "#practice/kong/configuration/prefix.ts";
import { openDatabase } from "#practice/kong/database/connection.ts";
import { databaseTimeoutMs } from "./database-timeout.ts";
import { startConfiguration, startConfigured } from "./start.ts";

const restartWaitMs = 10_000;

/** `kong stop`: SIGTERM, and done; the master may live on for a moment (transcript 18). */
export async function stop(invocation: Invocation): Promise<ExitCode> {
  const configuration = runningConfiguration(invocation);
  await sufferFault("stop", invocation.env);
  signalMaster(configuration, "SIGTERM");
  removeSocket(invocation, configuration);
  invocation.output.info("Kong stopped");
  return 0;
}

/** `kong quit`: SIGQUIT and a wait for requests in flight, SIGTERM after the timeout. */
export async function quit(invocation: Invocation): Promise<ExitCode> {
  const { flags } = invocation.line;
  const { output } = invocation;
  const configuration = runningConfiguration(invocation);
  const pid = runningMaster(configuration);
  if (pid === undefined) throw new KongFailure(`nginx not running in prefix: ${configuration.prefix}`);
  if (flags.quitWaitSeconds > 0 && (await waitForExit(pid, flags.quitWaitSeconds * 1000))) {
    output.error("Kong stopped while waiting (unexpected)");
    return 0;
  }
  signalMaster(configuration, "SIGQUIT");
  const isGraceful = await waitForExit(pid, flags.quitTimeoutSeconds * 1000);
  if (!isGraceful) process.kill(pid, "SIGTERM");
  removeSocket(invocation, configuration);
  output.info(isGraceful ? "Kong stopped (gracefully)" : "Timeout, Kong stopped forcefully");
  return 0;
}

/** `kong restart`: stops first, then starts; a start that fails leaves the node stopped (transcript 08). */
export async function restart(invocation: Invocation): Promise<ExitCode> {
  const configuration = startConfiguration(invocation);
  const pid = runningMaster(configuration);
  if (pid !== undefined) {
    process.kill(pid, "SIGTERM");
    removeSocket(invocation, configuration);
    invocation.output.info("Kong stopped");
    await waitForExit(pid, restartWaitMs);
  }
  await startConfigured(invocation, configuration);
  return 0;
}

/** `kong reload`: SIGHUP; whether the master takes the new configuration is not looked at (transcript 08). */
export async function reload(invocation: Invocation): Promise<ExitCode> {
  const { version, line, env, output } = invocation;
  const configuration = reloadConfiguration(invocation);
  if (version.reloadOpensDatabase && valueOf(configuration, "database") === "postgres") {
    await using database = await openDatabase(configuration, databaseTimeoutMs(configuration, line.flags));
    await database.client.query("select 1");
  }
  await sufferFault("reload", env);
  if (runningMaster(configuration) !== undefined) writePrefix(configuration);
  signalMaster(configuration, "SIGHUP");
  output.info("Kong reloaded");
  return 0;
}

/** `kong health`: kill -0 on the pid file and nothing else. */
export async function health(invocation: Invocation): Promise<ExitCode> {
  const { version, line, env, output } = invocation;
  const early = loadConfiguration(version, { file: undefined, prefix: line.flags.prefix, env });
  if (!existsSync(early.prefix)) throw new KongFailure(`no such prefix: ${early.prefix}`);
  if (!existsSync(early.kongEnv)) throw new KongFailure(`Kong is not running at ${early.prefix}`);
  const configuration = loadConfiguration(version, { file: early.kongEnv, prefix: early.prefix, env });
  if (runningMaster(configuration) === undefined) {
    output.info("nginx.......not running\n");
    throw new KongFailure(`Kong is not running at ${configuration.prefix}`);
  }
  output.info(`nginx.......running\n\nKong is healthy at ${configuration.prefix}`);
  return 0;
}

/** Reads .kong_env of the prefix back; the caller's KONG_* variables still win over it (transcript 09). */
function runningConfiguration(invocation: Invocation): Configuration {
  const { version, line, env } = invocation;
  const early = loadConfiguration(version, { file: undefined, prefix: line.flags.prefix, env });
  if (!existsSync(early.prefix)) throw new KongFailure(`no such prefix: ${early.prefix}`);
  return loadConfiguration(version, { file: early.kongEnv, prefix: early.prefix, env });
}

function reloadConfiguration(invocation: Invocation): Configuration {
  const { version, line, env, output } = invocation;
  if (line.flags.conf !== undefined) {
    return loadConfiguration(version, { file: line.flags.conf, prefix: line.flags.prefix, env }, output);
  }
  if (!version.makesPrefixBeforeLifecycle) return runningConfiguration(invocation);
  const early = loadConfiguration(version, { file: undefined, prefix: line.flags.prefix, env });
  makePrefix(early.prefix, output);
  return loadConfiguration(version, { file: early.kongEnv, prefix: early.prefix, env });
}

function removeSocket(invocation: Invocation, configuration: Configuration): void {
  const { dangling } = invocation.version;
  if (dangling !== undefined) rmSync(join(configuration.prefix, dangling.folder, dangling.socket), { force: true });
}

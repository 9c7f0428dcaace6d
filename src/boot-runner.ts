import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readRunnerFile } from "#src/config/runner-file.ts";
import { secretsFrom } from "#src/config/secrets.ts";
import { readEnvironments } from "#src/config/settings.ts";
import type { Settings } from "#src/config/settings.ts";
import { AppError } from "#src/kernel/app-error.ts";
import type { Logger } from "#src/log.ts";
import { parseLabels } from "#src/plan/runner-labels.ts";
import type { Labels } from "#src/plan/runner-labels.ts";
import { openRecord } from "#src/record/record.ts";
import { chooseEnvironments, runnerIdOf } from "#src/run/choose-environments.ts";
import { openDoorbell } from "#src/run/queue/doorbell.ts";
import { startRunner } from "#src/run/runner.ts";
import { readPublicKeyFile } from "#src/signing/public-key-file.ts";
import type { PublicKey } from "#src/signing/signing-key.ts";
import type { Probes } from "#src/telemetry/probes.ts";
import { refreshRunner } from "#src/telemetry/refresh.ts";
import { databaseFor } from "./boot-database.ts";
import { openOwnProbes } from "./boot-probes.ts";
import { version } from "./version.ts";

/** Handing in what is left and closing connections, after the time that a running step gets. */
const letGoMs = 60_000;
/** The bot writes its public key when it first starts; a runner that starts together with it waits a moment. */
const keyTimeoutMs = 60_000;

export interface RunnerRequest {
  /** Names of the environments that this runner serves; all of the configuration where empty. */
  readonly environments: readonly string[];
  /** Its labels as people type them, each `zone=eu`. */
  readonly labels: readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens a runner: no Slack credential is read here. `probes` are those of the bot where both are one process.
 * @throws AppError for everything that keeps it from starting.
 */
export async function bootRunner(
  settings: Settings,
  request: RunnerRequest,
  log: Logger,
  probes?: Probes,
): Promise<OpenRunner> {
  await using stack = new AsyncDisposableStack();
  const seen = probes ?? stack.use(await openOwnProbes(settings, log));
  const own = await readRunnerFile(settings.runnerConfigFile);
  const labels = { ...own.labels, ...labelsOf(request.labels) };
  const mine = chooseEnvironments(await readEnvironments(settings.configFile), {
    names: request.environments,
    labels,
    allowed: own.environments,
    file: settings.configFile,
  });
  const url = await databaseFor(settings, stack, log);
  const onTrouble = (problem: string): void => log.warn(problem);
  const record = await openRecord({ url, onTrouble });
  stack.use(record);
  const publicKeys = await readPublicKeys(settings.publicKeysFile, log);
  const doorbell = await openDoorbell({ databaseUrl: url, redisUrl: settings.redisUrl, onTrouble });
  stack.defer(() => doorbell.close());
  const runner = await startRunner({
    runnerId: settings.runnerId ?? own.id ?? runnerIdOf(hostname(), mine),
    version,
    environments: new Map(mine.map((each) => [each.name, each])),
    labels,
    permits: own,
    record,
    doorbell,
    publicKeys,
    resolveSecret: secretsFrom(request.variables),
    dataDir: join(settings.dataDir, "runner"),
    log,
    observer: seen.instruments,
  });
  stack.defer(() => runner.stop(own.drainMs));
  seen.add({
    checks: {
      database: async () => (await record.now()) !== "",
      migrations: () => record.isSchemaOurs(),
      life: async () => runner.isLifeHeld(),
    },
    refresh: () =>
      refreshRunner(seen.instruments, {
        isLifeHeld: () => runner.isLifeHeld(),
        stepsRunning: () => runner.busyWith().length,
        lettersWaiting: () => runner.lettersWaiting(),
      }),
  });
  if (probes === undefined) seen.opened();
  const opened = stack.move();
  return { closeMs: own.drainMs + letGoMs, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** A runner while it runs, and how long it may take to close. */
interface OpenRunner extends AsyncDisposable {
  readonly closeMs: number;
}

/** @throws AppError `usage` where one is not written as `zone=eu`, or a name stands twice. */
function labelsOf(words: readonly string[]): Labels {
  const labels = parseLabels(words);
  if (labels !== undefined) return labels;
  throw new AppError(
    "usage",
    `--label ${words.join(" --label ")} cannot be read; write each label once, as name=value, e.g. --label zone=eu`,
  );
}

/** Public keys in PEM, several while keys are rotated. Without one this runner would refuse every approval, so it does not start. */
async function readPublicKeys(file: string, log: Logger): Promise<readonly PublicKey[]> {
  const deadline = performance.now() + keyTimeoutMs;
  for (;;) {
    const keys = await readPublicKeyFile(file);
    if (keys !== undefined) return keys;
    if (performance.now() > deadline) {
      throw new AppError(
        "config_invalid",
        `there is no public key in ${file}; copy signing-key.pub.pem from the bot's data directory and set KONG_UPGRADE_PUBLIC_KEYS`,
      );
    }
    log.info({ file }, "waiting for the bot's public key");
    await delay(500);
  }
}

import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { secretsFrom } from "#src/config/secrets.ts";
import { readEnvironments } from "#src/config/settings.ts";
import type { Settings } from "#src/config/settings.ts";
import { AppError } from "#src/kernel/app-error.ts";
import type { Logger } from "#src/log.ts";
import { openRecord } from "#src/record/record.ts";
import { openDoorbell } from "#src/run/queue/doorbell.ts";
import { startRunner } from "#src/run/runner.ts";
import { readPublicKeyFile } from "#src/signing/public-key-file.ts";
import type { PublicKey } from "#src/signing/signing-key.ts";
import { databaseFor } from "./boot-database.ts";
import { version } from "./version.ts";

/** A running step gets this long when the runner is asked to end; then it is left to the record as unknown. */
const drainMs = 10 * 60_000;
/** The bot writes its public key when it first starts; a runner that starts together with it waits a moment. */
const keyTimeoutMs = 60_000;

export interface RunnerRequest {
  /** Names of the environments that this runner serves; all of the configuration where empty. */
  readonly environments: readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Opens a runner: no Slack credential is read here. @throws AppError for everything that keeps it from starting. */
export async function bootRunner(settings: Settings, request: RunnerRequest, log: Logger): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const all = await readEnvironments(settings.configFile);
  const unknown = request.environments.filter((name) => !all.some((each) => each.name === name));
  if (unknown.length > 0) {
    throw new AppError(
      "environment_unknown",
      `${settings.configFile} has no environment ${unknown.join(", ")}; it has ${all.map((each) => each.name).join(", ")}`,
    );
  }
  const mine = all.filter(({ name }) => request.environments.length === 0 || request.environments.includes(name));
  const url = await databaseFor(settings, stack, log);
  const onTrouble = (problem: string): void => log.warn(problem);
  const record = await openRecord({ url, onTrouble });
  stack.use(record);
  const publicKeys = await readPublicKeys(settings.publicKeysFile, log);
  const doorbell = await openDoorbell({ databaseUrl: url, redisUrl: settings.redisUrl, onTrouble });
  stack.defer(() => doorbell.close());
  const runner = await startRunner({
    runnerId: settings.runnerId ?? `${hostname()}-${mine.map((each) => each.name).join("-")}`,
    version,
    environments: new Map(mine.map((each) => [each.name, each])),
    record,
    doorbell,
    publicKeys,
    resolveSecret: secretsFrom(request.variables),
    dataDir: join(settings.dataDir, "runner"),
    log,
  });
  stack.defer(() => runner.stop(drainMs));
  return stack.move();
}

/** Public keys in PEM, several while keys are rotated. Without one this runner would refuse every approval, so it does not start. */
async function readPublicKeys(file: string, log: Logger): Promise<readonly PublicKey[]> {
  const deadline = Date.now() + keyTimeoutMs;
  for (;;) {
    const keys = await readPublicKeyFile(file);
    if (keys !== undefined) return keys;
    if (Date.now() > deadline) {
      throw new AppError(
        "config_invalid",
        `there is no public key in ${file}; copy signing-key.pub.pem from the bot's data directory and set KONG_UPGRADE_PUBLIC_KEYS`,
      );
    }
    log.info({ file }, "waiting for the bot's public key");
    await delay(500);
  }
}

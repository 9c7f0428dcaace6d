import type { Settings } from "#src/config/settings.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import type { Logger } from "#src/log.ts";
import type { Record } from "#src/record/record.ts";
import type { Doorbell } from "#src/run/queue/doorbell.ts";
import type { SlackApp } from "#src/slack/app.ts";
import { openProbes } from "#src/telemetry/probes.ts";
import type { Probes } from "#src/telemetry/probes.ts";
import { refreshBot } from "#src/telemetry/refresh.ts";
import type { BotSources } from "#src/telemetry/refresh.ts";
import { version } from "#src/version.ts";

/** Open upgrades that figures are made of. */
const maxFigured = 500;

/** Health and figures of this process; one that cannot be asked works all the same. */
export async function openOwnProbes({ http }: Settings, log: Logger): Promise<Probes> {
  const probes = await openProbes({
    version,
    http,
    onTrouble: (problem) => log.error({ problem: errorMessage(problem) }, "health and figures are told nowhere"),
  });
  if (http !== undefined) log.info({ http }, "health and figures: /healthz, /readyz, /metrics");
  return probes;
}

interface Observed extends Pick<BotSources, "environments"> {
  readonly record: Record;
  readonly slack: SlackApp;
  readonly doorbell: Pick<Doorbell, "oldestRingAt">;
}

/** What the bot needs to serve people and to wake runners up, and its figures. */
export function botProbe(
  { instruments }: Probes,
  { record, slack, doorbell, environments }: Observed,
): Parameters<Probes["add"]>[0] {
  const names = environments.map(({ name }) => name);
  const oldestRingAt = (): Promise<number | undefined> => doorbell.oldestRingAt(names);
  return {
    checks: {
      database: async () => (await record.now()) !== "",
      migrations: () => record.isSchemaOurs(),
      slack: async () => slack.isConnected(),
      queue: () => oldestRingAt().then(() => true),
    },
    refresh: () =>
      refreshBot(instruments, {
        environments,
        oldestRingAt,
        listOpen: () => record.list({ isOpen: true, limit: maxFigured }),
        runners: () => record.runners(),
        unreviewed: () => record.unreviewed(),
        lag: () => slack.lag(),
        now: Date.now,
      }),
  };
}

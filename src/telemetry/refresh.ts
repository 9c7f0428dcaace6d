import { setTimeout as delay } from "node:timers/promises";
import type { LagByPart } from "#src/slack/delivery/lag.ts";
import { runnersOf, whyNobodyRuns } from "#src/upgrade/known-runner.ts";
import type { KnownRunner } from "#src/upgrade/known-runner.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { GaugeName, Instruments } from "./instruments.ts";
import { openFigures } from "./open-upgrades.ts";

/** What the bot's figures are read from. */
export interface BotSources {
  readonly environments: readonly Environment[];
  /** Open upgrades; nothing else is read for figures. */
  readonly listOpen: () => Promise<readonly Upgrade[]>;
  readonly runners: () => Promise<readonly KnownRunner[]>;
  /** How many upgrades ran a step without its approval and wait for their review, closed ones too. */
  readonly unreviewed: () => Promise<number>;
  /** Epoch milliseconds; undefined where no ring waits. */
  readonly oldestRingAt: () => Promise<number | undefined>;
  /** Undefined while another replica writes into Slack. */
  readonly lag: () => LagByPart | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export interface RunnerSources {
  readonly isLifeHeld: () => boolean;
  readonly stepsRunning: () => number;
  readonly lettersWaiting: () => Promise<number>;
}

/** Longer than this nobody who scrapes waits. */
const timeoutMs = 3_000;

/** Brings the bot's gauges up to date. What cannot be read in time is left out, so that an old figure is never taken for a new one. */
export async function refreshBot(instruments: Instruments, sources: BotSources): Promise<void> {
  const { gauges } = instruments;
  setLag(gauges, sources.lag());
  await Promise.all([
    readOrForget(instruments, recordGauges, async () => setRecord(gauges, sources)).then((isRead) =>
      gauges.record_readable.set(isRead ? 1 : 0),
    ),
    readOrForget(instruments, ["oldest_ring_seconds"], async () => {
      const at = await sources.oldestRingAt();
      gauges.oldest_ring_seconds.set(at === undefined ? 0 : Math.max(0, (sources.now() - at) / 1_000));
    }),
  ]);
}

/** Brings a runner's gauges up to date. */
export async function refreshRunner(instruments: Instruments, sources: RunnerSources): Promise<void> {
  const { gauges } = instruments;
  gauges.life_held.set(sources.isLifeHeld() ? 1 : 0);
  gauges.steps_running.set(sources.stepsRunning());
  await readOrForget(instruments, ["outbox_letters"], async () => {
    gauges.outbox_letters.set(await sources.lettersWaiting());
  });
}

type Gauges = Instruments["gauges"];

const recordGauges: readonly GaugeName[] = [
  "open_upgrades",
  "unknown_outcomes",
  "silent_runners",
  "failed_steps",
  "upgrades_stopped_by_alarm",
  "upgrades_stopped_by_drift",
  "unreviewed_upgrades",
  "missed_starts",
  "approvals_waiting",
  "oldest_approval_seconds",
  "longest_running_step_seconds",
  "runners_alive",
  "environment_served",
];

async function setRecord(
  gauges: Gauges,
  { environments, listOpen, runners, unreviewed, now }: BotSources,
): Promise<void> {
  const [open, known, unreviewedCount] = await Promise.all([listOpen(), runners(), unreviewed()]);
  const figures = openFigures(open, now());
  for (const [state, count] of figures.byState) gauges.open_upgrades.set({ state }, count);
  gauges.unknown_outcomes.set(figures.unknownOutcomes);
  gauges.silent_runners.set(figures.silentRunners);
  gauges.failed_steps.set(figures.failedSteps);
  gauges.upgrades_stopped_by_alarm.set(figures.stoppedByAlarm);
  gauges.upgrades_stopped_by_drift.set(figures.stoppedByDrift);
  gauges.unreviewed_upgrades.set(unreviewedCount);
  gauges.missed_starts.set(figures.missedStarts);
  gauges.approvals_waiting.set(figures.approvalsWaiting);
  gauges.oldest_approval_seconds.set(figures.oldestApprovalSeconds);
  gauges.longest_running_step_seconds.set(figures.longestRunningStepSeconds);
  for (const environment of environments) {
    const labels = { environment: environment.name };
    gauges.runners_alive.set(labels, runnersOf(environment, known).filter(({ isAlive }) => isAlive).length);
    gauges.environment_served.set(labels, whyNobodyRuns(environment, known) === undefined ? 1 : 0);
  }
}

function setLag(
  { slack_leader: leader, slack_lag_seconds: seconds, slack_lag_events: events }: Gauges,
  lag: LagByPart | undefined,
): void {
  leader.set(lag === undefined ? 0 : 1);
  seconds.reset();
  events.reset();
  if (lag === undefined) return;
  for (const part of ["card", "thread"] as const) {
    seconds.set({ part }, lag[part].seconds);
    events.set({ part }, lag[part].events);
  }
}

/** Answers whether the figures could be read in time. */
async function readOrForget(
  instruments: Instruments,
  names: readonly GaugeName[],
  read: () => Promise<void>,
): Promise<boolean> {
  const over = new AbortController();
  const late = delay(timeoutMs, false, { signal: over.signal });
  late.catch(() => undefined);
  try {
    const isRead = await Promise.race([read().then(() => true), late]);
    if (!isRead) throw new Error("too late");
    return true;
  } catch {
    instruments.forget(names);
    return false;
  } finally {
    over.abort();
  }
}

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";
import type { SlackCallOutcome } from "#src/slack/observed-client.ts";

/** What a process counts and measures. Labels have few values: kinds, outcomes, states, names of the configuration. */
export interface Instruments {
  readonly registry: Registry;
  /** How long somebody waited for Slack to hear that their click or command arrived; Slack gives up after 3 s. */
  readonly acknowledged: (kind: string, durationMs: number) => void;
  readonly slackCalled: (method: string, outcome: SlackCallOutcome) => void;
  stepEnded(kind: string, outcome: string, durationMs: number): void;
  alarmRaised(): void;
  readonly gauges: Readonly<Record<GaugeName, Gauge>>;
  /** Takes figures away that are not known: a rule must never take an old one, or 0, for the truth. */
  forget(names: readonly GaugeName[]): void;
}

export type GaugeName = keyof typeof gaugeHelp;

/** Gauges by name, without the prefix, each with its labels and its meaning. */
const gaugeHelp = {
  info: [["version"], "always 1; the version of the program"],
  ready: [["check"], "1 where a check of /readyz says yes"],
  record_readable: [[], "1 while the figures about upgrades come from the record, 0 while it cannot be read"],
  open_upgrades: [["state"], "open upgrades by what they do or wait for"],
  unknown_outcomes: [[], "steps of which nobody knows how they ended, and for which somebody has to decide"],
  silent_runners: [[], "running steps whose runner gives no sign of life, and for which somebody has to see to it"],
  failed_steps: [[], "failed steps for which somebody has to decide"],
  upgrades_stopped_by_alarm: [[], "upgrades that a runner or the bot refused to go on with"],
  upgrades_stopped_by_drift: [
    [],
    "upgrades in which configuration was written during the freeze, or nobody could look, and for which somebody has to decide",
  ],
  unreviewed_upgrades: [[], "upgrades that ran a step without its approval, and that nobody has reviewed"],
  missed_starts: [[], "plans whose scheduled start did not come, and of which nobody has decided what becomes"],
  approvals_waiting: [[], "requests for approval that nobody has decided"],
  oldest_approval_seconds: [[], "age of the oldest of them"],
  longest_running_step_seconds: [[], "how long the step runs that runs longest"],
  runners_alive: [["environment"], "runners that hold their life in the database, for each environment"],
  environment_served: [["environment"], "1 where a runner would take the next step of the environment"],
  oldest_ring_seconds: [[], "age of the oldest ring in the queue that no runner has heard"],
  slack_leader: [[], "1 in the replica that writes into Slack"],
  slack_lag_seconds: [["part"], "for how long Slack shows less than the record says, on the card or in the thread"],
  slack_lag_events: [["part"], "events that the record has and Slack does not show"],
  life_held: [[], "1 while this runner holds its life; it starts nothing without"],
  steps_running: [[], "steps that this runner executes"],
  outbox_letters: [[], "results of steps that wait on this runner's disk for the database"],
} as const satisfies Readonly<Record<string, readonly [readonly string[], string]>>;

const gaugeNames = [
  "ready",
  "record_readable",
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
  "oldest_ring_seconds",
  "slack_leader",
  "slack_lag_seconds",
  "slack_lag_events",
  "life_held",
  "steps_running",
  "outbox_letters",
] as const satisfies readonly GaugeName[];

const prefix = "kong_upgrade_";
/** Around Slack's limit of 3 s. */
const ackBuckets = [0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 5];
/** From a look to a migration of a large database. */
const stepBuckets = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400];

/** The figures of one process, in a registry of their own. */
export function createInstruments(version: string): Instruments {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const gauge = (name: GaugeName): Gauge => {
    const [labelNames, help] = gaugeHelp[name];
    return new Gauge({ name: `${prefix}${name}`, help, labelNames: [...labelNames], registers });
  };
  const gauges: Instruments["gauges"] = {
    info: gauge("info"),
    ready: gauge("ready"),
    record_readable: gauge("record_readable"),
    open_upgrades: gauge("open_upgrades"),
    unknown_outcomes: gauge("unknown_outcomes"),
    silent_runners: gauge("silent_runners"),
    failed_steps: gauge("failed_steps"),
    upgrades_stopped_by_alarm: gauge("upgrades_stopped_by_alarm"),
    upgrades_stopped_by_drift: gauge("upgrades_stopped_by_drift"),
    unreviewed_upgrades: gauge("unreviewed_upgrades"),
    missed_starts: gauge("missed_starts"),
    approvals_waiting: gauge("approvals_waiting"),
    oldest_approval_seconds: gauge("oldest_approval_seconds"),
    longest_running_step_seconds: gauge("longest_running_step_seconds"),
    runners_alive: gauge("runners_alive"),
    environment_served: gauge("environment_served"),
    oldest_ring_seconds: gauge("oldest_ring_seconds"),
    slack_leader: gauge("slack_leader"),
    slack_lag_seconds: gauge("slack_lag_seconds"),
    slack_lag_events: gauge("slack_lag_events"),
    life_held: gauge("life_held"),
    steps_running: gauge("steps_running"),
    outbox_letters: gauge("outbox_letters"),
  };
  const forget: Instruments["forget"] = (names) => {
    for (const name of names) {
      // Without labels a reset would tell 0.
      if (gaugeHelp[name][0].length === 0) gauges[name].remove();
      else gauges[name].reset();
    }
  };
  // A runner has no figures of the bot, and the bot none of a runner.
  forget(gaugeNames);
  gauges.info.set({ version }, 1);
  const acknowledgements = new Histogram({
    name: `${prefix}acknowledgement_seconds`,
    help: "time until a click, dialog, command or event was acknowledged; Slack gives up after 3 s",
    labelNames: ["kind"],
    buckets: ackBuckets,
    registers,
  });
  const calls = new Counter({
    name: `${prefix}slack_calls_total`,
    help: "calls of Slack's Web API by how they ended: ok, limited (HTTP 429), refused, unanswered",
    labelNames: ["method", "outcome"],
    registers,
  });
  const steps = new Histogram({
    name: `${prefix}step_seconds`,
    help: "how long steps took on this runner, by kind of action and outcome",
    labelNames: ["kind", "outcome"],
    buckets: stepBuckets,
    registers,
  });
  const alarms = new Counter({
    name: `${prefix}alarms_raised_total`,
    help: "alarms that this process raised: something was not as it must be, and nothing was run",
    registers,
  });
  return {
    registry,
    gauges,
    forget,
    acknowledged: (kind, durationMs) => acknowledgements.observe({ kind }, durationMs / 1_000),
    slackCalled: (method, outcome) => calls.inc({ method, outcome }),
    stepEnded: (kind, outcome, durationMs) => steps.observe({ kind, outcome }, durationMs / 1_000),
    alarmRaised: () => alarms.inc(),
  };
}

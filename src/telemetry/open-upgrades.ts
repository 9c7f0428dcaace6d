import { epochMsOf, instantOf } from "#src/kernel/instant.ts";
import { isStoppedByDrift } from "#src/upgrade/drift.ts";
import { pendingApprovals } from "#src/upgrade/pending.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import { silenceOf } from "#src/upgrade/silence.ts";
import type { Upgrade } from "#src/upgrade/state.ts";

/** What an open upgrade does, or waits for. */
const states = ["surveying", "planned", "running", "going_on", "approval", "person", "window", "paused"] as const;
type State = (typeof states)[number];

/** Figures about everything that is open, at one moment. */
export interface OpenFigures {
  /** Every state is there, also with 0, so that a rule never meets a missing series. */
  readonly byState: ReadonlyMap<State, number>;
  readonly unknownOutcomes: number;
  /** Steps whose runner stands still, and for which somebody has to see to it. */
  readonly silentRunners: number;
  readonly failedSteps: number;
  readonly stoppedByAlarm: number;
  /** Where somebody wrote during the freeze, or nobody could look, and a person has to decide. */
  readonly stoppedByDrift: number;
  /** Plans whose scheduled start did not come, and which nobody has started, scheduled anew or given up. */
  readonly missedStarts: number;
  readonly approvalsWaiting: number;
  readonly oldestApprovalSeconds: number;
  readonly longestRunningStepSeconds: number;
}

/** Counts open upgrades; `nowMs` is the time by the clock of whoever asks. */
export function openFigures(upgrades: readonly Upgrade[], nowMs: number): OpenFigures {
  const open = upgrades.filter(({ status }) => status !== "closed");
  const byState = new Map<State, number>(states.map((state) => [state, 0]));
  for (const upgrade of open) {
    const state = stateOf(upgrade, nowMs);
    byState.set(state, (byState.get(state) ?? 0) + 1);
  }
  const active = open.flatMap((upgrade) => (upgrade.status === "active" ? [upgrade] : []));
  const progresses = active.flatMap((upgrade) => currentStep(upgrade)?.progress ?? []);
  const approvals = pendingApprovals(open);
  return {
    byState,
    unknownOutcomes: progresses.filter(({ kind }) => kind === "unknown").length,
    silentRunners: open.filter((upgrade) => silenceOf(upgrade) !== undefined).length,
    failedSteps: progresses.filter(({ kind }) => kind === "failed").length,
    stoppedByAlarm: open.filter((upgrade) => "alarm" in upgrade && upgrade.alarm !== undefined).length,
    stoppedByDrift: active.filter(isStoppedByDrift).length,
    missedStarts: open.filter((upgrade) => upgrade.status === "planned" && upgrade.missedStart !== undefined).length,
    approvalsWaiting: approvals.length,
    oldestApprovalSeconds: longest(
      approvals.map(({ approval }) => approval.requestedAt),
      nowMs,
    ),
    longestRunningStepSeconds: longest(
      progresses.flatMap((progress) => (progress.kind === "running" ? [progress.startedAt] : [])),
      nowMs,
    ),
  };
}

function stateOf(upgrade: Upgrade, nowMs: number): State {
  if (upgrade.status === "surveying" || upgrade.status === "planned") return upgrade.status;
  const todo = next(upgrade, instantOf(nowMs));
  if (todo.do === "watch") return "running";
  if (todo.do !== "wait") return "going_on";
  switch (todo.for) {
    case "approval":
    case "window":
      return todo.for;
    // Windows and freezes: it goes on by itself.
    case "calendar":
      return "window";
    case "resume":
      return "paused";
    default:
      return "person";
  }
}

function longest(moments: readonly string[], nowMs: number): number {
  return Math.max(0, ...moments.map((moment) => (nowMs - epochMsOf(moment)) / 1_000));
}

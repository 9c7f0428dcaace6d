import type { Requester, UpgradeId } from "#src/upgrade/identity.ts";
import type { KnownRunner } from "#src/upgrade/known-runner.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import { currentTrack, ownerOf } from "#src/upgrade/state.ts";
import { planOf } from "#src/slack/views/card.ts";
import type { Names } from "#src/slack/views/names.ts";
import { describeSituation } from "#src/slack/views/situation.ts";
import { withoutRunner } from "#src/slack/views/unserved.ts";
import { withoutMarkup } from "#src/slack/views/without-markup.ts";
import type { HeldLock } from "./command.ts";

/**
 * Answers for programs, as docs/terminal.md describes them. Members are only ever added; what is not there is `null`, so
 * that a program never has to tell a missing member from an absent value.
 */
export type AnswerData =
  | { readonly kind: "status"; readonly upgrades: readonly UpgradeData[]; readonly isCut: boolean }
  | { readonly kind: "list"; readonly upgrades: readonly UpgradeData[]; readonly isCut: boolean }
  | {
      readonly kind: "upgrade";
      readonly upgrade: UpgradeData;
      readonly steps: readonly StepData[];
      readonly events: readonly EventData[];
    }
  | { readonly kind: "runners"; readonly runners: readonly RunnerData[]; readonly unserved: readonly string[] }
  | { readonly kind: "where"; readonly locks: readonly LockData[] }
  | {
      readonly kind: "accepted";
      /** Past tense, e.g. `paused before its next step`. */
      readonly done: string;
      readonly warning: string | null;
      readonly upgrade: UpgradeData;
    }
  | { readonly kind: "record"; readonly id: UpgradeId; readonly files: readonly string[]; readonly events: number }
  | {
      readonly kind: "verification";
      /** `null` for a file that is no record. */
      readonly id: UpgradeId | null;
      readonly isWhole: boolean;
      readonly events: number | null;
      readonly head: string | null;
      readonly problem: string | null;
    }
  /** What has no shape of its own yet. */
  | { readonly kind: "answered"; readonly text: string }
  | { readonly kind: "refused"; readonly code: string; readonly sentence: string; readonly help: string };

/** A process that executes steps, as it registered itself; the record knows whether it lives. */
export interface RunnerData extends Omit<KnownRunner, "problem"> {
  /** Why it takes no step although it lives. */
  readonly problem: string | null;
}

/** Who holds an environment. */
export interface LockData {
  readonly environment: string;
  readonly lock: HeldLock | null;
  readonly upgrade: UpgradeData | null;
  /** Kong's own migration lock, as a runner last saw it. */
  readonly kongLock: { readonly text: string; readonly at: string } | null;
}

/** One upgrade in short; the sentences are those of its card. */
export interface UpgradeData {
  readonly id: UpgradeId;
  readonly environment: string;
  readonly mode: "plan" | "check" | "dry_run";
  readonly status: Upgrade["status"];
  /** How it ended, once it is closed. */
  readonly outcome: string | null;
  readonly isRollingBack: boolean;
  readonly from: string | null;
  readonly to: string;
  readonly strategy: string;
  readonly planDigest: string | null;
  readonly flow: "going" | "paused" | "held" | null;
  /**
   * What people must do before it goes on, e.g. `approval`; `runner` where it is a runner's turn and none is there that may
   * take it; `null` where nobody must do anything.
   */
  readonly waitsFor: string | null;
  readonly alarm: string | null;
  readonly currentStep: {
    readonly id: string;
    readonly title: string;
    readonly state: string;
    readonly attempt: number | null;
    readonly runner: string | null;
  } | null;
  readonly stepsDone: number | null;
  readonly stepsTotal: number | null;
  readonly headline: string;
  readonly next: string;
  readonly whoMustAct: string;
  readonly wayBack: string | null;
  readonly pointOfNoReturn: string | null;
  readonly requestedBy: string;
  readonly owner: string;
  readonly requestedAt: string;
  readonly updatedAt: string;
  /** Number of its newest event. */
  readonly version: number;
}

/** One line of the checklist. */
export interface StepData {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly class: string;
  readonly phase: string;
  readonly targets: readonly string[];
  readonly state: string;
  readonly attempt: number | null;
  readonly runner: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly reason: string | null;
}

export interface EventData {
  readonly version: number;
  readonly at: string;
  readonly type: string;
  readonly by: string;
  /** By which log lines of bot and runners name what caused it. */
  readonly trace: string | null;
}

/** What is known of an upgrade now, by the time of its newest event; `unserved` as for its card. */
export function upgradeData(upgrade: Upgrade, names: Names, unserved?: string): UpgradeData {
  const { id, request, version, updatedAt } = upgrade;
  const situation = withoutRunner(describeSituation(upgrade, names), unserved);
  const active = upgrade.status === "active" ? upgrade : undefined;
  return {
    id,
    environment: request.environment.name,
    mode: request.mode,
    status: upgrade.status,
    outcome: upgrade.status === "closed" ? upgrade.outcome.kind : null,
    isRollingBack: active?.rollback !== undefined,
    ...planData(upgrade),
    flow: active?.flow.kind ?? null,
    waitsFor: unserved === undefined ? waitsFor(upgrade) : "runner",
    alarm: alarmOf(upgrade) ?? null,
    ...progressData(upgrade),
    headline: withoutMarkup(situation.headline),
    next: withoutMarkup(situation.next),
    whoMustAct: withoutMarkup(situation.whoMustAct),
    wayBack: textOrNull(situation.wayBack),
    pointOfNoReturn: textOrNull(situation.pointOfNoReturn),
    requestedBy: personText(request.by),
    owner: personText(ownerOf(upgrade)),
    requestedAt: request.at,
    updatedAt,
    version,
  };
}

function alarmOf(upgrade: Upgrade): string | undefined {
  return upgrade.status === "surveying" || upgrade.status === "active" ? upgrade.alarm : undefined;
}

/** Of the plan in force, or what was asked for where there is none yet. */
function planData(upgrade: Upgrade): Pick<UpgradeData, "from" | "to" | "strategy" | "planDigest"> {
  const plan = planOf(upgrade);
  const { to, strategy } = upgrade.request;
  if (plan === undefined) return { from: null, to, strategy, planDigest: null };
  return { from: plan.from, to: plan.to, strategy: plan.strategy, planDigest: plan.digest };
}

function waitsFor(upgrade: Upgrade): string | null {
  const waits = next(upgrade, upgrade.updatedAt);
  return waits.do === "wait" ? waits.for : null;
}

function progressData(upgrade: Upgrade): Pick<UpgradeData, "currentStep" | "stepsDone" | "stepsTotal"> {
  const track =
    upgrade.status === "active"
      ? currentTrack(upgrade)
      : upgrade.status === "closed"
        ? (upgrade.rollback ?? upgrade.forward)
        : undefined;
  const current = upgrade.status === "active" ? currentStep(upgrade) : undefined;
  const progress = current?.progress;
  return {
    currentStep:
      current === undefined || progress === undefined
        ? null
        : {
            id: current.step.id,
            title: current.step.title,
            state: progress.kind,
            attempt: progress.kind === "waiting" ? null : progress.attempt,
            runner: progress.kind === "running" ? progress.runnerId : null,
          },
    stepsDone: track === undefined ? null : [...track.steps.values()].filter(({ kind }) => kind === "done").length,
    stepsTotal: track === undefined ? (planOf(upgrade)?.steps.length ?? null) : track.plan.steps.length,
  };
}

/** Steps of the plan that counts now, each with how far it came. */
export function stepsData(upgrade: Upgrade): readonly StepData[] {
  const started = upgrade.status === "active" || upgrade.status === "closed" ? upgrade : undefined;
  const track = started?.rollback ?? started?.forward;
  return (planOf(upgrade)?.steps ?? []).map((step, index) => {
    const progress = track?.steps.get(step.id) ?? { kind: "waiting" as const };
    const report = "report" in progress ? progress.report : undefined;
    return {
      number: index + 1,
      id: step.id,
      title: step.title,
      class: step.class,
      phase: step.phase,
      targets: step.targets,
      state: progress.kind,
      attempt: progress.kind === "waiting" ? null : progress.attempt,
      runner: progress.kind === "running" ? progress.runnerId : null,
      startedAt: progress.kind === "running" ? progress.startedAt : null,
      finishedAt: progress.kind === "done" ? progress.finishedAt : null,
      durationMs: report?.durationMs ?? null,
      reason: ("reason" in progress ? progress.reason : report?.reason) ?? null,
    };
  });
}

/** Somebody by the name at that time and the id for ever; an operator at a terminal by account and host. */
export function personText(by: Requester): string {
  if (by.kind === "terminal") return `${by.account} at ${by.host}`;
  const { person } = by;
  return person.kind === "known" ? `${person.name} (${person.userId})` : person.userId;
}

function textOrNull(markup: string | undefined): string | null {
  return markup === undefined ? null : withoutMarkup(markup);
}

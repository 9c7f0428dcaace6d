import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "#src/plan/plan.ts";
import { describeWayBack } from "#src/plan/way-back.ts";
import { acknowledgeStepId, openQuestions } from "#src/upgrade/answers.ts";
import { choicesFor } from "#src/upgrade/choices.ts";
import { holdEndOf } from "#src/upgrade/hold-end.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import { progressOfTrack } from "#src/upgrade/progress.ts";
import { silenceOf } from "#src/upgrade/silence.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Active, Planned, Upgrade, ApprovalRequest } from "#src/upgrade/state.ts";
import { glassBadge } from "./break-glass.ts";
import { ofClosed } from "./closed-situation.ts";
import { goesOnText, holdMood, scheduleHeadline, whoCanLift } from "./calendar-text.ts";
import type { Names } from "./names.ts";
import { partNames, requesterName } from "./names.ts";
import { nodesIn } from "./nodes.ts";
import { pointOfNoReturnOf, progressBar } from "./progress-text.ts";
import { deadlineOf, isBeingCancelled, runningMood } from "./running-step.ts";
import { missingText } from "./standing-text.ts";
import { dateToken, escapeText, escapeWithDates } from "./text.ts";

/** What the card says, in mrkdwn lines that notify nobody. */
export interface Situation {
  /** Where we are. */
  readonly headline: string;
  readonly next: string;
  /** Who must act; the words "nobody" where the machine goes on by itself. */
  readonly whoMustAct: string;
  /** How to go back from here and what that costs; undefined where nothing was begun. */
  readonly wayBack?: string;
  readonly pointOfNoReturn?: string;
  readonly bar?: string;
  /** How many nodes of several are done, and which are being worked on. */
  readonly nodes?: string;
  /** When the running step is cut off at the latest. */
  readonly deadline?: string;
}

/** Where an upgrade is, what comes next, who must act, and how to go back: the answers that a card always gives. */
export function describeSituation(upgrade: Upgrade, names: Names): Situation {
  const situation = ofStatus(upgrade, names);
  const badge = glassBadge(upgrade);
  return badge === undefined ? situation : { ...situation, headline: `${situation.headline}\n${badge}` };
}

function ofStatus(upgrade: Upgrade, names: Names): Situation {
  switch (upgrade.status) {
    case "surveying":
      return {
        headline:
          upgrade.alarm === undefined
            ? "🔎 Looking at the installation"
            : "🚨 The installation is not looked at: the alarm in the thread says why",
        next: {
          plan: "the plan, in the thread",
          check: "the findings, in the thread",
          dry_run: "the plan, in the thread; nothing of it can be started",
        }[upgrade.request.mode],
        whoMustAct:
          upgrade.alarm === undefined
            ? "nobody; a runner reads the installation and changes nothing"
            : `${operators(upgrade, names)}, who reads the alarm in the thread and removes its cause, or aborts`,
      };
    case "planned":
      return {
        headline:
          scheduleHeadline(upgrade, names) ?? `📋 Planned: ${upgrade.plan.steps.length} steps, nothing was changed yet`,
        next:
          upgrade.schedule === undefined
            ? `read the plan in the thread${questionsHint(upgrade, ",")}, then press Start. The first step: ${firstStep(upgrade)}`
            : `the start, after one more look${questionsHint(upgrade, "; meanwhile")}. The first step: ${firstStep(upgrade)}`,
        whoMustAct:
          upgrade.schedule === undefined
            ? operators(upgrade, names)
            : "nobody; Start starts it now, Unschedule takes the time back",
        wayBack: "Nothing was started, so there is nothing to undo — costs nothing",
        ...pointOfNoReturnOf(upgrade.plan),
      };
    case "active":
      return ofActive(upgrade, names);
    case "closed":
      return ofClosed(upgrade);
    default:
      return unreachable(upgrade);
  }
}

function firstStep({ plan }: Planned): string {
  return titleOf(plan.steps[0]?.title ?? "");
}

function ofActive(upgrade: Active, names: Names): Situation {
  const track = currentTrack(upgrade);
  const current = currentStep(upgrade);
  const { steps } = track.plan;
  // All steps before the one whose turn it is are done, and none after it.
  const done = track.turn;
  const place = current === undefined ? "" : `step ${done + 1} of ${steps.length}: *${titleOf(current.step.title)}*`;
  const back = describeWayBack(track.plan, progressOfTrack(track));
  return {
    ...deadlineOf(current),
    ...nodesIn(track),
    headline: `${upgrade.rollback === undefined ? "" : "↩️ Rolling back. "}${mood(upgrade)} ${place}${stoppedBy(upgrade)}`,
    bar: progressBar(done, steps.length),
    next: nextStepTitle(upgrade),
    whoMustAct: whoMustAct(upgrade, names),
    wayBack: `${escapeWithDates(back.sentence, 500)} — ${escapeWithDates(back.price, 300)}`,
    ...pointOfNoReturnOf(track.plan, track),
  };
}

function mood(upgrade: Active): string {
  return progressMood(upgrade) ?? flowMood(upgrade);
}

function progressMood(upgrade: Active): string | undefined {
  const progress = currentStep(upgrade)?.progress;
  if (progress?.kind === "failed") return progress.cancel === undefined ? "❌ Failed at" : "✂️ Cancelled at";
  if (progress?.kind === "unknown") return "❔ Outcome unknown at";
  if (progress?.kind === "running") return runningMood(upgrade, progress);
  return undefined;
}

function flowMood(upgrade: Active): string {
  if (upgrade.drift !== undefined) return "🧊 Configuration was written during the freeze; stopped before";
  if (upgrade.lookFailure?.state === "asked")
    return "🧊 Nobody could look whether configuration was written; stopped before";
  if (upgrade.alarm !== undefined) return "🚨 Stopped by an alarm before";
  if (upgrade.flow.kind === "paused") return "⏸️ Paused before";
  if (upgrade.flow.kind === "held") return "✋ On hold at";
  const waits = next(upgrade, upgrade.updatedAt);
  if (waits.do === "wait" && waits.for === "calendar") return holdMood(waits.hold.kind);
  if (waits.do === "wait" && waits.for === "window") return holdMood("window");
  return approvalMood(currentApproval(upgrade));
}

function approvalMood(approval: ApprovalRequest | undefined): string {
  const outcome = approval?.outcome.kind;
  switch (outcome) {
    case "open":
      return "🔐 Waiting for approval of";
    case "refused":
      return "🚫 Rejected:";
    case "expired":
      return "⌛ Approval expired for";
    case "cancelled":
      return "⏹️ Request taken back:";
    case "granted":
    case "consumed":
    case undefined:
      return "▶️ At";
    default:
      return unreachable(outcome);
  }
}

/** Who stopped it, because that is who can say when it may go on. */
function stoppedBy({ flow }: Active): string {
  switch (flow.kind) {
    case "going":
      return "";
    case "paused":
      return `\nPaused by ${requesterName(flow.by)}${flow.reason === "" ? "" : `: ${escapeText(flow.reason)}`}`;
    case "held":
      return `\nPut on hold by ${requesterName(flow.by)}`;
    default:
      return unreachable(flow);
  }
}

function whoMustAct(upgrade: Active, names: Names): string {
  const waits = next(upgrade, upgrade.updatedAt);
  if (waits.do !== "wait" && waits.do !== "watch" && upgrade.alarm !== undefined) {
    return `${operators(upgrade, names)}, who reads the alarm in the thread, removes its cause, rolls back or aborts`;
  }
  if (silenceOf(upgrade) !== undefined)
    return `whoever looks after the runner's machine, who lets it go on or ends it as the thread says; ${operators(upgrade, names)} sees to it`;
  if (isBeingCancelled(currentStep(upgrade)))
    return `nobody now; when its processes are gone, ${operators(upgrade, names)}, who chooses in the thread`;
  if (waits.do !== "wait") return "nobody; it goes on by itself";
  switch (waits.for) {
    case "approval":
      return approvers(upgrade, names);
    case "confirmation": {
      const open = waits.step?.id === acknowledgeStepId ? openCount(upgrade.forward.plan, upgrade) : undefined;
      return `${operators(upgrade, names)}, who ${open === undefined ? "" : `answers ${open}, `}does the step and confirms it in the thread`;
    }
    case "decision":
      return `${operators(upgrade, names)}, who chooses in the thread`;
    case "window":
      return `nobody; its policy lets it start only in a window, and none is open. ${goesOnText(holdEndOf(upgrade, upgrade.updatedAt) ?? {})}`;
    case "calendar":
      return whoCanLift(waits.hold, upgrade, names);
    case "resume":
    case "start":
    case "schedule":
      return `${operators(upgrade, names)}, who resumes it${besides(upgrade, names)}`;
    default:
      return unreachable(waits);
  }
}

/** `2 open questions`; undefined when all have an answer. */
function openCount({ findings }: Plan, { answers }: Upgrade): string | undefined {
  const open = openQuestions(findings, answers).length;
  return open === 0 ? undefined : countOf(open, "open question");
}

function questionsHint(upgrade: Planned, joint: string): string {
  const open = openCount(upgrade.plan, upgrade);
  return open === undefined ? "" : `${joint} answer its ${open}`;
}

function approvers(upgrade: Active, names: Names): string {
  const approval = currentApproval(upgrade);
  if (approval === undefined) return "nobody";
  return `${missingText(approval, names)}, until ${dateToken(approval.expiresAt)}`;
}

/** A pause stops the machine and not the approvers. */
function besides(upgrade: Active, names: Names): string {
  return currentApproval(upgrade)?.outcome.kind === "open"
    ? `; its approval is still missing: ${approvers(upgrade, names)}`
    : "";
}

function currentApproval(upgrade: Active): ApprovalRequest | undefined {
  const progress = currentStep(upgrade)?.progress;
  return progress?.kind === "ready" ? progress.approval : undefined;
}

/** Who may operate the environment, without notifying anybody. */
function operators(upgrade: Upgrade, names: Names): string {
  const { users, groups } = upgrade.request.environment.operators;
  if (users.length === 0 && groups.length === 0) return "any full member";
  return `an operator (${partNames({ users, groups }, names)})`;
}

function nextStepTitle(upgrade: Active): string {
  const track = currentTrack(upgrade);
  const current = currentStep(upgrade);
  if (choicesFor(upgrade).length > 0)
    return "nothing until somebody chooses: the choices and what each does stand in the thread";
  if (isBeingCancelled(current))
    return "nothing: when the processes of the step are gone, somebody chooses how to go on";
  if (upgrade.flow.kind !== "going") return `${titleOf(current?.step.title ?? "")}, once somebody resumes`;
  const following = track.plan.steps[track.turn + 1];
  return following === undefined ? "the end: the record is closed" : titleOf(following.title);
}

/** `1 finding`, `3 findings` */
function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function titleOf(title: string): string {
  return escapeText(title, 120);
}

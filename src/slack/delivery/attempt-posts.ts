import { asDeclared } from "#src/plan/hook-of.ts";
import { acknowledgeStepId } from "#src/upgrade/answers.ts";
import { choicesFor } from "#src/upgrade/choices.ts";
import type { Choice } from "#src/upgrade/choices.ts";
import { isStoppedByDrift } from "#src/upgrade/drift.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { ownerOf } from "#src/upgrade/state.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { approvalCard } from "#src/slack/views/approval.ts";
import { liveState } from "#src/slack/views/gate.ts";
import type { Gate } from "#src/slack/views/gate.ts";
import { failurePrompt } from "#src/slack/views/failure.ts";
import type { FailureChoice } from "#src/slack/views/failure.ts";
import { manualStepPrompt } from "#src/slack/views/manual-step.ts";
import type { Names } from "#src/slack/views/names.ts";
import { policyMentions, requesterMention } from "#src/slack/views/names.ts";
import { decisionRemarks } from "#src/slack/views/questions.ts";
import { stepLine } from "#src/slack/views/step-line.ts";
import { attemptKey } from "./attempts.ts";
import type { Attempt } from "./attempts.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import type { LiveTail } from "./live-tails.ts";
import { nudgePosts } from "./nudge-posts.ts";
import type { Story } from "./story.ts";

/**
 * What the thread shows of one attempt. Of one that is not current this rests on the attempt alone, on what approvers were
 * told of it, and on what a thread takes for its ground (thread.ts).
 */
export function attemptPosts(
  { upgrade, said }: Story,
  attempt: Attempt,
  { names, live }: { readonly names: Names; readonly live: LiveTail | undefined },
): readonly DesiredPost[] {
  const nudged = { upgrade, attempt, isWithdrawn: !isCurrent(upgrade, attempt) };
  return [
    ...approvalPosts(upgrade, attempt, names),
    ...manualPosts(upgrade, attempt),
    ...failurePosts(upgrade, attempt),
    ...linePosts(attempt, live),
    ...nudgePosts(nudged, said.nudgesOf(attemptKey(attempt.step.id, attempt.attempt)), names),
  ];
}

/** By its key, the attempt whose turn it is: the only one whose messages say what can be done now. */
export function currentAttempt(upgrade: Upgrade): string | undefined {
  const current = upgrade.status === "active" ? currentStep(upgrade) : undefined;
  if (current === undefined || current.progress.kind === "waiting") return undefined;
  return attemptKey(current.step.id, current.progress.attempt);
}

function keyOf(kind: string, { step, attempt }: Attempt): string {
  return `${kind}-${step.id}-${attempt}`;
}

function isCurrent(upgrade: Upgrade, { step, attempt, track }: Attempt): boolean {
  if (upgrade.status !== "active") return false;
  const current = currentStep(upgrade);
  return (
    current?.step.id === step.id &&
    current.progress.kind !== "waiting" &&
    current.progress.attempt === attempt &&
    (upgrade.rollback ?? upgrade.forward).plan.digest === track.plan.digest
  );
}

function approvalPosts(upgrade: Upgrade, attempt: Attempt, names: Names): readonly DesiredPost[] {
  const gate = gateOf(upgrade, attempt);
  if (gate === undefined || attempt.askedAt === undefined) return [];
  const isOpen = liveState(gate) === "open";
  return [
    post(
      {
        key: keyOf("approval", attempt),
        order: attempt.askedAt + 0.1,
        urgency: isOpen ? "approval" : "line",
        isPrompt: true,
        mentions: isOpen ? policyMentions(gate.approval.policy) : [],
      },
      approvalCard(gate, names),
    ),
  ];
}

function gateOf(upgrade: Upgrade, attempt: Attempt): Gate | undefined {
  const { approval, step, track, attempt: number } = attempt;
  if (approval === undefined) return undefined;
  const { environment, rehearsal } = upgrade.request;
  const done = track.steps.get(acknowledgeStepId);
  const brokenGlass = upgrade.brokenGlass.findLast((each) => each.stepId === step.id && each.attempt === number);
  return {
    upgradeId: upgrade.id,
    plan: track.plan,
    step,
    attempt: number,
    approval,
    isWithdrawn: !isCurrent(upgrade, attempt),
    ...(brokenGlass === undefined ? {} : { brokenGlass }),
    known: {
      answers: upgrade.answers,
      ...(done?.kind === "done" ? { acknowledged: { by: done.by, at: done.finishedAt } } : {}),
      preproduction: environment.preproduction,
      rehearsal,
    },
    asOf: upgrade.updatedAt,
  };
}

function manualPosts(upgrade: Upgrade, attempt: Attempt): readonly DesiredPost[] {
  const { manualAt, step, track, progress } = attempt;
  if (manualAt === undefined || step.action.kind !== "manual") return [];
  const isGoing = upgrade.status === "active" && upgrade.flow.kind === "going";
  const outcome = progress.approval?.outcome.kind;
  const isWaiting =
    isGoing &&
    !isStoppedByDrift(upgrade) &&
    isCurrent(upgrade, attempt) &&
    progress.kind === "ready" &&
    (outcome === undefined || outcome === "granted");
  const content = manualStepPrompt({
    upgradeId: upgrade.id,
    plan: track.plan,
    step,
    instruction: step.action.instruction,
    button: step.action.button,
    progress,
    isWaiting,
    remarks: step.id === acknowledgeStepId ? decisionRemarks(track.plan.findings, upgrade.answers) : [],
  });
  const mentions = isWaiting ? requesterMention(ownerOf(upgrade)) : [];
  const urgency = isWaiting ? "failure" : "line";
  return [post({ key: keyOf("manual", attempt), order: manualAt + 0.2, urgency, isPrompt: true, mentions }, content)];
}

function linePosts(attempt: Attempt, live: LiveTail | undefined): readonly DesiredPost[] {
  const { startedAt, step, track, number, progress } = attempt;
  if (startedAt === undefined || step.action.kind === "manual") return [];
  const isWayBack = track.plan.kind === "rollback";
  const total = track.plan.steps.length;
  const isLive = progress.kind === "running" && live?.stepId === step.id && live.attempt === attempt.attempt;
  const liveTail = isLive ? live.lines : [];
  const tally = isLive ? live.tally : undefined;
  const urgency = liveTail.length > 0 || tally !== undefined ? "tail" : "line";
  return [
    post(
      { key: keyOf("step", attempt), order: startedAt + 0.3, urgency },
      stepLine({ number, total, step, progress, isWayBack, liveTail, tally }),
    ),
  ];
}

function failurePosts(upgrade: Upgrade, attempt: Attempt): readonly DesiredPost[] {
  const { troubledAt, step, track, progress } = attempt;
  if (troubledAt === undefined) return [];
  const isOpen = upgrade.status === "active" && isCurrent(upgrade, attempt);
  const choices = isOpen ? choicesFor(upgrade).filter((choice) => isOfFailure(choice, progress)) : [];
  const isHeld = isOpen && upgrade.flow.kind === "held";
  const { plan } = track;
  const judged = asDeclared(step, upgrade.request.environment.hooks);
  const content = failurePrompt({ upgradeId: upgrade.id, plan, track, step: judged, progress, choices, isHeld });
  const mentions = choices.length > 0 && !isHeld ? requesterMention(ownerOf(upgrade)) : [];
  const urgency = choices.length > 0 || progress.kind === "unknown" ? "failure" : "line";
  return [
    post({ key: keyOf("failure", attempt), order: troubledAt + 0.4, urgency, isPrompt: true, mentions }, content),
  ];
}

/** What belongs to a write during the freeze is offered by the prompt about it. */
function isOfFailure(choice: Choice, progress: Attempt["progress"]): choice is FailureChoice {
  if (choice === "accept_drift" || choice === "waive_look") return false;
  return choice !== "look_again" || progress.kind === "unknown";
}

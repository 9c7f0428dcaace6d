import type { Instant } from "#src/kernel/instant.ts";
import { no, ok, unreachable } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { answerQuestion } from "./decide-answer.ts";
import { beginScheduled, liftHold, reportCalendar, scheduleStart, unschedule } from "./decide-calendar.ts";
import { recheckApproval, vote } from "./decide-approval.ts";
import { acceptDrift, reportDrift, reportLookFailed, reportNoDrift, waiveLook } from "./decide-drift.ts";
import { breakGlass, cancelRequest, remind, withdrawVote } from "./decide-gate.ts";
import { delegateVote, endDelegation, handOver, reviewBreakGlass } from "./decide-people.ts";
import { cancelStep } from "./decide-cancel.ts";
import { abort, hold, pause, request, resume, rollBack, start } from "./decide-flow.ts";
import {
  confirmManualStep,
  countAsDone,
  finishStep,
  lookAgain,
  reportEvidence,
  reportLateResult,
  reportRunnerLost,
  retry,
  startStep,
} from "./decide-step.ts";
import { reportRunnerHeard, reportRunnerSilent } from "./decide-silence.ts";
import { releaseLock } from "./decide-release.ts";
import { evolve } from "./evolve.ts";
import type { UpgradeEvent } from "./events.ts";
import { followUps } from "./follow-ups.ts";
import type { UpgradeId } from "./identity.ts";
import type { Intent } from "./intents.ts";
import { authorise } from "./authorise.ts";
import { refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import type { Upgrade } from "./state.ts";

/** What a decision may know besides state and intent; both come from the edge. */
export interface Context {
  readonly upgradeId: UpgradeId;
  readonly now: Instant;
}

export type Decision = Result<readonly UpgradeEvent[], Refusal>;

/**
 * The brain: what happens when somebody asks for something. Events that follow by themselves (a plan from a survey, a
 * gate from a step's turn, the end from the last step) are part of the same answer, so no process has to be alive for them.
 */
export function decide(upgrade: Upgrade | undefined, intent: Intent, context: Context): Decision {
  const decision = decideIntent(upgrade, intent, context);
  return decision.ok ? ok(withFollowUps(upgrade, decision.value, context)) : decision;
}

function decideIntent(upgrade: Upgrade | undefined, intent: Intent, context: Context): Decision {
  if (intent.intent === "request") return request(upgrade, intent);
  if (upgrade === undefined) {
    return no(
      refuse("not_found", `There is no upgrade ${context.upgradeId}.`, "`/kong-upgrade status` lists the open ones."),
    );
  }
  if (intent.intent === "add_note") return ok([{ type: "note_added", by: intent.by, text: intent.text }]);
  if (intent.intent === "raise_alarm") return ok([{ type: "alarm_raised", what: intent.what }]);
  if (intent.intent === "report_late_result") return reportLateResult(upgrade, intent);
  if (intent.intent === "review_break_glass") return reviewBreakGlass(upgrade, intent);
  if (upgrade.status === "closed") {
    return intent.intent === "tick"
      ? ok([])
      : no(
          refuse(
            "closed",
            `${upgrade.id} is closed; nothing can change it.`,
            "Plan a new upgrade with `/kong-upgrade plan`.",
          ),
        );
  }
  const refusal = "by" in intent ? authorise(upgrade, intent) : undefined;
  return refusal === undefined ? decideOpen(upgrade, intent, context) : no(refusal);
}

type OpenUpgrade = Exclude<Upgrade, { status: "closed" }>;
type OpenIntent = Exclude<
  Intent,
  { intent: "request" | "add_note" | "raise_alarm" | "report_late_result" | "review_break_glass" }
>;

function decideOpen(upgrade: OpenUpgrade, intent: OpenIntent, context: Context): Decision {
  switch (intent.intent) {
    case "tick":
      return ok([]);
    case "report_survey":
      return upgrade.status === "surveying"
        ? ok([{ type: "survey_reported", facts: intent.facts }])
        : no(refuse("already_done", `${upgrade.id} was already looked at.`, "Nothing to do."));
    case "start":
      return start(upgrade, intent, context.now);
    case "schedule_start":
      return scheduleStart(upgrade, intent, context.now);
    case "unschedule":
      return unschedule(upgrade, intent);
    case "begin_scheduled":
      return beginScheduled(upgrade, intent, context.now);
    case "report_calendar":
      return reportCalendar(upgrade, intent);
    case "lift_hold":
      return liftHold(upgrade, intent, context.now);
    case "abort":
      return abort(upgrade, intent);
    case "release_lock":
      return releaseLock(upgrade, intent);
    case "answer_question":
      return answerQuestion(upgrade, intent);
    case "delegate_vote":
      return delegateVote(upgrade, intent, context.now);
    case "end_delegation":
      return endDelegation(upgrade, intent, context.now);
    case "hand_over":
      return handOver(upgrade, intent);
    default:
      return upgrade.status === "active"
        ? decideActive(upgrade, intent, context)
        : no(refuse("not_now", `${upgrade.id} has not been started.`, "Start it with `/kong-upgrade start`."));
  }
}

type ActiveIntent = Exclude<
  OpenIntent,
  {
    intent:
      | "tick"
      | "report_survey"
      | "start"
      | "schedule_start"
      | "unschedule"
      | "begin_scheduled"
      | "report_calendar"
      | "lift_hold"
      | "release_lock"
      | "abort"
      | "answer_question"
      | "delegate_vote"
      | "end_delegation"
      | "hand_over";
  }
>;

function decideActive(
  upgrade: Extract<Upgrade, { status: "active" }>,
  intent: ActiveIntent,
  { now }: Context,
): Decision {
  switch (intent.intent) {
    case "vote":
      return vote(upgrade, intent, now);
    case "recheck_approval":
      return recheckApproval(upgrade, intent, now);
    case "withdraw_vote":
      return withdrawVote(upgrade, intent, now);
    case "cancel_request":
      return cancelRequest(upgrade, intent, now);
    case "remind":
      return remind(upgrade, intent, now);
    case "break_glass":
      return breakGlass(upgrade, intent, now);
    case "start_step":
      return startStep(upgrade, intent, now);
    case "cancel_step":
      return cancelStep(upgrade, intent);
    case "finish_step":
      return finishStep(upgrade, intent);
    case "report_runner_lost":
      return reportRunnerLost(upgrade, intent);
    case "report_runner_silent":
      return reportRunnerSilent(upgrade, intent);
    case "report_runner_heard":
      return reportRunnerHeard(upgrade, intent);
    case "report_evidence":
      return reportEvidence(upgrade, intent);
    case "report_drift":
      return reportDrift(upgrade, intent, now);
    case "report_no_drift":
      return reportNoDrift(upgrade, intent, now);
    case "accept_drift":
      return acceptDrift(upgrade, intent);
    case "report_look_failed":
      return reportLookFailed(upgrade, intent, now);
    case "waive_look":
      return waiveLook(upgrade, intent);
    case "count_as_done":
      return countAsDone(upgrade, intent);
    case "look_again":
      return lookAgain(upgrade, intent);
    case "retry":
      return retry(upgrade, intent, now);
    case "confirm_manual_step":
      return confirmManualStep(upgrade, intent, now);
    case "pause":
      return pause(upgrade, intent);
    case "resume":
      return resume(upgrade, intent);
    case "hold":
      return hold(upgrade, intent);
    case "roll_back":
      return rollBack(upgrade, intent);
    default:
      return unreachable(intent);
  }
}

/** More rounds than any chain of consequences has (survey → plan; vote → granted; last step → closed). */
const maxRounds = 8;

function withFollowUps(
  before: Upgrade | undefined,
  events: readonly UpgradeEvent[],
  context: Context,
): readonly UpgradeEvent[] {
  const all: UpgradeEvent[] = [];
  let state = before;
  let pending = events;
  for (let round = 0; round < maxRounds; round += 1) {
    for (const event of pending) {
      const version = (state?.version ?? 0) + 1;
      state = evolve(state, { upgradeId: context.upgradeId, version, at: context.now, event });
      all.push(event);
    }
    if (state === undefined) return all;
    pending = followUps(state, context.now);
    if (pending.length === 0) return all;
  }
  throw new Error(`the consequences of an intent on ${context.upgradeId} do not end`);
}

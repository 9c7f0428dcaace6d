import { shortDigest } from "#src/kernel/digest.ts";
import { unreachable } from "#src/kernel/result.ts";
import { isCalendarEvent, isDriftEvent } from "#src/upgrade/events.ts";
import type { DriftEvent, EventOf, RecordedEvent } from "#src/upgrade/events.ts";
import { context, section } from "./blocks.ts";
import { calendarLine } from "./calendar-text.ts";
import type { Content } from "./blocks.ts";
import { voteHow, voteMark, voteReason } from "./gate-votes.ts";
import { personName, requesterName } from "./names.ts";
import type { Names } from "./names.ts";
import { dateToken, escapeText, quoted } from "./text.ts";
import { voidedText } from "./voided-vote.ts";

/** A line of the thread for events that have no message of their own; undefined where another message tells it. */
export function eventLine(
  { event, upgradeId }: RecordedEvent,
  stepTitle: (stepId: string) => string,
  names: Names,
): Content | undefined {
  if (event.type === "step_held_back") return undefined;
  if (isDriftEvent(event)) return driftLine(event, stepTitle);
  if (isCalendarEvent(event)) return line(calendarLine(event, stepTitle, names));
  switch (event.type) {
    case "ballot_withdrawn":
    case "glass_broken":
    case "break_glass_reviewed":
    case "vote_delegated":
    case "delegation_ended":
    case "upgrade_handed_over":
    case "lock_released":
      return line(peopleText(event, stepTitle));
    case "upgrade_started":
      return line(startedText(event));
    case "ballot_cast": {
      const { ballot } = event;
      const said = ballot.decision === "approve" ? "approved" : "rejected";
      return line(
        `${voteMark(ballot)} ${personName(ballot.voter)} ${said} “${stepTitle(event.stepId)}”${voteHow(ballot)} (digest \`${shortDigest(ballot.digest)}\`)${voteReason(ballot)}`,
      );
    }
    case "approval_voided":
      return line(voidedText(event, stepTitle(event.stepId)));
    case "runner_heard":
    case "step_cancel_requested":
    case "result_came_late":
    case "step_counted_as_done":
    case "evidence_requested":
    case "step_retried":
      return line(stepText(event, stepTitle(event.stepId)));
    case "upgrade_paused":
    case "upgrade_resumed":
    case "upgrade_held":
      return line(flowText(event));
    case "rollback_started":
      return line(`↩️ The way back was begun by ${requesterName(event.by)}: ${event.plan.steps.length} steps`);
    case "note_added":
      return line(`📝 ${requesterName(event.by)}:${quoted(event.text, 2_500)}`);
    case "alarm_raised":
      return line(`🚨 *Alarm:* ${escapeText(event.what, 1_000)}`);
    case "upgrade_aborted":
      return line(
        `⏹️ Aborted by ${requesterName(event.by)}${event.reason === "" ? "" : `: ${escapeText(event.reason)}`}`,
      );
    case "upgrade_completed":
      return line(`✅ *${upgradeId} is completed.* Every step is proven or confirmed by name; the record is closed.`);
    case "upgrade_rolled_back":
      return line(
        `↩️ *${upgradeId} is rolled back.* Every step of the way back is proven or confirmed by name; the record is closed.`,
      );
    case "upgrade_requested":
    case "survey_reported":
    case "plan_refused":
    case "check_completed":
    case "plan_made":
    case "approval_requested":
    case "approval_granted":
    case "approval_refused":
    case "approval_expired":
    case "approval_cancelled":
    case "approvers_reminded":
    case "approval_signed":
    case "step_started":
    case "step_finished":
    case "runner_silent":
    case "runner_lost":
    case "evidence_collected":
    case "manual_step_confirmed":
    case "question_answered":
      // Told by the card, the plan, its questions, the approval card, the step's own line or the failure prompt.
      return undefined;
  }
}

function releasedText({ by, reason, unsettled }: EventOf<"lock_released">): string {
  const although =
    unsettled === undefined
      ? ""
      : ` Step ${escapeText(unsettled.stepId, 80)} was ${unsettled.state === "running" ? "running" : "of unknown outcome"} then, and that was said to be settled otherwise.`;
  return `🔓 ${requesterName(by)} released the lock of environment and database: ${escapeText(reason, 1_000)}.${although} Nothing was undone.`;
}

function startedText({ by, scheduledFor, planDigest }: EventOf<"upgrade_started">): string {
  const when = scheduledFor === undefined ? "" : `, as scheduled for ${dateToken(scheduledFor)}`;
  return `🚀 Started by ${requesterName(by)}${when}, plan \`${shortDigest(planDigest)}\``;
}

function flowText(event: EventOf<"upgrade_paused" | "upgrade_resumed" | "upgrade_held">): string {
  switch (event.type) {
    case "upgrade_paused":
      return `⏸️ Paused by ${requesterName(event.by)}${event.reason === "" ? "" : `: ${escapeText(event.reason)}`}. A running step is not interrupted.`;
    case "upgrade_resumed":
      return `▶️ Resumed by ${requesterName(event.by)}`;
    case "upgrade_held":
      return `✋ Put on hold by ${requesterName(event.by)}`;
    default:
      return unreachable(event);
  }
}

type StepChange = EventOf<
  | "runner_heard"
  | "step_cancel_requested"
  | "result_came_late"
  | "step_counted_as_done"
  | "evidence_requested"
  | "step_retried"
>;

/** What became of a step besides its own line; the title is escaped. */
function stepText(event: StepChange, title: string): string {
  switch (event.type) {
    case "runner_heard":
      return `🔊 Runner ${escapeText(event.runnerId, 80)} gives signs of life again; “${title}” goes on.`;
    case "step_cancel_requested":
      return `✂️ ${requesterName(event.by)} cancels “${title}” while it runs: ${escapeText(event.reason, 500)}. Its result tells what came of it.`;
    case "result_came_late":
      return `📮 The result of “${title}” (attempt ${event.attempt}) came late from ${escapeText(event.runnerId, 80)}, when somebody had decided without it: *${event.report.outcome}*, ${escapeText(event.report.reason, 600)}. It changes nothing by itself; compare it with what was decided.`;
    case "step_counted_as_done":
      return `☑️ ${requesterName(event.by)} counts “${title}” as done: ${escapeText(event.note, 500)}`;
    case "evidence_requested":
      return `🔎 ${requesterName(event.by)} asks to look at “${title}” again`;
    case "step_retried":
      return `🔁 ${requesterName(event.by)} retries “${title}”, attempt ${event.attempt}`;
    default:
      return unreachable(event);
  }
}

type PeopleEvent = EventOf<
  | "ballot_withdrawn"
  | "glass_broken"
  | "break_glass_reviewed"
  | "vote_delegated"
  | "delegation_ended"
  | "upgrade_handed_over"
  | "lock_released"
>;

/** What people agreed among themselves, or took back. */
function peopleText(event: PeopleEvent, stepTitle: (stepId: string) => string): string {
  switch (event.type) {
    case "ballot_withdrawn":
      return `↪️ ${personName(event.by)} took their vote on “${stepTitle(event.stepId)}” back`;
    case "glass_broken":
      return `🔨 *Glass broken:* ${personName(event.by)} lets “${stepTitle(event.stepId)}” start without its approval (${escapeText(event.incident, 100)}): ${escapeText(event.reason, 1_000)}`;
    case "break_glass_reviewed":
      return `🔍 Reviewed by ${requesterName(event.by)}: ${escapeText(event.note, 1_000)}`;
    case "vote_delegated":
      return `🤝 ${personName(event.to)} votes in the place of ${personName(event.from)} until ${dateToken(event.until)}`;
    case "delegation_ended":
      return `🤝 ${personName(event.to)} does not vote in the place of ${personName(event.from)} any more`;
    case "upgrade_handed_over":
      return `🙋 ${requesterName(event.to)} runs this upgrade from now on, instead of ${requesterName(event.from)} (handed over by ${requesterName(event.by)})`;
    case "lock_released":
      return releasedText(event);
    default:
      return unreachable(event);
  }
}

/** What people said to a write during the freeze; what was found has a prompt of its own. */
function driftLine(event: DriftEvent, stepTitle: (stepId: string) => string): Content | undefined {
  switch (event.type) {
    case "drift_found":
    case "drift_not_found":
    case "drift_look_failed":
      return undefined;
    case "drift_accepted":
      return line(
        `🧊 ${requesterName(event.by)} goes on with the configuration that was changed during the freeze: ${escapeText(event.reason, 500)}`,
      );
    case "drift_look_waived":
      return line(
        `🧊 ${requesterName(event.by)} lets “${stepTitle(event.beforeStep)}” start although nobody could look whether configuration was written: ${escapeText(event.reason, 500)}`,
      );
    case "drift_look_requested":
      return line(
        `🔎 ${requesterName(event.by)} asks to look at the configuration again before “${stepTitle(event.beforeStep)}”`,
      );
    default:
      return unreachable(event);
  }
}

/** The head of the record at a milestone, so that the thread witnesses it (design invariant 12). */
export function headLine(event: RecordedEvent, milestone: string): Content {
  return {
    text: `Record of ${event.upgradeId} ${milestone}: event ${event.version}, head ${event.hash}`,
    blocks: [
      context(
        `🔗 Record ${milestone}: event ${event.version}, head \`${shortDigest(event.hash)}\``,
        `\`${event.hash}\``,
      ),
    ],
  };
}

function line(markup: string): Content {
  return { text: markup.replaceAll("*", ""), blocks: [section(markup)] };
}

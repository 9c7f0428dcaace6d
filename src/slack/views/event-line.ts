import { shortDigest } from "#src/kernel/digest.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { context, section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { requesterName } from "./names.ts";
import { escapeText } from "./text.ts";

/** A line of the thread for events that have no message of their own; undefined where another message tells it. */
export function eventLine(
  { event, upgradeId }: RecordedEvent,
  stepTitle: (stepId: string) => string,
): Content | undefined {
  switch (event.type) {
    case "upgrade_started":
      return line(`🚀 Started by ${requesterName(event.by)}, plan \`${shortDigest(event.planDigest)}\``);
    case "ballot_cast": {
      const { voter, decision, digest } = event.ballot;
      const who = escapeText(voter.kind === "known" ? voter.name : voter.userId, 60);
      return line(
        `${decision === "approve" ? "👍" : "👎"} ${who} ${decision === "approve" ? "approved" : "rejected"} “${stepTitle(event.stepId)}” (digest \`${shortDigest(digest)}\`)`,
      );
    }
    case "approval_voided":
      return line(
        `♻️ Approval of “${stepTitle(event.stepId)}” is open again: at the second look a vote did not count any more (${escapeText(event.reason, 200)})`,
      );
    case "step_counted_as_done":
      return line(
        `☑️ ${requesterName(event.by)} counts “${stepTitle(event.stepId)}” as done: ${escapeText(event.note, 500)}`,
      );
    case "evidence_requested":
      return line(`🔎 ${requesterName(event.by)} asks to look at “${stepTitle(event.stepId)}” again`);
    case "step_retried":
      return line(`🔁 ${requesterName(event.by)} retries “${stepTitle(event.stepId)}”, attempt ${event.attempt}`);
    case "upgrade_paused":
      return line(
        `⏸️ Paused by ${requesterName(event.by)}${event.reason === "" ? "" : `: ${escapeText(event.reason)}`}. A running step is not interrupted.`,
      );
    case "upgrade_resumed":
      return line(`▶️ Resumed by ${requesterName(event.by)}`);
    case "upgrade_held":
      return line(`✋ Put on hold by ${requesterName(event.by)}`);
    case "rollback_started":
      return line(`↩️ The way back was begun by ${requesterName(event.by)}: ${event.plan.steps.length} steps`);
    case "note_added":
      return line(`📝 ${requesterName(event.by)}: ${escapeText(event.text, 2_500)}`);
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
    case "approval_signed":
    case "step_started":
    case "step_finished":
    case "runner_lost":
    case "evidence_collected":
    case "manual_step_confirmed":
    case "question_answered":
      // Told by the card, the plan, its questions, the approval card, the step's own line or the failure prompt.
      return undefined;
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

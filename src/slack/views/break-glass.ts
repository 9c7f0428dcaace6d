import { shortDigest } from "#src/kernel/digest.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { EventOf } from "#src/upgrade/events.ts";
import { reviewStateOf } from "#src/upgrade/review.ts";
import type { ApprovalRequest, BrokenGlass, Upgrade } from "#src/upgrade/state.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { digestPrefix, encodeValue, modalIds, reviewAction } from "#src/slack/actions.ts";
import { actions, button, context, section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { codeInput, dialog, environmentInput, inputBlocks, textInput, wordsInput } from "./dialog.ts";
import type { Dialog } from "./dialog.ts";
import { personName, requesterName } from "./names.ts";
import type { Names } from "./names.ts";
import { actionLines, classText, placeOf } from "./step-text.ts";
import { dateToken, escapeText } from "./text.ts";

const maxIncident = 80;

/** What would start without its approval. */
export interface Glass {
  readonly upgradeId: UpgradeId;
  readonly plan: Plan;
  readonly step: Step;
  readonly attempt: number;
  readonly approval: ApprovalRequest;
  /** Accounts of everybody who could have approved. */
  readonly skipped: readonly string[];
  /** Their names as they were looked up. */
  readonly skippedNames: readonly string[];
  /** Lists whose members nobody could tell, so that they are not told either. */
  readonly unreadGroups: readonly string[];
}

/** Exactly what starts, who is not waited for, and what it costs; asks for reason, incident, and proof of presence. */
export function breakGlassDialog(glass: Glass, names: Names): Dialog {
  const { upgradeId, plan, step, attempt, approval } = glass;
  const value = encodeValue({
    upgradeId,
    plan: digestPrefix(plan.digest),
    step: { id: step.id, attempt, digest: digestPrefix(approval.digest) },
  });
  const lines = actionLines(step).slice(0, 20);
  return dialog({
    callbackId: modalIds.breakGlass,
    title: "Break the glass",
    submit: "Break the glass",
    value,
    blocks: [
      section(
        `🔨 *“${escapeText(step.title, 120)}” starts without its approval* (${classText(step.class)}) on ${escapeText(step.targets.join(", "), 200)}:\n${lines.map((line) => `• ${line}`).join("\n")}`,
      ),
      section(
        `*Way back and its price:* ${escapeText(step.wayBack, 500)}\n*Not waited for:* ${skippedText(glass, names)}. Each of them is told by direct message, and the channel once.\n*Afterwards:* no new upgrade of ${escapeText(plan.environment, 60)} before somebody who had no part in this one reviewed it.`,
      ),
      context(`${upgradeId} · ${placeOf(plan, step)}, attempt ${attempt} · digest \`${shortDigest(approval.digest)}\``),
      wordsInput({ label: "Why can it not wait?" }),
      textInput({
        id: inputBlocks.incident,
        label: "Reference of the incident",
        hint: "For example INC-4711",
        maxLength: maxIncident,
      }),
      environmentInput(plan.environment),
      ...(approval.policy.stepUp === "totp" ? [codeInput()] : []),
    ],
  });
}

/** Everybody by name, as far as there is room. */
function skippedText({ skipped, skippedNames, unreadGroups }: Glass, names: Names): string {
  const shown = skippedNames.slice(0, 30).map((name) => escapeText(name, 60));
  const more = skipped.length - shown.length;
  const known =
    shown.length === 0
      ? "nobody: none of the named people can approve"
      : `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const unread = unreadGroups.slice(0, 10).map((group) => `@${escapeText(names.group(group), 60)}`);
  return unread.length === 0
    ? known
    : `${known}; who is in ${unread.join(", ")} could not be read, so they are not told`;
}

/** One line for card, lists and status; undefined where every step had its approval. */
export function glassBadge(upgrade: Upgrade): string | undefined {
  const state = reviewStateOf(upgrade);
  if (state.kind === "none_needed") return undefined;
  const who = [...new Set(upgrade.brokenGlass.map(({ by }) => personName(by)))].join(", ");
  const incidents = [...new Set(upgrade.brokenGlass.map(({ incident }) => escapeText(incident, 80)))].join(", ");
  switch (state.kind) {
    case "open":
      return `🔨 *Glass broken* by ${who} (${incidents}); review open`;
    case "closed":
      return `🔨 *Glass broken* by ${who} (${incidents}); review closed by ${requesterName(state.review.by)}`;
    default:
      return unreachable(state);
  }
}

/** Told to each approver who was not waited for. */
export function skippedNotice(
  event: EventOf<"glass_broken">,
  about: {
    readonly upgradeId: UpgradeId;
    readonly environment: string;
    readonly channel: string;
    readonly step: string;
  },
): Content {
  const text = `🔨 *Glass broken in ${about.upgradeId}* (${escapeText(about.environment, 60)}): ${personName(event.by)} lets “${about.step}” start without your approval.\nIncident ${escapeText(event.incident, 100)}: ${escapeText(event.reason, 1_000)}\nThread: <#${about.channel}>. After the end somebody who had no part in it has to review it.`;
  return { text: text.replaceAll("*", ""), blocks: [section(text)] };
}

/** Offered when it has ended: whoever reviews says what they looked at. Without the button once that is done. */
export function reviewPrompt(upgrade: Upgrade): Content {
  const { id, brokenGlass, review, request } = upgrade;
  const what = brokenGlass.map((glass) => `• ${glassLine(glass, upgrade)}`).join("\n");
  if (review !== undefined) {
    const text = `🔍 *${id} is reviewed* by ${requesterName(review.by)}, ${dateToken(review.at)}: ${escapeText(review.note, 1_000)}\n${what}`;
    return { text: text.replaceAll("*", ""), blocks: [section(text)] };
  }
  const text = `🔍 *${id} waits for a review.* It ran without approval:\n${what}\nNo new upgrade of ${escapeText(request.environment.name, 60)} before somebody who had no part in it says what they looked at: the button, or \`/kong-upgrade review ${id} …note\`.`;
  return { text: text.replaceAll("*", ""), blocks: [section(text), actions(reviewButton(id))] };
}

/** Opens the dialog of the review. */
export function reviewButton(upgradeId: UpgradeId): ReturnType<typeof button> {
  return button({
    actionId: reviewAction,
    text: "Review…",
    label: `Review the broken glass of ${upgradeId}`,
    value: encodeValue({ upgradeId }),
  });
}

/** Asks for the note of a review, with what it is about. */
export function reviewDialog(upgrade: Upgrade): Dialog {
  const { id, brokenGlass } = upgrade;
  return dialog({
    callbackId: modalIds.review,
    title: "Review",
    submit: "Close the review",
    value: encodeValue({ upgradeId: id }),
    blocks: [
      section(
        `*${id}* ran without approval:\n${brokenGlass.map((glass) => `• ${glassLine(glass, upgrade)}`).join("\n")}`,
      ),
      section("Your name and the note go into the record; after that new upgrades can be planned."),
      wordsInput({ label: "What did you look at, and what do you think of it?" }),
    ],
  });
}

function glassLine({ stepId, by, incident, reason, at }: BrokenGlass, upgrade: Upgrade): string {
  return `“${escapeText(titleOf(stepId, upgrade), 120)}” by ${personName(by)}, ${dateToken(at)}, ${escapeText(incident, 80)}: ${escapeText(reason, 300)}`;
}

function titleOf(stepId: string, upgrade: Upgrade): string {
  const tracks = "forward" in upgrade ? [upgrade.forward, upgrade.rollback] : [];
  const steps = tracks.flatMap((track) => track?.plan.steps ?? []);
  return steps.find(({ id }) => id === stepId)?.title ?? stepId;
}

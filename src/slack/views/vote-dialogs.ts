import type { Policy } from "#approvals/policy.ts";
import { shortDigest } from "#src/kernel/digest.ts";
import type { Step } from "#src/plan/step.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { modalIds } from "#src/slack/actions.ts";
import { section } from "./blocks.ts";
import type { Block } from "./blocks.ts";
import { codeInput, dialog, environmentInput, wordsInput } from "./dialog.ts";
import type { Dialog } from "./dialog.ts";
import { wordsDialog } from "./modals.ts";
import { actionLines, classText } from "./step-text.ts";
import { dateToken, escapeText } from "./text.ts";

/** What a dialog about a vote is about. */
export interface AskedVote {
  /** Goes back and forth as the dialog's private metadata. */
  readonly value: string;
  readonly environment: string;
  readonly step: Step;
  readonly approval: ApprovalRequest;
}

/** Says once more what would run, and asks for the proof of presence and the reason that the policy wants. */
export function approveModal(asked: AskedVote): Dialog {
  const { value, step, environment, approval } = asked;
  const { policy } = approval;
  return dialog({
    callbackId: modalIds.approve,
    title: "Approve",
    submit: "Approve",
    value,
    blocks: [
      section(
        [
          `*${escapeText(step.title, 150)}* on *${escapeText(environment, 60)}* (${classText(step.class)})`,
          ...actionLines(step, 300)
            .slice(0, 5)
            .map((line) => `• ${line}`),
          `*Way back and its price:* ${escapeText(step.wayBack, 400)}`,
          `Digest \`${shortDigest(approval.digest)}\`; valid once, for exactly this, until ${dateToken(approval.expiresAt)}.`,
        ].join("\n"),
      ),
      reasonInput(policy, "approve"),
      ...(policy.stepUp === "none" ? [] : [environmentInput(environment)]),
      ...(policy.stepUp === "totp" ? [codeInput()] : []),
    ],
  });
}

/** Asks why; where the policy lets somebody reject without a word, the reason may be left out. */
export function rejectModal({ value, step, approval }: AskedVote): Dialog {
  return dialog({
    callbackId: modalIds.reject,
    title: "Reject",
    submit: "Reject",
    value,
    blocks: [
      section(
        `*${escapeText(step.title, 150)}* will not run. Your reason is shown in the thread and kept in the record.`,
      ),
      reasonInput(approval.policy, "reject"),
    ],
  });
}

/** For whoever asked: takes the request back. */
export function cancelRequestModal(value: string): Dialog {
  return wordsDialog({
    callbackId: modalIds.cancelRequest,
    title: "Cancel the request",
    submit: "Cancel request",
    value,
    intro:
      "Nobody can approve it any more and the step does not run; a retry asks anew. Your reason is shown in the thread and kept in the record.",
    label: "Why?",
  });
}

function reasonInput({ reasonRequired }: Policy, decision: "approve" | "reject"): Block {
  const label = { approve: "Why is this right?", reject: "Why not?" }[decision];
  return wordsInput({ label, isOptional: !reasonRequired.includes(decision) });
}

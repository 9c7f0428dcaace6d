import type { KnownBlock, ModalView } from "@slack/types";
import type { Policy } from "#approvals/policy.ts";
import { shortDigest } from "#src/kernel/digest.ts";
import type { Step } from "#src/plan/step.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { modalIds } from "#src/slack/actions.ts";
import { section } from "./blocks.ts";
import { inputBlocks, maxReason, modal } from "./modals.ts";
import { actionLines, classText } from "./step-text.ts";
import { dateToken, escapeText, plainText } from "./text.ts";

/** What a dialog about a vote is about. */
export interface AskedVote {
  /** Goes back and forth as the dialog's private metadata. */
  readonly value: string;
  readonly environment: string;
  readonly step: Step;
  readonly approval: ApprovalRequest;
}

/** Says once more what would run, and asks for the proof of presence and the reason that the policy wants. */
export function approveModal(asked: AskedVote): ModalView {
  const { value, step, environment, approval } = asked;
  const { policy } = approval;
  return {
    type: "modal",
    callback_id: modalIds.approve,
    title: { type: "plain_text", text: "Approve" },
    submit: { type: "plain_text", text: "Approve" },
    close: { type: "plain_text", text: "Cancel" },
    private_metadata: value,
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
      reasonBlock(policy, { decision: "approve", label: "Why is this right?" }),
      ...(policy.stepUp === "none" ? [] : [nameBlock(environment)]),
      ...(policy.stepUp === "totp" ? [codeBlock] : []),
    ],
  };
}

/** Asks why; where the policy lets somebody reject without a word, the reason may be left out. */
export function rejectModal({ value, step, approval }: AskedVote): ModalView {
  return {
    type: "modal",
    callback_id: modalIds.reject,
    title: { type: "plain_text", text: "Reject" },
    submit: { type: "plain_text", text: "Reject" },
    close: { type: "plain_text", text: "Cancel" },
    private_metadata: value,
    blocks: [
      section(
        `*${escapeText(step.title, 150)}* will not run. Your reason is shown in the thread and kept in the record.`,
      ),
      reasonBlock(approval.policy, { decision: "reject", label: "Why not?" }),
    ],
  };
}

/** For whoever asked: takes the request back. */
export function cancelRequestModal(value: string): ModalView {
  return modal({
    callbackId: modalIds.cancelRequest,
    title: "Cancel the request",
    submit: "Cancel request",
    value,
    intro:
      "Nobody can approve it any more and the step does not run; a retry asks anew. Your reason is shown in the thread and kept in the record.",
    label: "Why?",
  });
}

function reasonBlock(
  { reasonRequired }: Policy,
  { decision, label }: { readonly decision: "approve" | "reject"; readonly label: string },
): KnownBlock {
  const isRequired = reasonRequired.includes(decision);
  return {
    type: "input",
    block_id: inputBlocks.words,
    optional: !isRequired,
    label: { type: "plain_text", text: label },
    element: {
      type: "plain_text_input",
      action_id: "text",
      multiline: true,
      ...(isRequired ? { min_length: 3 } : {}),
      max_length: maxReason,
    },
  };
}

function nameBlock(environment: string): KnownBlock {
  return {
    type: "input",
    block_id: inputBlocks.environment,
    label: { type: "plain_text", text: "Name of the environment" },
    hint: { type: "plain_text", text: `Type it exactly: ${plainText(environment, 100)}` },
    element: { type: "plain_text_input", action_id: "text", max_length: 200 },
  };
}

const codeBlock: KnownBlock = {
  type: "input",
  block_id: inputBlocks.code,
  label: { type: "plain_text", text: "One-time code" },
  hint: { type: "plain_text", text: "The six digits that your authenticator app shows now. Each code counts once." },
  element: { type: "plain_text_input", action_id: "text", max_length: 20 },
};

import type { Button } from "@slack/types";
import { shortDigest } from "#src/kernel/digest.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { actionIds, digestPrefix, encodeValue } from "#src/slack/actions.ts";
import { button } from "./blocks.ts";
import type { ButtonOptions } from "./blocks.ts";
import { plainText, utc } from "./text.ts";

/** What a vote is about. */
export interface AskedVote {
  readonly upgradeId: UpgradeId;
  readonly plan: Plan;
  readonly step: Step;
  readonly attempt: number;
  readonly approval: ApprovalRequest;
}

/** Approve, reject, read it all: the same wherever a request is shown. */
export function voteButtons(asked: AskedVote): readonly Button[] {
  return [approveButton(asked), rejectButton(asked), showEverythingButton(asked)];
}

/** A click and a confirmation, or the dialog that the policy asks for. */
export function approveButton(asked: AskedVote): Button {
  const { step, approval } = asked;
  const options = { actionId: actionIds.approve, style: "primary", label: `Approve ${whatOf(asked)}` } as const;
  // Whoever fills in a dialog needs no other one before it.
  return needsDialog(approval.policy)
    ? voteButton(asked, { ...options, text: "Approve…" })
    : voteButton(asked, {
        ...options,
        text: "Approve",
        confirm: {
          title: `Approve “${plainText(step.title, 70)}”?`,
          text: confirmation(asked),
          yes: "Approve",
        },
      });
}

/** Whether an approval takes more than a click and a confirmation. */
export function needsDialog({ stepUp, reasonRequired }: AskedVote["approval"]["policy"]): boolean {
  return stepUp !== "none" || reasonRequired.includes("approve");
}

/** Opens the dialog that asks why not. */
export function rejectButton(asked: AskedVote): Button {
  return voteButton(asked, {
    actionId: actionIds.reject,
    text: "Reject…",
    style: "danger",
    label: `Reject ${whatOf(asked)}`,
  });
}

/** Opens the whole text that the digest covers. */
export function showEverythingButton(asked: AskedVote): Button {
  return voteButton(asked, {
    actionId: actionIds.showEverything,
    text: "Show everything",
    label: `Show everything of ${whatOf(asked)}`,
  });
}

/** What a yes means, in the 300 characters that a confirm dialog has. */
function confirmation(asked: AskedVote): string {
  const { step, approval } = asked;
  const danger =
    step.class === "irreversible"
      ? `No simple way back after it. ${plainText(step.wayBack, 110)}`
      : `Class ${step.class}.`;
  return plainText(
    `${whatOf(asked)}. ${danger} Digest ${shortDigest(approval.digest)}; valid once, until ${utc(approval.expiresAt)}, for exactly what is shown.`,
    300,
  );
}

/** `kong migrations finish on prod`, for labels and dialogs. */
export function whatOf({ step, plan }: AskedVote): string {
  return `${plainText(step.title, 100)} on ${plainText(plan.environment, 40)}`;
}

/** A button that carries which gate of which attempt it is about, and the digest. */
export function voteButton(asked: AskedVote, options: Omit<ButtonOptions, "value">): Button {
  const { upgradeId, plan, step, attempt, approval } = asked;
  const value = encodeValue({
    upgradeId,
    plan: digestPrefix(plan.digest),
    step: { id: step.id, attempt, digest: digestPrefix(approval.digest) },
  });
  return button({ ...options, value });
}

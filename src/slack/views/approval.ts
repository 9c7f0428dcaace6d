import type { Button } from "@slack/types";
import { shortDigest } from "#src/kernel/digest.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Step } from "#src/plan/step.ts";
import { actionIds, digestPrefix, encodeValue } from "#src/slack/actions.ts";
import { actions, button, context, section } from "./blocks.ts";
import type { ButtonOptions, Content } from "./blocks.ts";
import { liveState } from "./gate.ts";
import type { Gate } from "./gate.ts";
import { knownBefore } from "./gate-known.ts";
import { standingLines } from "./gate-standing.ts";
import { votesText } from "./gate-votes.ts";
import { policyNames } from "./names.ts";
import type { Names } from "./names.ts";
import { actionLines, classText, placeOf, proofText } from "./step-text.ts";
import { escapeText, plainText, utc } from "./text.ts";

/**
 * Exactly what would run, where, why, what it destroys and how to go back, what was known before, who said what and what
 * is missing; buttons only for what can still be decided.
 */
export function approvalCard(gate: Gate, names: Names): Content {
  const { upgradeId, plan, step, approval } = gate;
  const isOpen = liveState(gate) === "open";
  const state = standingLines(gate, names);
  const lines = actionLines(step);
  const known = knownBefore(plan, gate.known);
  const buttons = buttonsOf(gate);
  return {
    text: [
      `Approval ${isOpen ? "needed" : "request"}: ${upgradeId}, ${escapeText(plan.environment)}, step “${escapeText(step.title, 120)}” (${step.class}).`,
      ...state.map((line) => line.replaceAll("*", "")),
      ...lines.map((line) => `Runs ${line.slice(0, 500)}`),
      `Way back: ${escapeText(step.wayBack, 300)}`,
      `Digest ${shortDigest(approval.digest)}.`,
    ].join("\n"),
    blocks: [
      section(`🔐 *Approval ${isOpen ? "needed" : "request"}: ${escapeText(step.title, 150)}*\n${state.join("\n")}`),
      ...(approval.ballots.length === 0 ? [] : [section(votesText(approval.ballots))]),
      section(whatRuns(gate, lines)),
      section(consequences(step)),
      ...(known === "" ? [] : [section(known)]),
      context(
        `${upgradeId} · ${escapeText(plan.environment)} ${escapeText(plan.from)} → ${escapeText(plan.to)} · ${placeOf(plan, step)}, attempt ${gate.attempt}`,
        `Digest \`${shortDigest(approval.digest)}\``,
        `May vote: ${policyNames(approval.policy, names)}; ${whoMayNot(gate, names)}`,
      ),
      ...(buttons.length === 0 ? [] : [actions(...buttons)]),
    ],
  };
}

function whatRuns({ step }: Gate, lines: readonly string[]): string {
  return [
    `*What runs* (${classText(step.class)}) on ${escapeText(step.targets.join(", "), 200)}:`,
    ...lines.map((line) => `• ${line}`),
    `*Why:* ${escapeText(step.why, 600)}`,
  ].join("\n");
}

function consequences(step: Step): string {
  const destroys = {
    safe: "*Destroys:* nothing.",
    disruptive: "*Destroys:* nothing for good, but traffic may suffer while it runs.",
    irreversible: "*Destroys:* the direct way back. Only what the way back below says brings the old state again.",
  }[step.class];
  return [destroys, `*Way back and its price:* ${escapeText(step.wayBack, 500)}`, `*Proof:* ${proofText(step)}`].join(
    "\n",
  );
}

function whoMayNot({ approval }: Gate, names: Names): string {
  const earlier = approval.earlierVoterIds.filter((id) => /^[UW]/u.test(id)).slice(0, 10);
  return earlier.length === 0
    ? "who asked for the upgrade may not"
    : `who asked for the upgrade may not, nor who approved the last irreversible step (${earlier.map((id) => escapeText(names.person(id), 60)).join(", ")})`;
}

/** A yes is only possible while it is open; a no, and taking a vote back, until the step starts. */
function buttonsOf(gate: Gate): readonly Button[] {
  const live = liveState(gate);
  const hasVotes = gate.approval.ballots.length > 0;
  switch (live) {
    case "open":
      return [
        approveButton(gate),
        rejectButton(gate),
        ...(hasVotes ? [withdrawButton(gate, "Withdraw my vote")] : []),
        cancelButton(gate),
        showEverythingButton(gate),
      ];
    case "granted":
      return [rejectButton(gate), ...(hasVotes ? [withdrawButton(gate, "Withdraw my approval")] : [])];
    case "dead":
      return [];
    default:
      return unreachable(live);
  }
}

function approveButton(gate: Gate): Button {
  const { step, approval } = gate;
  const options = { actionId: actionIds.approve, style: "primary", label: `Approve ${whatOf(gate)}` } as const;
  // Whoever fills in a dialog needs no other one before it.
  return needsDialog(approval.policy)
    ? gateButton(gate, { ...options, text: "Approve…" })
    : gateButton(gate, {
        ...options,
        text: "Approve",
        confirm: {
          title: `Approve “${plainText(step.title, 70)}”?`,
          text: confirmation(gate),
          yes: "Approve",
        },
      });
}

/** Whether an approval takes more than a click and a confirmation. */
export function needsDialog({ stepUp, reasonRequired }: Gate["approval"]["policy"]): boolean {
  return stepUp !== "none" || reasonRequired.includes("approve");
}

function rejectButton(gate: Gate): Button {
  return gateButton(gate, {
    actionId: actionIds.reject,
    text: "Reject…",
    style: "danger",
    label: `Reject ${whatOf(gate)}`,
  });
}

function withdrawButton(gate: Gate, text: string): Button {
  return gateButton(gate, {
    actionId: actionIds.withdrawVote,
    text,
    label: `Withdraw my vote on ${whatOf(gate)}`,
    confirm: {
      title: "Withdraw your vote?",
      text: "It does not count any more, and what was complete with it is open again. You can vote anew.",
      yes: "Withdraw",
    },
  });
}

function cancelButton(gate: Gate): Button {
  return gateButton(gate, {
    actionId: actionIds.cancelRequest,
    text: "Cancel request…",
    label: `Cancel the request for ${whatOf(gate)}`,
  });
}

function showEverythingButton(gate: Gate): Button {
  return gateButton(gate, {
    actionId: actionIds.showEverything,
    text: "Show everything",
    label: `Show everything of ${whatOf(gate)}`,
  });
}

/** What a yes means, in the 300 characters that a confirm dialog has. */
function confirmation(gate: Gate): string {
  const { step, approval } = gate;
  const danger =
    step.class === "irreversible"
      ? `No simple way back after it. ${plainText(step.wayBack, 110)}`
      : `Class ${step.class}.`;
  return plainText(
    `${whatOf(gate)}. ${danger} Digest ${shortDigest(approval.digest)}; valid once, until ${utc(approval.expiresAt)}, for exactly what is shown.`,
    300,
  );
}

function whatOf({ step, plan }: Gate): string {
  return `${plainText(step.title, 100)} on ${plainText(plan.environment, 40)}`;
}

function gateButton(gate: Gate, options: Omit<ButtonOptions, "value">): Button {
  const { upgradeId, plan, step, attempt, approval } = gate;
  const value = encodeValue({
    upgradeId,
    plan: digestPrefix(plan.digest),
    step: { id: step.id, attempt, digest: digestPrefix(approval.digest) },
  });
  return button({ ...options, value });
}

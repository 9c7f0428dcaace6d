import type { Button } from "@slack/types";
import { shortDigest } from "#src/kernel/digest.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Step } from "#src/plan/step.ts";
import { actionIds } from "#src/slack/actions.ts";
import { actions, context, section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { liveState } from "./gate.ts";
import type { Gate } from "./gate.ts";
import { knownBefore } from "./gate-known.ts";
import { standingLines } from "./gate-standing.ts";
import { votesText } from "./gate-votes.ts";
import { policyNames } from "./names.ts";
import type { Names } from "./names.ts";
import { actionLines, classText, destroysText, placeOf, proofText } from "./step-text.ts";
import { escapeText } from "./text.ts";
import { approveButton, rejectButton, showEverythingButton, voteButton, whatOf } from "./vote-buttons.ts";

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
  return [
    destroysText(step),
    `*Way back and its price:* ${escapeText(step.wayBack, 500)}`,
    `*Proof:* ${proofText(step)}`,
  ].join("\n");
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
      return [
        rejectButton(gate),
        ...(hasVotes ? [withdrawButton(gate, "Withdraw my approval")] : []),
        // Whoever was not waited for reads here what is about to run before they say no.
        showEverythingButton(gate),
      ];
    case "dead":
      return [];
    default:
      return unreachable(live);
  }
}

function withdrawButton(gate: Gate, text: string): Button {
  return voteButton(gate, {
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
  return voteButton(gate, {
    actionId: actionIds.cancelRequest,
    text: "Cancel request…",
    label: `Cancel the request for ${whatOf(gate)}`,
  });
}

import { shortDigest } from "#src/kernel/digest.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { actionIds, digestPrefix, encodeValue } from "#src/slack/actions.ts";
import { actions, button, context, section } from "./blocks.ts";
import type { Block, Content } from "./blocks.ts";
import { policyNames, requesterName } from "./names.ts";
import type { Names } from "./names.ts";
import { missingText } from "./standing-text.ts";
import { actionLines, classText, placeOf, proofText } from "./step-text.ts";
import { dateToken, escapeText, plainText, utc } from "./text.ts";

/** One request for approval, as it stands. */
export interface Gate {
  readonly upgradeId: UpgradeId;
  readonly plan: Plan;
  readonly step: Step;
  readonly attempt: number;
  readonly approval: ApprovalRequest;
  /** The upgrade ended or turned back while nobody had decided. */
  readonly isWithdrawn: boolean;
}

/** Exactly what would run, where, why, what it destroys and how to go back; buttons only while it can be decided. */
export function approvalCard(gate: Gate, names: Names): Content {
  const { upgradeId, plan, step, approval } = gate;
  const isOpen = approval.outcome.kind === "open" && !gate.isWithdrawn;
  const state = standing(gate, names);
  const lines = actionLines(step);
  return {
    text: [
      `Approval ${isOpen ? "needed" : "request"}: ${upgradeId}, ${escapeText(plan.environment)}, step “${escapeText(step.title, 120)}” (${step.class}).`,
      ...lines.map((line) => `Runs ${line.slice(0, 500)}`),
      `Way back: ${escapeText(step.wayBack, 300)}`,
      `Digest ${shortDigest(approval.digest)}. ${state}`,
    ].join("\n"),
    blocks: [
      section(`🔐 *Approval ${isOpen ? "needed" : "request"}: ${escapeText(step.title, 150)}*\n${state}`),
      section(whatRuns(gate, lines)),
      section(consequences(step)),
      context(
        `${upgradeId} · ${escapeText(plan.environment)} ${escapeText(plan.from)} → ${escapeText(plan.to)} · ${placeOf(plan, step)}, attempt ${gate.attempt}`,
        `Digest \`${shortDigest(approval.digest)}\``,
        `May vote: ${policyNames(approval.policy, names)}; who asked for the upgrade may not`,
      ),
      ...(isOpen ? [buttons(gate)] : []),
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

function standing({ approval, isWithdrawn, step }: Gate, names: Names): string {
  const { outcome } = approval;
  const yes = new Map(
    approval.ballots
      .filter((each) => each.decision === "approve")
      .map((each) => [each.voter.userId, voterName(each.voter)]),
  );
  switch (outcome.kind) {
    case "open": {
      if (isWithdrawn) return "⏹️ Withdrawn: the upgrade went another way before this was decided.";
      const agreed = yes.size === 0 ? "" : ` Approved by ${[...yes.values()].join(", ")}.`;
      return `Missing: ${missingText(approval, names)}; expires ${dateToken(approval.expiresAt)}.${agreed}`;
    }
    case "granted":
    case "consumed": {
      const last = approval.ballots.at(-1)?.at;
      const who = outcome.approvedBy.map((id) => yes.get(id) ?? escapeText(names.person(id), 60)).join(", ");
      return `✅ Approved by ${who}${last === undefined ? "" : `, ${dateToken(last)}`}${outcome.kind === "consumed" ? "; used by the start of this step" : ""}.`;
    }
    case "refused": {
      const ballot = approval.ballots.find((each) => each.decision === "reject");
      const who = ballot === undefined ? escapeText(names.person(outcome.by), 60) : voterName(ballot.voter);
      const why = outcome.reason === "" ? "" : `: ${escapeText(outcome.reason, 500)}`;
      return `🚫 Rejected by ${who}${ballot === undefined ? "" : `, ${dateToken(ballot.at)}`}${why}`;
    }
    case "cancelled":
      return `⏹️ Taken back by ${requesterName(outcome.by)}${outcome.reason === "" ? "" : `: ${escapeText(outcome.reason, 500)}`}.`;
    case "expired":
      return `⌛ Expired ${dateToken(approval.expiresAt)}; “${escapeText(step.title, 100)}” was not run. Retry asks again.`;
    default:
      return unreachable(outcome);
  }
}

/** What a yes means, in the 300 characters that a confirm dialog has. */
function confirmation({ step, approval }: Gate, what: string): string {
  const danger =
    step.class === "irreversible"
      ? `No simple way back after it. ${plainText(step.wayBack, 110)}`
      : `Class ${step.class}.`;
  return plainText(
    `${what}. ${danger} Digest ${shortDigest(approval.digest)}; valid once, until ${utc(approval.expiresAt)}, for exactly what is shown.`,
    300,
  );
}

function voterName(voter: ApprovalRequest["ballots"][number]["voter"]): string {
  return escapeText(voter.kind === "known" ? voter.name : voter.userId, 60);
}

function buttons(gate: Gate): Block {
  const { upgradeId, plan, step, attempt, approval } = gate;
  const value = encodeValue({
    upgradeId,
    plan: digestPrefix(plan.digest),
    step: { id: step.id, attempt, digest: digestPrefix(approval.digest) },
  });
  const what = `${plainText(step.title, 100)} on ${plainText(plan.environment, 40)}`;
  return actions(
    button({
      actionId: actionIds.approve,
      text: "Approve",
      style: "primary",
      label: `Approve ${what}`,
      value,
      confirm: {
        title: `Approve “${plainText(step.title, 70)}”?`,
        text: confirmation(gate, what),
        yes: "Approve",
      },
    }),
    button({ actionId: actionIds.reject, text: "Reject…", style: "danger", label: `Reject ${what}`, value }),
    button({ actionId: actionIds.showEverything, text: "Show everything", label: `Show everything of ${what}`, value }),
  );
}

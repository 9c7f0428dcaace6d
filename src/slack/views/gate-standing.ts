import { isInside, nextOpening } from "#approvals/window.ts";
import type { Window } from "#approvals/window.ts";
import { isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { unreachable } from "#src/kernel/result.ts";
import type { ApprovalRequest, BrokenGlass } from "#src/upgrade/state.ts";
import { liveState } from "./gate.ts";
import type { Gate } from "./gate.ts";
import { asksFor } from "./gate-votes.ts";
import { personName, requesterName } from "./names.ts";
import type { Names } from "./names.ts";
import { missingOf, missingText } from "./standing-text.ts";
import { dateToken, escapeText } from "./text.ts";
import { windowText } from "./window-text.ts";

/** How the request stands: what is missing and from whom, or who ended it and how. Each line is one fact. */
export function standingLines(gate: Gate, names: Names): readonly string[] {
  const { approval } = gate;
  const badge = gate.brokenGlass === undefined ? [] : [brokenGlassText(gate.brokenGlass)];
  return [...badge, ...outcomeLines(gate, names), ...(liveState(gate) === "dead" ? [] : conditions(approval, gate))];
}

function outcomeLines(gate: Gate, names: Names): readonly string[] {
  const { approval, isWithdrawn } = gate;
  const { outcome } = approval;
  switch (outcome.kind) {
    case "open": {
      if (isWithdrawn) return ["⏹️ Withdrawn: the upgrade went another way before this was decided."];
      const agreed = approversText(approval, names);
      return [
        `*Missing:* ${missingText(approval, names)}.${agreed === undefined ? "" : ` Approved by ${agreed}.`}`,
        `The request holds until ${dateToken(approval.expiresAt)}.`,
      ];
    }
    case "granted":
      if (isWithdrawn)
        return [`${grantText(gate, names)}, but not used: the upgrade went another way before the start.`];
      return [
        `${grantText(gate, names)}.`,
        `The step must start by ${dateToken(outcome.expiresAt)}; then this approval ends.`,
      ];
    case "consumed":
      return [`${grantText(gate, names)}; used by the start of this step.`];
    case "refused":
      return [refusedText(gate, outcome, names)];
    case "cancelled":
      return [
        `⏹️ Taken back by ${requesterName(outcome.by)}${outcome.reason === "" ? "" : `: ${escapeText(outcome.reason, 500)}`}. Nothing was run; a retry asks again.`,
      ];
    case "expired":
      return [expiredText(gate)];
    default:
      return unreachable(outcome);
  }
}

/** Whether the votes were complete, or not needed: then it was the start that came too late. */
function ranOutAfterGrant({ approval, brokenGlass }: Pick<Gate, "approval" | "brokenGlass">): boolean {
  return approval.outcome.kind === "expired" && (brokenGlass !== undefined || missingOf(approval).length === 0);
}

function expiredText(gate: Gate): string {
  const title = escapeText(gate.step.title, 100);
  return ranOutAfterGrant(gate)
    ? `⌛ Expired: it was let go, but “${title}” did not start in time and was not run. A retry asks again.`
    : `⌛ Expired ${dateToken(gate.approval.expiresAt)}; “${title}” was not run. A retry asks again.`;
}

function grantText({ approval, brokenGlass }: Gate, names: Names): string {
  const last = approval.ballots.at(-1)?.at;
  const { outcome } = approval;
  const isBroken = (outcome.kind === "granted" || outcome.kind === "consumed") && outcome.brokenGlass !== undefined;
  if (isBroken && brokenGlass !== undefined) return "🔓 Let go without its approval";
  return `✅ Approved by ${approversText(approval, names) ?? "nobody"}${last === undefined ? "" : `, ${dateToken(last)}`}`;
}

/** Whoever fills the seats once it is granted, before that whoever has agreed. */
function approversText({ ballots, outcome }: ApprovalRequest, names: Names): string | undefined {
  const yes = new Map(
    ballots.flatMap(({ voter, decision }) => (decision === "approve" ? [[voter.userId, personName(voter)]] : [])),
  );
  const ids = outcome.kind === "granted" || outcome.kind === "consumed" ? outcome.approvedBy : [...yes.keys()];
  const shown = ids.slice(0, 10).map((id) => yes.get(id) ?? escapeText(names.person(id), 60));
  const left = ids.length - shown.length;
  return ids.length === 0 ? undefined : `${shown.join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
}

function refusedText(
  { approval }: Gate,
  { by, reason }: { readonly by: string; readonly reason: string },
  names: Names,
): string {
  const ballot = approval.ballots.findLast(({ voter, decision }) => decision === "reject" && voter.userId === by);
  const who = ballot === undefined ? escapeText(names.person(by), 60) : personName(ballot.voter);
  const why = reason === "" ? "" : `: ${escapeText(reason, 500)}`;
  return `🚫 Rejected by ${who}${ballot === undefined ? "" : `, ${dateToken(ballot.at)}`}${why}`;
}

function brokenGlassText({ by, reason, incident, at, skipped }: BrokenGlass): string {
  const left = skipped.length === 0 ? "" : ` — ${skipped.length} who could have approved were not waited for`;
  return `🔨 *Glass broken* by ${personName(by)} (${escapeText(incident, 100)}), ${dateToken(at)}: ${escapeText(reason, 500)}${left}`;
}

/** What holds for the vote and the start besides the people. */
function conditions({ policy, outcome }: ApprovalRequest, { asOf }: Gate): readonly string[] {
  const window = windowText(policy.windows, asOf);
  const starts = window === undefined ? [] : [`🕒 The step ${window}.`];
  if (outcome.kind === "granted") return [...starts, ...tooLateWarning(policy.windows, asOf, outcome.expiresAt)];
  return [
    ...starts,
    ...(policy.stepUp === "none" ? [] : [`🔑 Approving takes ${asksFor[policy.stepUp]}.`]),
    ...(policy.denyThreshold === 1 ? [] : [`It takes ${policy.denyThreshold} rejections to end this request.`]),
  ];
}

/** Nobody should wait for a window that opens after the approval has ended. */
function tooLateWarning(windows: readonly Window[], asOf: Instant, expiresAt: Instant): readonly string[] {
  if (isInside(windows, asOf)) return [];
  const opening = nextOpening(windows, asOf);
  return opening === undefined || isAfter(opening, expiresAt)
    ? ["⚠️ No window opens before this approval ends, so it will have to be asked again."]
    : [];
}

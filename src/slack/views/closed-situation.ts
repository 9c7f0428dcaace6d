import { formatDuration } from "#src/kernel/duration.ts";
import { unreachable } from "#src/kernel/result.ts";
import { needsReview } from "#src/upgrade/review.ts";
import type { Closed } from "#src/upgrade/state.ts";
import { findingsSummary } from "./findings.ts";
import { requesterName } from "./names.ts";
import { pointOfNoReturnOf, progressBar } from "./progress-text.ts";
import type { Situation } from "./situation.ts";
import { escapeText } from "./text.ts";

/** How it ended, and whose review is missing. */
export function ofClosed(upgrade: Closed): Situation {
  const situation = ofOutcome(upgrade);
  return needsReview(upgrade)
    ? {
        ...situation,
        next: `its review; until then ${escapeText(upgrade.request.environment.name, 60)} takes no new upgrade`,
        whoMustAct: "somebody who had no part in it, who presses Review in the thread",
      }
    : situation;
}

function ofOutcome(upgrade: Closed): Situation {
  const { outcome } = upgrade;
  const none = { next: "nothing", whoMustAct: "nobody" };
  switch (outcome.kind) {
    case "refused":
      return {
        headline: `🚫 No plan: ${outcome.refusals.map((each) => escapeText(each.sentence, 300)).join("; ")}`,
        ...none,
        next: outcome.refusals.map((each) => escapeText(each.help, 300)).join("; "),
      };
    case "checked":
      return { ...none, ...ofChecked(upgrade, findingsSummary(outcome.findings)) };
    case "aborted":
      return {
        headline: `⏹️ Aborted by ${requesterName(outcome.by)}${outcome.reason === "" ? "" : `: ${escapeText(outcome.reason)}`}`,
        ...none,
        ...closedBar(upgrade),
      };
    case "completed":
      return {
        headline: `✅ Completed${duration(upgrade)}`,
        next: `nothing; \`/kong-upgrade record ${upgrade.id}\` posts the change record as files`,
        whoMustAct: "nobody",
        ...closedBar(upgrade),
      };
    case "rolled_back":
      return {
        headline: `↩️ Rolled back${duration(upgrade)}`,
        next: `nothing; \`/kong-upgrade record ${upgrade.id}\` posts the change record as files`,
        whoMustAct: "nobody",
        ...closedBar(upgrade),
      };
    default:
      return unreachable(outcome);
  }
}

/** A dry run is a check that also shows its plan. */
function ofChecked(upgrade: Closed, summary: string): Pick<Situation, "headline"> & Partial<Situation> {
  const { request, outcome, plan } = upgrade;
  const from = outcome.kind === "checked" ? escapeText(outcome.from, 20) : "";
  const versions = `${from} → ${escapeText(request.to, 20)}`;
  if (request.mode !== "dry_run" || plan === undefined) return { headline: `🔎 Checked ${versions}: ${summary}` };
  return {
    headline: `🧪 Dry run ${versions}: ${plan.steps.length} steps; ${summary}`,
    next: `nothing of it can be started; \`/kong-upgrade plan ${escapeText(plan.environment, 60)} --to ${escapeText(plan.to, 20)}\` makes the plan that can`,
    ...pointOfNoReturnOf(plan),
  };
}

function closedBar(upgrade: Closed): { readonly bar?: string } {
  const track = upgrade.rollback ?? upgrade.forward;
  return track === undefined ? {} : { bar: progressBar(track.turn, track.plan.steps.length) };
}

function duration(upgrade: Closed): string {
  if (upgrade.forward === undefined) return "";
  return ` in ${formatDuration(Date.parse(upgrade.updatedAt) - Date.parse(upgrade.forward.startedAt))}`;
}

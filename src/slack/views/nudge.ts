import { unreachable } from "#src/kernel/result.ts";
import type { EventOf } from "#src/upgrade/events.ts";
import type { ApprovalRequest } from "#src/upgrade/state.ts";
import { actions, context, section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { policyNames } from "./names.ts";
import type { Names } from "./names.ts";
import { pendingLines } from "./pending.ts";
import { destroysText } from "./step-text.ts";
import { escapeText } from "./text.ts";
import type { AskedVote } from "./vote-buttons.ts";
import { voteButtons } from "./vote-buttons.ts";

/** One direct message about a request, as its reader finds it now. */
export interface Nudged {
  readonly asked: AskedVote;
  readonly channel: string;
  readonly nudge: EventOf<"approvers_reminded">["nudge"];
  readonly mayVote: boolean;
  /** Who could decide at that moment, by the name at that time. */
  readonly voters: readonly { readonly name: string }[];
  readonly state:
    /** It is still undecided, and this is the newest message about it to this person. */
    | "open"
    /** This person has voted. */
    | "voted"
    /** A later message to this person says the same. */
    | "repeated"
    /** The upgrade went another way. */
    | "withdrawn"
    /** The outcome of the request says what became of it. */
    | "decided";
}

/** Asks one person, or tells one who may not vote who can; without buttons as soon as there is nothing to do for them. */
export function nudgeMessage(nudged: Nudged, names: Names): Content {
  const { asked, state, channel } = nudged;
  const { plan, step, upgradeId } = asked;
  if (state !== "open") {
    const what = `${upgradeId}, ${escapeText(plan.environment, 60)}, “${escapeText(step.title, 120)}”`;
    const text = `${closing(state, asked.approval)} (${what})`;
    return { text, blocks: [section(text)] };
  }
  const headline = headlineOf(nudged);
  const lines = pendingLines(asked, names);
  const consequences = [destroysText(step), `*Way back:* ${escapeText(step.wayBack, 300)}`];
  const others = nudged.mayVote ? [] : [whoCan(nudged, names)];
  return {
    text: [headline, ...lines, ...consequences, ...others].map((line) => line.replaceAll("*", "")).join("\n"),
    blocks: [
      section([`🔔 *${headline}*`, ...lines].join("\n")),
      section([...consequences, ...others].join("\n")),
      ...(nudged.mayVote ? [actions(...voteButtons(asked))] : []),
      context(`Decided in <#${channel}>; a click here counts as one there.`),
    ],
  };
}

function headlineOf({ nudge, mayVote }: Nudged): string {
  if (!mayVote) return "Nobody has decided this yet";
  switch (nudge.kind) {
    case "reminder":
      return `Your approval is waited for (reminder ${nudge.number})`;
    case "escalation":
      return "Nobody has decided this yet; you can";
    case "reopening":
      return "Your approval is waited for: a vote does not count any more";
    default:
      return unreachable(nudge.kind);
  }
}

function whoCan({ voters, asked }: Nudged, names: Names): string {
  const shown = voters.slice(0, 10).map(({ name }) => escapeText(name, 60));
  const more = voters.length - shown.length;
  const list = `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return voters.length === 0
    ? `*You cannot vote on it.* It takes ${policyNames(asked.approval.policy, names)}; nobody of them was found who still can.`
    : `*You cannot vote on it; these can:* ${list}. Please get one of them to look.`;
}

function closing(state: Exclude<Nudged["state"], "open">, approval: ApprovalRequest): string {
  switch (state) {
    case "voted":
      return "You have voted; nothing more to do for you.";
    case "repeated":
      return "A later message asks the same.";
    case "withdrawn":
      return "⏹️ The upgrade went another way; nothing to do for you.";
    case "decided":
      return outcomeText(approval);
    default:
      return unreachable(state);
  }
}

function outcomeText({ outcome }: ApprovalRequest): string {
  switch (outcome.kind) {
    case "open":
      return "Nothing to do for you.";
    case "granted":
    case "consumed":
      return outcome.brokenGlass === undefined
        ? "✅ Approved; nothing to do for you."
        : "🔨 Let go without its approval; nothing to do for you.";
    case "refused":
      return "🚫 Rejected; nothing to do for you.";
    case "expired":
      return "⌛ Expired before it was used; nothing to do for you.";
    case "cancelled":
      return "⏹️ Taken back by whoever asked; nothing to do for you.";
    default:
      return unreachable(outcome);
  }
}

import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { actions, section } from "#src/slack/views/blocks.ts";
import { reviewButton } from "#src/slack/views/break-glass.ts";
import type { Content } from "#src/slack/views/blocks.ts";
import type { Dialog } from "#src/slack/views/dialog.ts";
import { cutMarkup, escapeWithDates } from "#src/slack/views/text.ts";
import type { AnswerData } from "./answer-data.ts";

/** What a command answers, as data: shown privately in Slack, printed by the terminal. */
export interface Reply {
  /** `accepted`: recorded, the rest is told in the thread. `answered`: this is all. `refused`: nothing was done. */
  readonly kind: "accepted" | "answered" | "refused";
  readonly content: Content;
  /** The same for programs: what a terminal prints with `--json`, in a shape of docs/terminal.md. */
  readonly data?: AnswerData;
  readonly upgradeId?: UpgradeId;
  /** Asks for the rest; opened instead of showing the content. */
  readonly dialog?: Dialog;
}

/** Recorded; everything else follows in the thread of the upgrade. */
export function accepted(upgradeId: UpgradeId, markup: string, data?: AnswerData): Reply {
  return { kind: "accepted", upgradeId, content: sentence(markup), ...(data === undefined ? {} : { data }) };
}

export function answered(content: Content, data?: AnswerData): Reply {
  return { kind: "answered", content, ...(data === undefined ? {} : { data }) };
}

/** Asks for the rest in a dialog; the markup is for where none can be opened. */
export function asked(dialog: Dialog, markup: string): Reply {
  return { kind: "answered", content: sentence(markup), dialog };
}

/** A private, polite no with what to do instead. */
export function refused({
  code,
  sentence: why,
  help,
  unreviewed,
}: Pick<Refusal, "sentence" | "help" | "unreviewed"> & Partial<Pick<Refusal, "code">>): Reply {
  const { text, blocks } = sentence(`${refusalText(why)}\n${refusalText(help)}`);
  const offered = unreviewed === undefined ? [] : [actions(reviewButton(unreviewed))];
  return {
    kind: "refused",
    content: { text, blocks: [...blocks, ...offered] },
    data: { kind: "refused", code: code ?? "refused", sentence: why, help },
  };
}

export function sentence(markup: string): Content {
  return { text: markup, blocks: [section(markup)] };
}

/** The same no with help that is ready markup. */
export function refusedWith(why: string, help: string): Content {
  return sentence(`${refusalText(why)}\n${help}`);
}

/** Refusals name people as `<@U…>`; in a private answer that notifies nobody and is kept, as are moments; all else is escaped. */
function refusalText(text: string): string {
  const lines = text.split("\n").map((line) => escapeWithDates(line, 1_500));
  return cutMarkup(lines.join("\n"), 1_500).replaceAll(/&lt;([@#][UWCG][A-Z0-9]{2,20})&gt;/gu, "<$1>");
}

import { sentence } from "#commands/reply.ts";
import { decodeValue } from "#src/slack/actions.ts";
import type { Whisper } from "#src/slack/answer-privately.ts";
import type { Submission } from "#src/slack/incoming.ts";
import { originOf } from "#src/slack/origin.ts";
import { inputBlocks } from "#src/slack/views/dialog.ts";
import { escapeText } from "#src/slack/views/text.ts";
import { handle, whisper } from "./handle.ts";
import type { ListenerPorts } from "./ports.ts";
import { withWords } from "./stale-click.ts";

/** What Slack shows beside inputs that must be corrected, by block id. */
export type Errors = Record<string, string>;

/** The answer that keeps a dialog open. */
export type ModalAnswer = { response_action: "errors"; errors: Errors };

/** Judges a dialog and does what it asks; answers what must be corrected, or nothing when the dialog is done with. */
export type Check = (
  ports: ListenerPorts,
  submission: Submission,
  recorded: () => Promise<void>,
) => Promise<Errors | undefined>;

interface Handling {
  readonly ack: (answer?: ModalAnswer) => Promise<void>;
  readonly check: Check;
}

/**
 * A dialog that closes only when its words are right. Slack takes one answer, within 3 s; what comes later is told
 * privately, with what was written, because the dialog is closed then.
 */
export async function submitChecked(
  ports: ListenerPorts,
  submission: Submission,
  { ack, check }: Handling,
): Promise<void> {
  const { view, user } = submission;
  const person = { userId: user.id };
  let answer: ModalAnswer | undefined;
  let isClosed = false;
  const incoming = {
    what: `view ${view.callback_id}`.slice(0, 80),
    ...originOf(submission),
    dedupKey: `submission/${submission.trigger_id}`,
    person,
  };
  await handle(ports, incoming, {
    acknowledge: async () => {
      isClosed = true;
      await ack(answer);
    },
    work: async (recorded) => {
      const errors = await check(ports, submission, recorded);
      if (errors === undefined) return;
      if (!isClosed) answer = { response_action: "errors", errors };
      else await whisper(ports, await placeOf(ports, submission), tooLate(errors, submission));
    },
  });
}

/** A dialog knows no channel: its answer goes where its upgrade is. */
async function placeOf({ desk }: ListenerPorts, { view, user }: Submission): Promise<Whisper> {
  const value = decodeValue(view.private_metadata);
  const upgrade = value && (await desk.find(value.upgradeId));
  return { userId: user.id, channel: upgrade?.request.channel };
}

function tooLate(errors: Errors, submission: Submission): ReturnType<typeof sentence> {
  const complaints = Object.values(errors).map((error) => escapeText(error));
  return withWords(
    sentence(`${complaints.join("\n")}\nNothing was done: please press the button again.`),
    typedInto(submission, inputBlocks.words),
  );
}

/** What was typed into a field; empty where there is none. */
export function typedInto({ view }: Submission, blockId: string): string {
  return (view.state.values[blockId]?.["text"]?.value ?? "").trim();
}

/** The one-time code that was typed. Apps show it as two groups of three digits, so spaces are left out. */
export function typedCode(submission: Submission): string {
  return typedInto(submission, inputBlocks.code).replaceAll(/\s/gu, "");
}

import { sentence } from "#commands/reply.ts";
import type { Submission } from "#src/slack/incoming.ts";
import { originOf } from "#src/slack/origin.ts";
import { handle, whisper } from "./handle.ts";
import type { ListenerPorts } from "./ports.ts";

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

/** A dialog that closes only when its words are right. Where judging takes longer than Slack waits, the rest is whispered. */
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
      if (isClosed) await whisper(ports, person, sentence(`${Object.values(errors).join(" ")} Nothing was done.`));
      else answer = { response_action: "errors", errors };
    },
  });
}

/** What was typed into a field; empty where there is none. */
export function typedInto({ view }: Submission, blockId: string): string {
  return (view.state.values[blockId]?.["text"]?.value ?? "").trim();
}

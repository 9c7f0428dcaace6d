import { answerKindSchema } from "#src/upgrade/answers.ts";
import { sentence } from "#commands/reply.ts";
import { decodeValue } from "#src/slack/actions.ts";
import type { Submission } from "#src/slack/incoming.ts";
import { originOf } from "#src/slack/origin.ts";
import { inputBlocks } from "#src/slack/views/modals.ts";
import { perform } from "./click.ts";
import { dialogs } from "./dialogs.ts";
import { handle, whisper } from "./handle.ts";
import type { Words } from "./intent-of-click.ts";
import type { ListenerPorts } from "./ports.ts";
import type { Errors, Proof } from "./vote.ts";

/** What Slack shows beside an input that must be corrected. */
export type ModalAnswer = { response_action: "errors"; errors: Errors };

/**
 * A modal with words was sent. It stays open with what must be corrected, if that is known in time; else it closes, and
 * the answer follows privately.
 */
export async function submitted(
  ports: ListenerPorts,
  submission: Submission,
  ack: (answer?: ModalAnswer) => Promise<void>,
): Promise<void> {
  const { view, user } = submission;
  const person = { userId: user.id };
  const incoming = {
    what: `view ${view.callback_id}`.slice(0, 80),
    ...originOf(submission),
    dedupKey: `submission/${submission.trigger_id}`,
    person,
  };
  const dialog = dialogs.find(({ modalId }) => modalId === view.callback_id);
  const value = decodeValue(view.private_metadata);
  if (dialog === undefined || value === undefined) {
    const content = sentence("This dialog is from an older version of me; nothing was done.");
    await handle(ports, incoming, { acknowledge: () => ack(), work: () => whisper(ports, person, content) });
    return;
  }
  const { values } = view.state;
  const words = wordsOf(values);
  const proof = proofOf(values);
  const errors = dialog.errorsIn(words, proof);
  if (errors !== undefined) {
    await handle(ports, incoming, { acknowledge: () => ack({ response_action: "errors", errors }) });
    return;
  }
  const { actionId } = dialog;
  const answer = answerOnce(ack);
  await handle(ports, incoming, {
    acknowledge: () => answer.send(),
    work: (recorded) =>
      perform(
        ports,
        {
          actionId,
          value,
          words,
          ...(dialog.asksForProof === true ? { proof } : {}),
          user,
          person,
          complain: (found) => answer.complain(found, recorded),
        },
        recorded,
      ),
  });
}

/** Slack takes one answer to a submission, within 3 s; whoever is late finds the dialog closed. */
function answerOnce(ack: (answer?: ModalAnswer) => Promise<void>): {
  readonly send: () => Promise<void>;
  readonly complain: (errors: Errors, send: () => Promise<void>) => Promise<boolean>;
} {
  let answer: ModalAnswer | undefined;
  let isSent = false;
  return {
    send: () => {
      isSent = true;
      return ack(answer);
    },
    complain: async (errors, send) => {
      if (isSent) return false;
      answer = { response_action: "errors", errors };
      await send();
      return true;
    },
  };
}

type Values = Submission["view"]["state"]["values"];

function wordsOf(values: Values): Words {
  const chosen = values[inputBlocks.leaveAsIs]?.["choice"]?.selected_options ?? [];
  const answer = answerKindSchema.safeParse(values[inputBlocks.answer]?.["choice"]?.selected_option?.value);
  return {
    text: textOf(values, inputBlocks.words),
    leaveAsIs: chosen.some((option) => option.value === "leave_as_is"),
    answer: answer.data,
  };
}

/** Apps show a code as two groups of three digits, so spaces are left out. */
function proofOf(values: Values): Proof {
  return {
    environment: textOf(values, inputBlocks.environment),
    code: textOf(values, inputBlocks.code).replaceAll(/\s/gu, ""),
  };
}

function textOf(values: Values, block: string): string {
  return (values[block]?.["text"]?.value ?? "").trim();
}

import { answerKindSchema } from "#src/upgrade/answers.ts";
import { sentence } from "#commands/reply.ts";
import { decodeValue } from "#src/slack/actions.ts";
import type { Submission } from "#src/slack/incoming.ts";
import { inputBlocks } from "#src/slack/views/dialog.ts";
import { perform } from "./click.ts";
import { dialogs } from "./dialogs.ts";
import { whisper } from "./handle.ts";
import type { Words } from "./intent-of-click.ts";
import type { ListenerPorts } from "./ports.ts";
import { typedCode, typedInto } from "./submit-checked.ts";
import type { Errors } from "./submit-checked.ts";

/** A dialog that a button opened was sent: it means what the button means, with words and a proof of presence. */
export async function submitModal(
  ports: ListenerPorts,
  submission: Submission,
  recorded: () => Promise<void>,
): Promise<Errors | undefined> {
  const { view, user } = submission;
  const person = { userId: user.id };
  const dialog = dialogs.find(({ modalId }) => modalId === view.callback_id);
  const value = decodeValue(view.private_metadata);
  if (dialog === undefined || value === undefined) {
    await whisper(ports, person, sentence("This dialog is from an older version of me; nothing was done."));
    return undefined;
  }
  const words = wordsOf(submission);
  const proof = { environment: typedInto(submission, inputBlocks.environment), code: typedCode(submission) };
  const errors = dialog.errorsIn(words, proof);
  if (errors !== undefined) return errors;
  const { actionId } = dialog;
  const deed = { actionId, value, words, user, person, ...(dialog.asksForProof === true ? { proof } : {}) };
  return perform(ports, deed, recorded);
}

function wordsOf(submission: Submission): Words {
  const { values } = submission.view.state;
  const chosen = values[inputBlocks.leaveAsIs]?.["choice"]?.selected_options ?? [];
  const answer = answerKindSchema.safeParse(values[inputBlocks.answer]?.["choice"]?.selected_option?.value);
  return {
    text: typedInto(submission, inputBlocks.words),
    leaveAsIs: chosen.some((option) => option.value === "leave_as_is"),
    answer: answer.data,
  };
}

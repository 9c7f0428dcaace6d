import { answerKindSchema } from "#src/upgrade/answers.ts";
import { sentence } from "#commands/reply.ts";
import { actionIds, decodeValue, modalIds } from "#src/slack/actions.ts";
import type { ActionId } from "#src/slack/actions.ts";
import type { Submission } from "#src/slack/incoming.ts";
import { originOf } from "#src/slack/origin.ts";
import { inputBlocks } from "#src/slack/views/modals.ts";
import { perform } from "./click.ts";
import { handle, whisper } from "./handle.ts";
import type { Words } from "./intent-of-click.ts";
import type { ListenerPorts } from "./ports.ts";

const meanings: ReadonlyMap<string, ActionId> = new Map<string, ActionId>([
  [modalIds.reject, actionIds.reject],
  [modalIds.countAsDone, actionIds.countAsDone],
  [modalIds.abort, actionIds.abort],
  [modalIds.answer, actionIds.answer],
]);

/** What Slack shows beside an input that must be corrected. */
export type ModalAnswer = { response_action: "errors"; errors: Record<string, string> };

/** A modal with words was sent; it closes at once, and the answer follows privately. */
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
  const actionId = meanings.get(view.callback_id);
  const value = decodeValue(view.private_metadata);
  if (actionId === undefined || value === undefined) {
    const content = sentence("This dialog is from an older version of me; nothing was done.");
    await handle(ports, incoming, { acknowledge: () => ack(), work: () => whisper(ports, person, content) });
    return;
  }
  const words = wordsOf(view.state.values);
  const errors = view.callback_id === modalIds.answer ? answerErrors(words) : wordErrors(words);
  if (errors !== undefined) {
    await handle(ports, incoming, { acknowledge: () => ack({ response_action: "errors", errors }) });
    return;
  }
  await handle(ports, incoming, {
    acknowledge: () => ack(),
    work: (recorded) => perform(ports, { actionId, value, words, user, person }, recorded),
  });
}

function wordsOf(values: Submission["view"]["state"]["values"]): Words {
  const chosen = values[inputBlocks.leaveAsIs]?.["choice"]?.selected_options ?? [];
  const answer = answerKindSchema.safeParse(values[inputBlocks.answer]?.["choice"]?.selected_option?.value);
  return {
    text: (values[inputBlocks.words]?.["text"]?.value ?? "").trim(),
    leaveAsIs: chosen.some((option) => option.value === "leave_as_is"),
    answer: answer.data,
  };
}

type Errors = ModalAnswer["errors"];

function wordErrors({ text }: Words): Errors | undefined {
  return text.length < 3 ? { [inputBlocks.words]: "Please write at least a few words." } : undefined;
}

/** The same rule as in the decision, said beside the field while the dialog is open. */
function answerErrors({ text, answer }: Words): Errors | undefined {
  if (answer === undefined) return { [inputBlocks.answer]: "Please choose an answer." };
  return answer === "not_applicable" && text === ""
    ? { [inputBlocks.words]: "Please say why the question does not apply here." }
    : undefined;
}

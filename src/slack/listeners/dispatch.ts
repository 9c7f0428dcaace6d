import { confirmCodeAction, modalIds, reviewAction } from "#src/slack/actions.ts";
import type { Click, Submission } from "#src/slack/incoming.ts";
import { submitBreakGlass } from "./break-glass.ts";
import { clicked } from "./click.ts";
import { askForFirstCode, confirmCode, replaceCode } from "./enrolment.ts";
import type { ListenerPorts } from "./ports.ts";
import { openReview, submitReview } from "./review.ts";
import { submitChecked } from "./submit-checked.ts";
import type { Check, ModalAnswer } from "./submit-checked.ts";
import { submitModal } from "./submit-modal.ts";

/** Buttons that belong to no open upgrade: they work on closed cards and in direct messages. */
const ownClicks: ReadonlyMap<string, typeof clicked> = new Map([
  [confirmCodeAction, askForFirstCode],
  [reviewAction, openReview],
]);

/** Dialogs that no button of an upgrade stands behind. */
const ownDialogs: ReadonlyMap<string, Check> = new Map<string, Check>([
  [modalIds.breakGlass, submitBreakGlass],
  [modalIds.review, submitReview],
  [modalIds.confirmCode, confirmCode],
  [modalIds.replaceCode, replaceCode],
]);

/** A click on any button of the bot. */
export function dispatchClick(ports: ListenerPorts, click: Click, ack: () => Promise<void>): Promise<void> {
  const handler = ownClicks.get(click.actions[0]?.action_id ?? "") ?? clicked;
  return handler(ports, click, ack);
}

/** Any dialog of the bot that was sent. */
export function dispatchSubmission(
  ports: ListenerPorts,
  submission: Submission,
  ack: (answer?: ModalAnswer) => Promise<void>,
): Promise<void> {
  const check = ownDialogs.get(submission.view.callback_id) ?? submitModal;
  return submitChecked(ports, submission, { ack, check });
}

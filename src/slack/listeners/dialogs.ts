import type { ModalView } from "@slack/types";
import { cancellingOf } from "#src/plan/cancelling.ts";
import { isBlank, visibleSigns } from "#src/kernel/visible-signs.ts";
import type { Requester } from "#src/upgrade/identity.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { actionIds, encodeValue, modalIds } from "#src/slack/actions.ts";
import type { ActionId, ButtonValue } from "#src/slack/actions.ts";
import { groupsOf } from "#src/slack/people.ts";
import { needsDialog } from "#src/slack/views/vote-buttons.ts";
import { inputBlocks } from "#src/slack/views/dialog.ts";
import { cancelStepModal } from "#src/slack/views/cancel-step.ts";
import { liftModal } from "#src/slack/views/hold.ts";
import { abortModal, acceptDriftModal, countAsDoneModal, waiveLookModal } from "#src/slack/views/modals.ts";
import { approveModal, cancelRequestModal, rejectModal } from "#src/slack/views/vote-dialogs.ts";
import type { AskedVote } from "#src/slack/views/vote-dialogs.ts";
import type { whisper } from "./handle.ts";
import { gateOf, intentOf, liftedBy, outdated } from "./intent-of-click.ts";
import type { Words } from "./intent-of-click.ts";
import { viewOfAnswer } from "./open-answer.ts";
import type { ListenerPorts } from "./ports.ts";
import { lookUpDelegators, refusalNow } from "./vote.ts";
import { codeFormErrors } from "./one-time-code.ts";
import type { Errors } from "./submit-checked.ts";
import type { Proof } from "./vote.ts";
import { refuseVotePlace } from "./vote-place.ts";

/** Who clicked what, before any dialog is open. */
export interface Wish {
  readonly value: ButtonValue;
  readonly triggerId: string;
  readonly user: { readonly id: string; readonly team_id?: string | null | undefined };
  readonly person: Parameters<typeof whisper>[1];
}

/** What a dialog needs to be made from the record: the upgrade is found, and the button is not stale. */
export interface Opening {
  readonly ports: ListenerPorts;
  readonly upgrade: Upgrade;
  readonly wish: Wish;
}

/** A dialog: the button that opens it, the submission that comes back, and what its words must be. */
export interface Dialog {
  readonly modalId: string;
  /** The button; its submission means what the button means, with words. */
  readonly actionId: ActionId;
  readonly opens:
    | { readonly how: "at_once"; readonly view: (value: string) => ModalView }
    /** The view, a refusal before anybody writes anything, or word that a click is enough here. */
    | {
        readonly how: "looked_up";
        readonly view: (opening: Opening) => Promise<ModalView | Refusal | "click_is_enough">;
      };
  /** It may ask for a proof of presence, as the policy of the step wants it. */
  readonly asksForProof?: boolean;
  /** What must be corrected; costs nothing. */
  readonly errorsIn: (words: Words, proof: Proof) => Errors | undefined;
}

/** Every dialog of the bot; a new one is a line here. */
export const dialogs: readonly Dialog[] = [
  {
    modalId: modalIds.approve,
    actionId: actionIds.approve,
    opens: { how: "looked_up", view: viewOfApproval },
    asksForProof: true,
    errorsIn: (_, { code }) =>
      // Only some policies ask for a code, and which one it is stands in the record.
      code === "" ? undefined : codeFormErrors(code),
  },
  {
    modalId: modalIds.reject,
    actionId: actionIds.reject,
    opens: { how: "looked_up", view: viewOfRejection },
    // Whether a reason is needed is a matter of the policy: the dialog asks for it, and the decision insists on it.
    errorsIn: ({ text }) => (text === "" ? undefined : tooShort(text)),
  },
  {
    modalId: modalIds.cancelRequest,
    actionId: actionIds.cancelRequest,
    opens: { how: "looked_up", view: viewOfCancelling },
    errorsIn: ({ text }) => tooShort(text),
  },
  {
    modalId: modalIds.cancelStep,
    actionId: actionIds.cancelStep,
    opens: { how: "looked_up", view: viewOfCancellingStep },
    errorsIn: ({ text }) => tooShort(text),
  },
  {
    modalId: modalIds.countAsDone,
    actionId: actionIds.countAsDone,
    opens: { how: "at_once", view: countAsDoneModal },
    errorsIn: ({ text }) => tooShort(text),
  },
  {
    modalId: modalIds.acceptDrift,
    actionId: actionIds.acceptDrift,
    opens: { how: "at_once", view: acceptDriftModal },
    errorsIn: ({ text }) => tooShort(text),
  },
  {
    modalId: modalIds.waiveLook,
    actionId: actionIds.waiveLook,
    opens: { how: "at_once", view: waiveLookModal },
    errorsIn: ({ text }) => tooShort(text),
  },
  {
    modalId: modalIds.lift,
    actionId: actionIds.lift,
    opens: { how: "looked_up", view: viewOfLifting },
    errorsIn: ({ text }) => tooShort(text),
  },
  {
    modalId: modalIds.abort,
    actionId: actionIds.abort,
    opens: { how: "at_once", view: abortModal },
    errorsIn: ({ text }) => tooShort(text),
  },
  {
    modalId: modalIds.answer,
    actionId: actionIds.answer,
    opens: { how: "looked_up", view: viewOfAnswer },
    errorsIn: answerErrors,
  },
];

function tooShort(text: string): Errors | undefined {
  return visibleSigns(text) < 3 ? { [inputBlocks.words]: "Please write at least a few words." } : undefined;
}

/** The same rule as in the decision, said beside the field while the dialog is open. */
function answerErrors({ text, answer }: Words): Errors | undefined {
  if (answer === undefined) return { [inputBlocks.answer]: "Please choose an answer." };
  return answer === "not_applicable" && isBlank(text)
    ? { [inputBlocks.words]: "Please say why the question does not apply here." }
    : undefined;
}

async function viewOfApproval(opening: Opening): Promise<ModalView | Refusal | "click_is_enough"> {
  const asked = askedVote(opening);
  if (asked === undefined) return outdated;
  if (!needsDialog(asked.approval.policy)) return "click_is_enough";
  return (await refusedEarly(opening, actionIds.approve)) ?? approveModal(asked);
}

async function viewOfRejection(opening: Opening): Promise<ModalView | Refusal> {
  const asked = askedVote(opening);
  if (asked === undefined) return outdated;
  return (await refusedEarly(opening, actionIds.reject)) ?? rejectModal(asked);
}

async function viewOfCancelling(opening: Opening): Promise<ModalView | Refusal> {
  const refusal = await refusedEarly(opening, actionIds.cancelRequest);
  return refusal ?? cancelRequestModal(encodeValue(opening.wish.value));
}

async function viewOfCancellingStep(opening: Opening): Promise<ModalView | Refusal> {
  const { upgrade, wish } = opening;
  const refusal = await refusedEarly(opening, actionIds.cancelStep);
  if (refusal !== undefined) return refusal;
  const steps = upgrade.status === "active" ? currentTrack(upgrade).plan.steps : [];
  const step = steps.find(({ id }) => id === wish.value.step?.id);
  const cancelling = step && cancellingOf(step, upgrade.request.environment.hooks);
  if (step === undefined || cancelling?.kind !== "possible") return outdated;
  return cancelStepModal(encodeValue(wish.value), step, cancelling.leaves);
}

async function viewOfLifting(opening: Opening): Promise<ModalView | Refusal> {
  const { upgrade, wish } = opening;
  const lifted = liftedBy(upgrade, wish.value);
  if (lifted === undefined) return outdated;
  return (await refusedEarly(opening, actionIds.lift)) ?? liftModal(encodeValue(wish.value), lifted);
}

function askedVote({ upgrade, wish }: Opening): AskedVote | undefined {
  const { value } = wish;
  const approval = gateOf(upgrade, value);
  const plan = upgrade.status === "active" ? currentTrack(upgrade).plan : undefined;
  const step = plan?.steps.find(({ id }) => id === value.step?.id);
  if (approval === undefined || step === undefined) return undefined;
  return { value: encodeValue(value), environment: upgrade.request.environment.name, step, approval };
}

/** A dialog must open within 3 s of the click; a slower look-up is left to the submission, which asks again anyway. */
const patienceMs = 1_200;

/** The no that somebody would get after writing everything, if it is certain now. */
async function refusedEarly(opening: Opening, actionId: ActionId): Promise<Refusal | undefined> {
  const { promise: tooLate, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), patienceMs);
  try {
    return await Promise.race([whyNot(opening, actionId), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

async function whyNot({ ports, upgrade, wish }: Opening, actionId: ActionId): Promise<Refusal | undefined> {
  const isVote = actionId === actionIds.approve || actionId === actionIds.reject;
  const misplaced = isVote ? await refuseVotePlace(ports, upgrade) : undefined;
  if (misplaced !== undefined) return misplaced;
  const { value, user } = wish;
  const groups = groupsOf(upgrade.request.environment);
  const person = await ports.people.lookUp({ userId: user.id, teamId: user.team_id, groups, isFresh: false });
  const by: Requester = { kind: "slack", person };
  const meant = intentOf(upgrade, { actionId, value, words: { text: "(to be written)", leaveAsIs: false } }, by);
  if (!meant.ok) return meant.problem;
  const approval = gateOf(upgrade, value);
  if (meant.value.intent !== "vote" || approval === undefined) return refusalNow(ports, upgrade, meant.value);
  const onBehalfOf = await lookUpDelegators(ports, upgrade, { voter: person, approval });
  return refusalNow(ports, upgrade, { ...meant.value, stepUp: approval.policy.stepUp, onBehalfOf });
}

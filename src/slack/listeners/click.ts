import { setTimeout as delay } from "node:timers/promises";
import { groupsOfPolicy } from "#approvals/policy.ts";
import { instantOf } from "#src/kernel/instant.ts";
import { no, unreachable } from "#src/kernel/result.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { Requester } from "#src/upgrade/identity.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { warningText } from "#commands/act.ts";
import { refuseStarting, warnOfNewAttempt, warnOfWayBack } from "#commands/approvers.ts";
import { refuseByCalendar } from "#commands/moment.ts";
import { joinWarnings, warnWithoutRunner } from "#commands/without-runner.ts";
import { sentence } from "#commands/reply.ts";
import type { Whisper } from "#src/slack/answer-privately.ts";
import { actionIds, decodeValue, encodeValue } from "#src/slack/actions.ts";
import type { ActionId, ButtonValue } from "#src/slack/actions.ts";
import type { Click } from "#src/slack/incoming.ts";
import { originOf } from "#src/slack/origin.ts";
import { groupsOf } from "#src/slack/people.ts";
import { standingAfter } from "#src/slack/views/who-can.ts";
import { dialogs } from "./dialogs.ts";
import type { Dialog } from "./dialogs.ts";
import { handle, whisper } from "./handle.ts";
import { gateOf, intentOf } from "./intent-of-click.ts";
import type { SubmittedIntent, Words } from "./intent-of-click.ts";
import type { ListenerPorts } from "./ports.ts";
import { showEverything } from "./show-everything.ts";
import { staleness, unknownUpgrade } from "./stale-click.ts";
import { tellRefused } from "./tell-refused.ts";
import { nameErrors, prepareVote } from "./vote.ts";
import type { Proof } from "./vote.ts";
import type { Errors } from "./submit-checked.ts";
import { refuseVotePlace } from "./vote-place.ts";

const knownActions: ReadonlySet<string> = new Set(Object.values(actionIds));

/** A click on any button; one that this version does not know is answered, too. */
export async function clicked(ports: ListenerPorts, click: Click, ack: () => Promise<void>): Promise<void> {
  const [action] = click.actions;
  const actionId = knownAction(action?.action_id);
  const value = decodeValue(action?.value);
  const person = clickerOf(click);
  const incoming = {
    what: `action ${action?.action_id ?? ""}`.slice(0, 80),
    ...originOf(click),
    dedupKey: `click/${click.trigger_id}`,
    person,
  };
  if (actionId === undefined || value === undefined) {
    const content = sentence(
      "This button is from an older version of me and does nothing. The newest card has the valid ones.",
    );
    await handle(ports, incoming, { acknowledge: ack, work: () => whisper(ports, person, content) });
    return;
  }
  const deed = { actionId, value, words: noWords, user: click.user, person };
  const triggerId = click.trigger_id;
  const dialog = dialogs.find((each) => each.actionId === actionId);
  if (dialog?.opens.how === "at_once") {
    const view = dialog.opens.view(encodeValue(value));
    const first = async (): Promise<void> => {
      await ports.clients.interactive.views.open({ trigger_id: triggerId, view });
    };
    await handle(ports, incoming, { acknowledge: ack, first });
    return;
  }
  await handle(ports, incoming, {
    acknowledge: ack,
    work: async (recorded) => {
      if (actionId === actionIds.showEverything) await showEverything(ports, { value, triggerId, person });
      else if (dialog?.opens.how === "looked_up") await openDialog(ports, { deed, triggerId, dialog }, recorded);
      else await perform(ports, deed, recorded);
    },
  });
}

/** Opens the dialog of a button if there is something to write; whoever may not is told so before writing anything. */
async function openDialog(
  ports: ListenerPorts,
  { deed, triggerId, dialog }: { readonly deed: Deed; readonly triggerId: string; readonly dialog: Dialog },
  recorded: () => Promise<void>,
): Promise<void> {
  if (dialog.opens.how === "at_once") return;
  const upgrade = await ports.desk.find(deed.value.upgradeId);
  const stale = upgrade === undefined ? unknownUpgrade(deed.value.upgradeId) : staleness(upgrade, deed);
  if (stale !== undefined || upgrade === undefined) {
    await tellRefused(ports, deed, { upgrade, refusal: stale ?? unknownUpgrade(deed.value.upgradeId) });
    return;
  }
  const view = await dialog.opens.view({ ports, upgrade, wish: { ...deed, triggerId } });
  if (view === "click_is_enough") {
    await perform(ports, deed, recorded);
    return;
  }
  if ("code" in view) {
    await recorded();
    // Whoever saw an old button gets the newest card.
    ports.upgradeChanged(upgrade.id);
    await tellRefused(ports, deed, { upgrade, refusal: view });
    return;
  }
  await ports.clients.interactive.views.open({ trigger_id: triggerId, view });
}

/** Who clicked where, and how they are answered. */
function clickerOf(click: Click): Whisper {
  return {
    userId: click.user.id,
    // What only one person sees cannot be a copy, wherever they asked for it.
    channel: click.container?.is_ephemeral === true ? undefined : click.channel?.id,
    isInView: click.view !== undefined,
    threadTs: click.container?.thread_ts,
    responseUrl: click.response_url,
  };
}

const noWords: Words = { text: "", leaveAsIs: false };

export interface Deed {
  readonly actionId: ActionId;
  readonly value: ButtonValue;
  readonly words: Words;
  readonly user: { readonly id: string; readonly team_id?: string | null | undefined };
  readonly person: Parameters<typeof whisper>[1];
  /** What a dialog asked for besides words. */
  readonly proof?: Proof;
}

/** Looks everything up again, asks the desk, and tells the person what came of it; or answers what must be corrected. */
export async function perform(
  ports: ListenerPorts,
  asked: Deed,
  recorded: () => Promise<void>,
): Promise<Errors | undefined> {
  const { desk } = ports;
  const upgrade = await desk.find(asked.value.upgradeId);
  // A modal knows no channel: its answer goes where the upgrade is.
  const deed = { ...asked, person: { ...asked.person, channel: asked.person.channel ?? upgrade?.request.channel } };
  const wish = { ...deed, written: deed.words.text };
  const stale = upgrade === undefined ? unknownUpgrade(deed.value.upgradeId) : staleness(upgrade, deed);
  if (stale !== undefined || upgrade === undefined) {
    await tellRefused(ports, wish, { upgrade, refusal: stale ?? unknownUpgrade(deed.value.upgradeId) });
    return undefined;
  }
  const meant = await meaningOf(ports, upgrade, deed);
  if (meant.kind === "to_be_corrected") return meant.errors;
  const result = meant.kind === "meant" ? await submit(ports, upgrade, meant) : meant.no;
  await recorded();
  if (!result.ok) {
    // Whoever saw an old button gets the newest card.
    ports.upgradeChanged(upgrade.id);
    await tellRefused(ports, wish, { upgrade: await desk.find(upgrade.id), refusal: result.problem });
    return undefined;
  }
  const now = result.value.upgrade;
  const warning = meant.kind === "meant" ? await warningAfter(ports, deed, { by: meant.by, now }) : undefined;
  await whisper(ports, deed.person, sentence(`${confirmation(ports, deed, now)}${warningText(warning)}`));
  // What follows from the click comes before what is drawn.
  ports.upgradeChanged(upgrade.id);
  return undefined;
}

/** Clicks after which a runner has something to do. */
const wakesRunner: ReadonlySet<ActionId> = new Set([
  actionIds.start,
  actionIds.resume,
  actionIds.retry,
  actionIds.rollBack,
  actionIds.lookAgain,
  actionIds.acceptDrift,
  actionIds.waiveLook,
  actionIds.lift,
]);

async function warningAfter(
  ports: ListenerPorts,
  { actionId }: Deed,
  { by, now }: { readonly by: Requester; readonly now: Upgrade },
): Promise<string | undefined> {
  if (!wakesRunner.has(actionId)) return undefined;
  const looking = lookingFor(ports, by);
  const isWayBack = actionId === actionIds.rollBack;
  const isNewAttempt = actionId === actionIds.retry;
  return joinWarnings(
    isWayBack ? await warnOfWayBack(looking, now) : isNewAttempt ? await warnOfNewAttempt(looking, now) : undefined,
    await warnWithoutRunner(ports, now.request.environment),
  );
}

/** Slack may take no look-ups for a while; nobody should have to press again for a few seconds of that. */
const lookAgainAfterMs = [1_500, 3_000, 6_000];

/** The confirmation is the start of a manual step: its approvers are looked up again for it, as for any other step. */
async function submit(
  { desk, recheckApproval }: ListenerPorts,
  { id }: Upgrade,
  { intent, by }: Extract<Meaning, { readonly kind: "meant" }>,
): ReturnType<Desk["submit"]> {
  if (intent.intent === "confirm_manual_step") await recheckApproval(id);
  let answer = await desk.submit(id, intent, actorOf(by));
  for (const pauseMs of lookAgainAfterMs) {
    if (answer.ok || answer.problem.code !== "being_looked_up") break;
    await delay(pauseMs);
    await recheckApproval(id);
    answer = await desk.submit(id, intent, actorOf(by));
  }
  return answer;
}

type Meaning =
  | { readonly kind: "meant"; readonly intent: SubmittedIntent; readonly by: Requester }
  | { readonly kind: "refused"; readonly no: { readonly ok: false; readonly problem: Refusal } }
  | { readonly kind: "to_be_corrected"; readonly errors: Errors };

/** What a click or a dialog asks for, with everybody looked up; the cheap checks come first. */
async function meaningOf(ports: ListenerPorts, upgrade: Upgrade, deed: Deed): Promise<Meaning> {
  const { value, proof } = deed;
  const errors = nameErrors(upgrade, value, proof);
  if (errors !== undefined) return { kind: "to_be_corrected", errors };
  const [misplaced, by] = await Promise.all([
    isVote(deed) ? refuseVotePlace(ports, upgrade) : undefined,
    requesterOf(ports, deed, upgrade),
  ]);
  if (misplaced !== undefined) return { kind: "refused", no: no(misplaced) };
  const intent = intentOf(upgrade, deed, by);
  if (!intent.ok) return { kind: "refused", no: intent };
  const unmet = deed.actionId === actionIds.start ? await refuseStart(ports, upgrade, by) : undefined;
  if (unmet !== undefined) return { kind: "refused", no: no(unmet) };
  const approval = gateOf(upgrade, value);
  if (intent.value.intent !== "vote" || approval === undefined) return { kind: "meant", intent: intent.value, by };
  const prepared = await prepareVote(ports, upgrade, { vote: intent.value, approval, proof });
  switch (prepared.kind) {
    case "vote":
      return { kind: "meant", intent: prepared.vote, by };
    case "refused":
      return { kind: "refused", no: no(prepared.refusal) };
    case "to_be_corrected":
      return prepared;
    default:
      return unreachable(prepared);
  }
}

async function refuseStart(ports: ListenerPorts, upgrade: Upgrade, by: Requester): Promise<Refusal | undefined> {
  const frozen = refuseByCalendar(ports, upgrade, instantOf(ports.now()));
  return frozen ?? (await refuseStarting(lookingFor(ports, by), upgrade));
}

function lookingFor({ names, rosterOf }: ListenerPorts, by: Requester): Parameters<typeof refuseStarting>[0] {
  return { by, names, rosterOf };
}

function knownAction(id: string | undefined): ActionId | undefined {
  return id !== undefined && knownActions.has(id) ? Object.values(actionIds).find((known) => known === id) : undefined;
}

function isVote({ actionId }: Deed): boolean {
  return actionId === actionIds.approve || actionId === actionIds.reject;
}

async function requesterOf(ports: ListenerPorts, deed: Deed, upgrade: Upgrade): Promise<Requester> {
  const { user, value } = deed;
  const policy = isVote(deed) ? gateOf(upgrade, value)?.policy : undefined;
  return {
    kind: "slack",
    person: await ports.people.lookUp({
      userId: user.id,
      teamId: user.team_id,
      // A vote needs the lists of its own policy only; Slack lets few lists be read in a minute.
      groups: policy === undefined ? groupsOf(upgrade.request.environment) : groupsOfPolicy(policy),
      isFresh: isVote(deed) || deed.actionId === actionIds.lift,
    }),
  };
}

function confirmation({ names }: ListenerPorts, { actionId, value }: Deed, upgrade: Upgrade): string {
  const said = {
    [actionIds.start]: "is started",
    [actionIds.pause]: "pauses before its next step",
    [actionIds.resume]: "goes on",
    [actionIds.abort]: "is aborted",
    [actionIds.approve]: "has your approval",
    [actionIds.reject]: "has your rejection",
    [actionIds.withdrawVote]: "does not count your vote any more",
    [actionIds.cancelRequest]: "does not ask for this approval any more",
    [actionIds.cancelStep]: "has its running step cancelled",
    [actionIds.retry]: "tries the step again",
    [actionIds.rollBack]: "is on its way back",
    [actionIds.hold]: "is on hold",
    [actionIds.lookAgain]: "is looked at again",
    [actionIds.countAsDone]: "counts the step as done",
    [actionIds.acceptDrift]: "goes on with the changed configuration",
    [actionIds.unschedule]: "is not scheduled any more",
    [actionIds.lift]: "is not held by that any more",
    [actionIds.waiveLook]: "goes on without a look at the configuration",
    [actionIds.confirmManual]: "has your confirmation",
    [actionIds.answer]: "has your answer",
    [actionIds.showEverything]: "is shown",
  }[actionId];
  const approval = gateOf(upgrade, value);
  const standing = approval === undefined ? "" : standingAfter(approval, upgrade.updatedAt, names);
  return `*${upgrade.id}* ${said}. It is recorded with your name.${standing === "" ? "" : `\n${standing}`}`;
}

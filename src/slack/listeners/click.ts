import { no } from "#src/kernel/result.ts";
import type { Requester } from "#src/upgrade/identity.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { warningText } from "#commands/act.ts";
import { refuseStarting, warnOfWayBack } from "#commands/approvers.ts";
import { sentence } from "#commands/reply.ts";
import { actionIds, decodeValue } from "#src/slack/actions.ts";
import type { ActionId, ButtonValue } from "#src/slack/actions.ts";
import type { Click } from "#src/slack/incoming.ts";
import { originOf } from "#src/slack/origin.ts";
import { groupsOf } from "#src/slack/people.ts";
import { abortModal, countAsDoneModal, rejectModal } from "#src/slack/views/modals.ts";
import { handle, whisper } from "./handle.ts";
import { intentOf } from "./intent-of-click.ts";
import type { Words } from "./intent-of-click.ts";
import { openAnswer } from "./open-answer.ts";
import type { ListenerPorts } from "./ports.ts";
import { showEverything } from "./show-everything.ts";
import { staleness, tellStale, unknownUpgrade } from "./stale-click.ts";
import { refuseVotePlace } from "./vote-place.ts";

const knownActions: ReadonlySet<string> = new Set(Object.values(actionIds));

const modals = {
  [actionIds.reject]: rejectModal,
  [actionIds.countAsDone]: countAsDoneModal,
  [actionIds.abort]: abortModal,
} as const;

/** A click on any button; one that this version does not know is answered, too. */
export async function clicked(ports: ListenerPorts, click: Click, ack: () => Promise<void>): Promise<void> {
  const [action] = click.actions;
  const actionId = knownAction(action?.action_id);
  const value = decodeValue(action?.value);
  const person = {
    userId: click.user.id,
    channel: click.channel?.id,
    threadTs: click.container?.thread_ts,
    responseUrl: click.response_url,
  };
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
  const raw = action?.value ?? "";
  const openModal = Object.entries(modals).find(([id]) => id === actionId)?.[1];
  if (openModal !== undefined) {
    const first = async (): Promise<void> => {
      await ports.clients.interactive.views.open({ trigger_id: click.trigger_id, view: openModal(raw) });
    };
    await handle(ports, incoming, { acknowledge: ack, first });
    return;
  }
  await handle(ports, incoming, {
    acknowledge: ack,
    work: async (recorded) => {
      const triggerId = click.trigger_id;
      if (actionId === actionIds.showEverything) await showEverything(ports, { value, triggerId, person });
      else if (actionId === actionIds.answer) await openAnswer(ports, { value, triggerId, user: click.user, person });
      else await perform(ports, { actionId, value, words: noWords, user: click.user, person }, recorded);
    },
  });
}

const noWords: Words = { text: "", leaveAsIs: false };

export interface Deed {
  readonly actionId: ActionId;
  readonly value: ButtonValue;
  readonly words: Words;
  readonly user: { readonly id: string; readonly team_id?: string | null | undefined };
  readonly person: Parameters<typeof whisper>[1];
}

/** Looks everything up again, asks the desk, and tells the person what came of it. */
export async function perform(ports: ListenerPorts, asked: Deed, recorded: () => Promise<void>): Promise<void> {
  const { desk } = ports;
  const upgrade = await desk.find(asked.value.upgradeId);
  // A modal knows no channel: its answer goes where the upgrade is.
  const deed = { ...asked, person: { ...asked.person, channel: asked.person.channel ?? upgrade?.request.channel } };
  const stale = upgrade === undefined ? unknownUpgrade(deed.value.upgradeId) : staleness(upgrade, deed);
  if (stale !== undefined || upgrade === undefined) {
    await tellStale(ports, deed, { upgrade, refusal: stale ?? unknownUpgrade(deed.value.upgradeId) });
    return;
  }
  const misplaced = isVote(deed) ? await refuseVotePlace(ports, upgrade) : undefined;
  if (misplaced !== undefined) {
    await tellStale(ports, deed, { upgrade, refusal: misplaced });
    return;
  }
  const by = await requesterOf(ports, deed, upgrade);
  const intent = intentOf(upgrade, deed, by);
  const looking = { by, names: ports.names, rosterOf: ports.rosterOf };
  const unmet = deed.actionId === actionIds.start ? await refuseStarting(looking, upgrade) : undefined;
  const asking = unmet === undefined ? intent : no(unmet);
  const result = asking.ok ? await desk.submit(upgrade.id, asking.value, actorOf(by)) : asking;
  await recorded();
  // Also after a refusal: whoever saw an old button gets the newest card.
  ports.upgradeChanged(upgrade.id);
  if (!result.ok) {
    await tellStale(ports, deed, { upgrade: await desk.find(upgrade.id), refusal: result.problem });
    return;
  }
  const warning = deed.actionId === actionIds.rollBack ? await warnOfWayBack(looking, result.value.upgrade) : undefined;
  const said = `${confirmation(deed.actionId, result.value.upgrade)}${warningText(warning)}`;
  await whisper(ports, deed.person, sentence(said));
}

function knownAction(id: string | undefined): ActionId | undefined {
  return id !== undefined && knownActions.has(id) ? Object.values(actionIds).find((known) => known === id) : undefined;
}

function isVote({ actionId }: Deed): boolean {
  return actionId === actionIds.approve || actionId === actionIds.reject;
}

async function requesterOf(ports: ListenerPorts, deed: Deed, upgrade: Upgrade): Promise<Requester> {
  const { user } = deed;
  return {
    kind: "slack",
    person: await ports.people.lookUp({
      userId: user.id,
      teamId: user.team_id,
      groups: groupsOf(upgrade.request.environment),
      isFresh: isVote(deed),
    }),
  };
}

function confirmation(actionId: ActionId, upgrade: Upgrade): string {
  const said = {
    [actionIds.start]: "is started",
    [actionIds.pause]: "pauses before its next step",
    [actionIds.resume]: "goes on",
    [actionIds.abort]: "is aborted",
    [actionIds.approve]: "has your approval",
    [actionIds.reject]: "has your rejection",
    [actionIds.retry]: "tries the step again",
    [actionIds.rollBack]: "is on its way back",
    [actionIds.hold]: "is on hold",
    [actionIds.lookAgain]: "is looked at again",
    [actionIds.countAsDone]: "counts the step as done",
    [actionIds.confirmManual]: "has your confirmation",
    [actionIds.answer]: "has your answer",
    [actionIds.showEverything]: "is shown",
  }[actionId];
  return `*${upgrade.id}* ${said}. It is recorded with your name.`;
}

import { visibleSigns } from "#src/kernel/visible-signs.ts";
import { refuseReview } from "#src/upgrade/decide-people.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import type { Requester } from "#src/upgrade/identity.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { refused, sentence } from "#commands/reply.ts";
import { decodeValue } from "#src/slack/actions.ts";
import type { Click, Submission } from "#src/slack/incoming.ts";
import { originOf } from "#src/slack/origin.ts";
import { groupsOf } from "#src/slack/people.ts";
import { reviewDialog } from "#src/slack/views/break-glass.ts";
import { inputBlocks } from "#src/slack/views/dialog.ts";
import { handle, whisper } from "./handle.ts";
import type { ListenerPorts } from "./ports.ts";
import { unknownUpgrade } from "./stale-click.ts";
import { typedInto } from "./submit-checked.ts";
import type { Errors } from "./submit-checked.ts";

/** The dialog of a review; whoever may not review is told so before writing anything. */
export async function openReview(ports: ListenerPorts, click: Click, ack: () => Promise<void>): Promise<void> {
  const person = {
    userId: click.user.id,
    channel: click.channel?.id,
    threadTs: click.container?.thread_ts,
    responseUrl: click.response_url,
  };
  const incoming = {
    what: "action review",
    ...originOf(click),
    dedupKey: `click/${click.trigger_id}`,
    person,
  };
  await handle(ports, incoming, {
    acknowledge: ack,
    work: async () => {
      const value = decodeValue(click.actions[0]?.value);
      const upgrade = value && (await ports.desk.find(value.upgradeId));
      if (upgrade === undefined) {
        await whisper(ports, person, sentence("This button is from an older version of me and does nothing."));
        return;
      }
      const refusal = refuseReview(upgrade, await requesterOf(ports, click.user, upgrade));
      if (refusal === undefined)
        await ports.clients.interactive.views.open({ trigger_id: click.trigger_id, view: reviewDialog(upgrade) });
      else await whisper(ports, person, refused(refusal).content);
    },
  });
}

/** The note of a review was sent. */
export async function submitReview(
  ports: ListenerPorts,
  submission: Submission,
  recorded: () => Promise<void>,
): Promise<Errors | undefined> {
  const { user, view } = submission;
  const note = typedInto(submission, inputBlocks.words);
  if (visibleSigns(note) < 3) return { [inputBlocks.words]: "Please write at least a few words." };
  const value = decodeValue(view.private_metadata);
  const upgrade = value && (await ports.desk.find(value.upgradeId));
  if (value === undefined || upgrade === undefined) {
    const { content } = value === undefined ? refused(outdated) : refused(unknownUpgrade(value.upgradeId));
    await whisper(ports, { userId: user.id }, content);
    return undefined;
  }
  const person = { userId: user.id, channel: upgrade.request.channel };
  const by = await requesterOf(ports, user, upgrade);
  const submitted = await ports.desk.submit(upgrade.id, { intent: "review_break_glass", note, by }, actorOf(by));
  await recorded();
  ports.upgradeChanged(upgrade.id);
  const said = `The review of *${upgrade.id}* is closed with your name. New upgrades can be planned.`;
  await whisper(ports, person, submitted.ok ? sentence(said) : refused(submitted.problem).content);
  return undefined;
}

const outdated = { sentence: "This dialog is from an older version of me; nothing was done.", help: "Open it again." };

async function requesterOf(ports: ListenerPorts, user: Click["user"], { request }: Upgrade): Promise<Requester> {
  const groups = groupsOf(request.environment);
  const person = await ports.people.lookUp({ userId: user.id, teamId: user.team_id, groups, isFresh: true });
  return { kind: "slack", person };
}

import { stepDigest } from "#src/plan/plan.ts";
import { refused, sentence } from "#commands/reply.ts";
import type { ButtonValue } from "#src/slack/actions.ts";
import { digestPrefix } from "#src/slack/actions.ts";
import { planOf } from "#src/slack/views/card.ts";
import { everythingModal, everythingText } from "#src/slack/views/everything.ts";
import { whisper } from "./handle.ts";
import type { ListenerPorts } from "./ports.ts";
import { wrongChannel } from "./stale-click.ts";

interface Wish {
  readonly value: ButtonValue;
  readonly triggerId: string;
  readonly person: Parameters<typeof whisper>[1];
}

/** The whole step as its digest binds it: in a modal, or as a file in the thread when it is too long for one. */
export async function showEverything(ports: ListenerPorts, { value, triggerId, person }: Wish): Promise<void> {
  const upgrade = await ports.desk.find(value.upgradeId);
  const elsewhere = upgrade === undefined ? undefined : wrongChannel(upgrade, person.channel);
  if (elsewhere !== undefined) {
    await whisper(ports, person, refused(elsewhere).content);
    return;
  }
  const plan = upgrade === undefined ? undefined : planOf(upgrade);
  const step = plan?.steps.find((candidate) => candidate.id === value.step?.id);
  if (plan === undefined || step === undefined || digestPrefix(plan.digest) !== value.plan) {
    const { content } = refused({
      sentence: "This step belongs to a plan that is not in force any more.",
      help: "The newest messages of the thread show the present one.",
    });
    await whisper(ports, person, content);
    return;
  }
  const attempt = value.step?.attempt ?? 1;
  const everything = { plan, step, attempt, digest: stepDigest(plan, step, attempt) };
  const view = everythingModal(everything);
  if (view !== undefined) {
    await ports.clients.interactive.views.open({ trigger_id: triggerId, view });
    return;
  }
  const name = `${value.upgradeId}-${step.id}-${attempt}.txt`;
  await ports.uploadFile({
    upgradeId: value.upgradeId,
    name,
    title: `Everything of ${step.id}`,
    text: everythingText(everything),
  });
  await whisper(ports, person, sentence(`It is too long for a dialog, so it is in the thread as \`${name}\`.`));
}

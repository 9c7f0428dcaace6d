import { authoriseOperator } from "#src/upgrade/authorise.ts";
import { refuseAnswer } from "#src/upgrade/decide-answer.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { ButtonValue } from "#src/slack/actions.ts";
import { encodeValue } from "#src/slack/actions.ts";
import { groupsOf } from "#src/slack/people.ts";
import { planOf } from "#src/slack/views/card.ts";
import { answerModal } from "#src/slack/views/modals.ts";
import type { whisper } from "./handle.ts";
import type { ListenerPorts } from "./ports.ts";
import { staleness, tellStale, unknownUpgrade } from "./stale-click.ts";

interface Wish {
  readonly value: ButtonValue;
  readonly triggerId: string;
  readonly user: { readonly id: string; readonly team_id?: string | null | undefined };
  readonly person: Parameters<typeof whisper>[1];
}

/** The dialog for one question; whoever may not answer is told so before writing anything. */
export async function openAnswer(ports: ListenerPorts, wish: Wish): Promise<void> {
  const { value, triggerId } = wish;
  const upgrade = await ports.desk.find(value.upgradeId);
  if (upgrade === undefined) {
    await tellStale(ports, wish, { upgrade, refusal: unknownUpgrade(value.upgradeId) });
    return;
  }
  const questionId = value.question ?? "";
  const refusal =
    staleness(upgrade, wish) ?? refuseAnswer(upgrade, questionId) ?? (await refusePerson(ports, wish, upgrade));
  const question = planOf(upgrade)?.findings.find(({ id }) => id === questionId);
  if (refusal !== undefined || question === undefined) {
    await tellStale(ports, wish, { upgrade, refusal: refusal ?? unknownUpgrade(value.upgradeId) });
    return;
  }
  await ports.clients.interactive.views.open({
    trigger_id: triggerId,
    view: answerModal(encodeValue(value), question, upgrade.answers.get(questionId)),
  });
}

async function refusePerson(ports: ListenerPorts, { user }: Wish, upgrade: Upgrade): Promise<Refusal | undefined> {
  const { environment } = upgrade.request;
  const person = await ports.people.lookUp({
    userId: user.id,
    teamId: user.team_id,
    groups: groupsOf(environment),
    isFresh: false,
  });
  return authoriseOperator(environment, { kind: "slack", person });
}

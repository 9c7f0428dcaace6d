import type { ModalView } from "@slack/types";
import { authoriseOperator } from "#src/upgrade/authorise.ts";
import { refuseAnswer } from "#src/upgrade/decide-answer.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { encodeValue } from "#src/slack/actions.ts";
import { groupsOf } from "#src/slack/people.ts";
import { planOf } from "#src/slack/views/card.ts";
import { answerModal } from "#src/slack/views/modals.ts";
import type { Opening } from "./dialogs.ts";
import { unknownUpgrade } from "./stale-click.ts";

/** The dialog for one question; whoever may not answer is told so before writing anything. */
export async function viewOfAnswer(opening: Opening): Promise<ModalView | Refusal> {
  const { upgrade, wish } = opening;
  const questionId = wish.value.question ?? "";
  const refusal = refuseAnswer(upgrade, questionId) ?? (await refusePerson(opening));
  const question = planOf(upgrade)?.findings.find(({ id }) => id === questionId);
  if (refusal !== undefined || question === undefined) return refusal ?? unknownUpgrade(upgrade.id);
  return answerModal(encodeValue(wish.value), question, upgrade.answers.get(questionId));
}

async function refusePerson({ ports, upgrade, wish }: Opening): Promise<Refusal | undefined> {
  const { environment } = upgrade.request;
  const person = await ports.people.lookUp({
    userId: wish.user.id,
    teamId: wish.user.team_id,
    groups: groupsOf(environment),
    isFresh: false,
  });
  return authoriseOperator(environment, { kind: "slack", person });
}

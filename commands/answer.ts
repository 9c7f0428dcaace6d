import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { questionsOf } from "#src/upgrade/answers.ts";
import type { AnswerKind } from "#src/upgrade/answers.ts";
import { refuseAnswer } from "#src/upgrade/decide-answer.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { planOf } from "#src/slack/views/card.ts";
import { answeredText } from "#src/slack/views/questions.ts";
import { inlineCode } from "#src/slack/views/text.ts";
import { targetArgument } from "./act.ts";
import type { Command } from "./command.ts";
import { nearest } from "#src/kernel/nearest.ts";
import { accepted, refused } from "./reply.ts";
import { upgradeOf } from "./target.ts";

const kinds: ReadonlyMap<string, AnswerKind> = new Map<string, AnswerKind>([
  ["yes", "yes"],
  ["no", "no"],
  ["n/a", "not_applicable"],
]);

/** The record keeps no longer note from a dialog either. */
const maxNote = 1_000;

export const answer: Command = {
  word: "answer",
  summary: "answer a question of the plan that no machine can decide",
  details: [
    "`yes`: it hits this installation, and becomes a finding. `no`: it does not. `n/a`: the question makes no sense here; it needs a note that says why.",
    "Every question of a plan needs an answer before its findings can be decided. A later answer replaces an earlier one; the record keeps both.",
  ],
  example: "answer practice 30-post-targets no the sync script was changed in May",
  positionals: [
    targetArgument,
    {
      name: "question-id",
      description: "as it stands under the question in the thread",
      isRequired: true,
      kind: "word",
    },
    {
      name: "answer",
      description: "what is true of this installation",
      isRequired: true,
      kind: "word",
      choices: [...kinds.keys()],
    },
    { name: "note", description: "what you looked at; needed for `n/a`", isRequired: false, kind: "text" },
  ],
  options: [],
  atTerminal: false,
  run: async (call) => {
    const { positionals } = call.arguments;
    const upgrade = await upgradeOf(call, positionals.get("target"), "open");
    if (!upgrade.ok) return refused(upgrade.problem);
    const questionId = questionOf(upgrade.value, positionals.get("question-id") ?? "");
    if (!questionId.ok) return refused(questionId.problem);
    const word = positionals.get("answer") ?? "";
    const intent = {
      intent: "answer_question",
      questionId: questionId.value,
      answer: kinds.get(word) ?? "no",
      note: (positionals.get("note") ?? "").slice(0, maxNote),
      by: call.by,
    } as const;
    const submitted = await call.desk.submit(upgrade.value.id, intent, actorOf(call.by));
    if (!submitted.ok) return refused(submitted.problem);
    const { id, answers } = submitted.value.upgrade;
    const answered = answeredText(planOf(submitted.value.upgrade)?.findings ?? [], answers) ?? "";
    return accepted(id, `*${word}* to ${inlineCode(questionId.value)} is in the record of *${id}*: ${answered}.`);
  },
};

/** The question that was typed, in any case; a typo is answered with the id that was probably meant. */
function questionOf(upgrade: Upgrade, typed: string): Result<string, Refusal> {
  const ids = questionsOf(planOf(upgrade)?.findings ?? []).map(({ id }) => id);
  const id = ids.find((known) => known.toLowerCase() === typed.toLowerCase()) ?? typed;
  const refusal = refuseAnswer(upgrade, id);
  if (refusal?.code !== "not_found") return ok(id);
  const near = nearest(typed, ids);
  return no(near === undefined ? refusal : { ...refusal, help: `Did you mean \`${near}\`? ${refusal.help}` });
}

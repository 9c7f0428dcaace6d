import { no, ok, unreachable } from "#src/kernel/result.ts";
import { isBlank } from "#src/kernel/visible-signs.ts";
import type { Finding } from "#src/kong/finding.ts";
import { acknowledgeStepId, openQuestions, questionsOf } from "./answers.ts";
import type { Decision } from "./decide.ts";
import type { Requester } from "./identity.ts";
import type { IntentOf } from "./intents.ts";
import { refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import type { Active, Upgrade } from "./state.ts";

/** A person answers what no machine can decide; a later answer replaces an earlier one, and both stay in the record. */
export function answerQuestion(
  upgrade: Exclude<Upgrade, { status: "closed" }>,
  intent: IntentOf<"answer_question">,
): Decision {
  const { questionId, answer, note, by } = intent;
  const refusal = refuseAnswer(upgrade, questionId);
  if (refusal !== undefined) return no(refusal);
  if (answer === "not_applicable" && isBlank(note)) {
    return no(
      refuse(
        "note_missing",
        `“Not applicable” to ${questionId} needs a note.`,
        "Say why the question does not apply here; whoever reads the record has only that.",
      ),
    );
  }
  const before = upgrade.answers.get(questionId);
  if (before?.answer === answer && before.note === note && isSame(before.by, by))
    return no(refuse("already_done", `Your answer to ${questionId} is already recorded.`, "Nothing more to do."));
  return ok([{ type: "question_answered", questionId, answer, note, by }]);
}

/** Why nobody can answer this question now; undefined when somebody can. Also asked before a dialog is opened. */
export function refuseAnswer(upgrade: Upgrade, questionId: string): Refusal | undefined {
  switch (upgrade.status) {
    case "surveying":
      return refuse(
        "not_now",
        `${upgrade.id} has no plan yet, so nothing was asked.`,
        "Wait for the plan in the thread; its questions follow it.",
      );
    case "planned":
      return refuseUnknown(upgrade.plan.findings, questionId);
    case "active":
      return refuseDecided(upgrade) ?? refuseUnknown(upgrade.forward.plan.findings, questionId);
    case "closed":
      return refuse(
        "closed",
        `${upgrade.id} is closed; its answers cannot change any more.`,
        "`/kong-upgrade note` adds a sentence to its record.",
      );
    default:
      return unreachable(upgrade);
  }
}

/** Whether the questions of the newest plan can be answered at all. */
export function takesAnswers(upgrade: Upgrade): boolean {
  return upgrade.status === "planned" || (upgrade.status === "active" && refuseDecided(upgrade) === undefined);
}

/** The plan's questions must be settled before somebody says that all is decided. */
export function refuseOpenQuestions(upgrade: Active, stepId: string): Refusal | undefined {
  if (stepId !== acknowledgeStepId || upgrade.rollback !== undefined) return undefined;
  const { findings } = upgrade.forward.plan;
  const open = openQuestions(findings, upgrade.answers);
  if (open.length === 0) return undefined;
  const asked = questionsOf(findings).length;
  return refuse(
    "not_now",
    `${open.length} of ${asked} ${asked === 1 ? "question has" : "questions have"} no answer yet: ${listed(open)}.`,
    `Answer each by its button in the thread, or with \`/kong-upgrade answer ${upgrade.id} <question-id> yes|no|n/a <note>\`; then confirm again.`,
  );
}

/** What was decided with these answers has begun; a later one would only look as if it had counted. */
function refuseDecided(upgrade: Active): Refusal | undefined {
  const note = `\`/kong-upgrade note ${upgrade.id} <text>\` adds it to the record, \`/kong-upgrade pause ${upgrade.id}\` stops before the next step.`;
  if (upgrade.rollback !== undefined)
    return refuse("not_now", `${upgrade.id} is on its way back; its questions are not asked any more.`, note);
  const decided = upgrade.forward.steps.get(acknowledgeStepId);
  if (decided?.kind !== "done") return undefined;
  const by = decided.by === undefined ? "" : ` by ${mention(decided.by)}`;
  return refuse(
    "already_decided",
    `The findings and questions of ${upgrade.id} were decided${by}; an answer can change nothing any more.`,
    note,
  );
}

function refuseUnknown(findings: readonly Finding[], questionId: string): Refusal | undefined {
  const questions = questionsOf(findings);
  if (questions.some(({ id }) => id === questionId)) return undefined;
  const found = findings.find(({ id }) => id === questionId);
  const sentence =
    found === undefined
      ? `The plan asks no question ${questionId}.`
      : `${questionId} is no question: the survey itself ${found.kind === "finding" ? "found that it hits" : "could not decide it"}.`;
  if (questions.length === 0) return refuse("not_found", sentence, "The plan asks no questions.");
  const near = alike(questions, questionId);
  return refuse("not_found", sentence, near.length > 0 ? `Near: ${listed(near)}.` : `It asks: ${listed(questions)}.`);
}

/** More than this nobody reads in a private answer. */
const maxListed = 8;

function listed(questions: readonly Finding[]): string {
  const shown = questions.slice(0, maxListed).map(({ id }) => `\`${id}\``);
  const rest = questions.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** Questions whose ids share words with what was typed, the most alike first. */
function alike(questions: readonly Finding[], typed: string): readonly Finding[] {
  const words = wordsOf(typed);
  return questions
    .map((question) => ({ question, shared: wordsOf(question.id).filter((word) => words.includes(word)).length }))
    .filter(({ shared }) => shared > 0)
    .toSorted((left, right) => right.shared - left.shared)
    .map(({ question }) => question);
}

function wordsOf(id: string): readonly string[] {
  return id.toLowerCase().match(/[a-z0-9]+/gu) ?? [];
}

function mention(by: Requester): string {
  return by.kind === "terminal" ? by.account : `<@${by.person.userId}>`;
}

function isSame(left: Requester, right: Requester): boolean {
  return left.kind === "slack" && right.kind === "slack" && left.person.userId === right.person.userId;
}

import type { Finding } from "#src/kong/finding.ts";
import { askedText, hitIfYes, reasonToAsk, severities } from "#src/kong/finding.ts";
import type { Plan } from "#src/plan/plan.ts";
import { answerKinds, openQuestions, questionsOf } from "#src/upgrade/answers.ts";
import type { Answer, AnswerKind, Answers } from "#src/upgrade/answers.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { actionIds, digestPrefix, encodeValue, maxQuestionId } from "#src/slack/actions.ts";
import { button, section } from "./blocks.ts";
import type { Block, Content } from "./blocks.ts";
import { evidenceLines, severityMarks, severityText } from "./findings.ts";
import { requesterName } from "./names.ts";
import { cutMarkup, dateToken, escapeText, inlineCode } from "./text.ts";

/** The questions of a plan with the answers that it has so far. */
export interface Questioning {
  readonly upgradeId: UpgradeId;
  readonly plan: Plan;
  readonly answers: Answers;
  /** Answers are still taken: there are buttons. */
  readonly isOpen: boolean;
}

/** How an answer is shown; a yes has the mark of the severity that it confirms. */
const answerWords = { yes: "yes", no: "no", not_applicable: "not applicable" } as const satisfies Record<
  AnswerKind,
  string
>;

/** Few enough for one look; the number of messages must not depend on answers. */
const questionsPerMessage = 5;
/** Of what is known to be hit, beside one question: its words, remedy and answer must fit into one block too. */
const maxHits = 2;
/** So many have a button; a plan with more is answered by the word `answer`. */
const maxShown = 100;
/** Of open questions and hits in one remark. */
const maxListed = 10;

/** One message per group of questions, worst first, each question with its button and its answer. */
export function questionMessages(questioning: Questioning): readonly Content[] {
  const ranked = questionsOf(questioning.plan.findings).toSorted(
    (left, right) => severities.indexOf(left.severity) - severities.indexOf(right.severity),
  );
  const shown = ranked.slice(0, maxShown);
  const groups = Array.from({ length: Math.ceil(shown.length / questionsPerMessage) }, (_, index) =>
    shown.slice(index * questionsPerMessage, (index + 1) * questionsPerMessage),
  );
  return groups.map((group, index) => groupMessage(questioning, group, { index, of: ranked.length }));
}

/** What remains of the questions of a plan that was superseded. */
export function supersededQuestions(upgradeId: UpgradeId): Content {
  const text = `These questions of ${upgradeId} belong to a superseded plan; the newer plan kept the answers to what it still asks.`;
  return { text, blocks: [section(`~Questions~ ${text}`)] };
}

/** `3 of 5 questions answered (1 yes, 2 no)`; undefined where a plan asks none. */
export function answeredText(findings: readonly Finding[], answers: Answers): string | undefined {
  const questions = questionsOf(findings);
  if (questions.length === 0) return undefined;
  const given = questions.flatMap(({ id }) => answers.get(id)?.answer ?? []);
  const counts = answerKinds.flatMap((kind) => {
    const count = given.filter((answer) => answer === kind).length;
    return count === 0 ? [] : [`${count} ${answerWords[kind]}`];
  });
  const noun = questions.length === 1 ? "question" : "questions";
  return `${given.length} of ${questions.length} ${noun} answered${counts.length === 0 ? "" : ` (${counts.join(", ")})`}`;
}

/** Of the answers on a card; the thread has all. */
const maxOnCard = 5;

/** Who answered what and when, the hits first, then the newest; undefined where nobody has answered. */
export function answersNote(findings: readonly Finding[], answers: Answers): string | undefined {
  const given = questionsOf(findings).flatMap(({ id }) => {
    const answer = answers.get(id);
    return answer === undefined ? [] : [{ id, ...answer }];
  });
  if (given.length === 0) return undefined;
  const ranked = given.toSorted(
    (left, right) => Number(right.answer === "yes") - Number(left.answer === "yes") || right.at.localeCompare(left.at),
  );
  const shown = ranked
    .slice(0, maxOnCard)
    .map(
      ({ id, answer, by, at }) =>
        `${inlineCode(id, 60)} *${answerWords[answer]}* ${requesterName(by)}, ${dateToken(at)}`,
    );
  const rest = ranked.length - shown.length;
  return `Answers: ${shown.join("; ")}${rest > 0 ? `; ${rest} more in the thread` : ""}`;
}

/** What somebody who is about to say that all is decided must know: which questions are open, and which hit. */
export function decisionRemarks(findings: readonly Finding[], answers: Answers): readonly string[] {
  const answered = answeredText(findings, answers);
  if (answered === undefined) return [];
  const open = openQuestions(findings, answers);
  const hits = questionsOf(findings).filter(({ id }) => answers.get(id)?.answer === "yes");
  const openText = `; no answer yet: ${cutList(
    open.map(({ id }) => inlineCode(id, 80)),
    ", ",
  )}. Their buttons stand above; \`/kong-upgrade answer\` does the same.`;
  return [
    `❓ ${answered}${open.length === 0 ? "" : openText}`,
    ...(hits.length === 0
      ? []
      : [
          `Answered with yes, so it hits: ${cutList(
            hits.map((hit) => `${severityMarks[hit.severity]} ${escapeText(askedText(hit), 150)}`),
            "; ",
          )}`,
        ]),
  ];
}

function cutList(parts: readonly string[], separator: string): string {
  const rest = parts.length - maxListed;
  return `${parts.slice(0, maxListed).join(separator)}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** A question that gained the answer yes, or lost it: what people must notice although only a message was edited. */
export function answerLine(question: Finding, answer: Answer): Content {
  const what = answer.answer === "yes" ? "it hits" : `${answerWords[answer.answer]}, after another answer before`;
  const note = answer.note === "" ? "" : `: ${escapeText(answer.note, 500)}`;
  const mark = answer.answer === "yes" ? severityMarks[question.severity] : "✏️";
  const markup = `${mark} ${requesterName(answer.by)} on “${escapeText(askedText(question), 200)}”: *${what}*${note}`;
  return { text: markup.replaceAll("*", ""), blocks: [section(markup)] };
}

function groupMessage(
  questioning: Questioning,
  group: readonly Finding[],
  { index, of }: { readonly index: number; readonly of: number },
): Content {
  const { upgradeId, plan, answers, isOpen } = questioning;
  const first = index * questionsPerMessage + 1;
  const last = first + group.length - 1;
  const range = of === 1 ? "The question" : `Questions ${first === last ? `${first}` : `${first} to ${last}`} of ${of}`;
  const heading = `❓ *${range} that only people can answer*`;
  const rest =
    last === maxShown && of > maxShown ? ` ${of - maxShown} more are answered with \`/kong-upgrade answer\`.` : "";
  const how = isOpen
    ? `${of === 1 ? "It" : "Each"} needs an answer by an operator before all is decided. A later answer replaces an earlier one; the record keeps both.${rest}`
    : "No answer is taken here any more.";
  const lines = group.map(
    (question) => `• ${escapeText(askedText(question), 200)}: ${stateText(answers.get(question.id))}`,
  );
  return {
    text: cutMarkup([`${upgradeId}: ${range}.`, ...lines].join("\n").replaceAll("*", ""), 3_900),
    blocks: [
      section(`${heading}\n${how}`),
      ...group.map((question) => questionBlock(question, answers.get(question.id), { upgradeId, plan, isOpen })),
    ],
  };
}

function questionBlock(
  question: Finding,
  answer: Answer | undefined,
  { upgradeId, plan, isOpen }: Pick<Questioning, "upgradeId" | "plan" | "isOpen">,
): Block {
  const { id, remedy, severity, source } = question;
  const markup = [
    `*${escapeText(askedText(question), 300)}*`,
    `    ${escapeText(reasonToAsk(question), 600)}`,
    ...evidenceLines(hitIfYes(question), maxHits),
    `    _If so_ (${severityText(severity)}): ${escapeText(remedy, 500)}`,
    `    _Source:_ ${escapeText(source, 200)}`,
    `${markOf(question, answer)} ${inlineCode(id, 80)} · ${stateText(answer)}`,
  ].join("\n");
  if (!isOpen || id.length > maxQuestionId) return section(markup);
  const value = encodeValue({ upgradeId, plan: digestPrefix(plan.digest), question: id });
  const text = answer === undefined ? "Answer…" : "Change…";
  return {
    ...section(markup),
    accessory: button({ actionId: actionIds.answer, text, label: `Answer: ${askedText(question)}`, value }),
  };
}

function markOf({ severity }: Finding, answer: Answer | undefined): string {
  if (answer === undefined) return "❓";
  return answer.answer === "yes" ? severityMarks[severity] : "☑️";
}

function stateText(answer: Answer | undefined): string {
  if (answer === undefined) return "not answered yet";
  const note = answer.note === "" ? "" : `: ${escapeText(answer.note, 500)}`;
  return `*${answerWords[answer.answer]}*${answer.answer === "yes" ? ", so it hits" : ""}, ${requesterName(answer.by)}, ${dateToken(answer.at)}${note}`;
}

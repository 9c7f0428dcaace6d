import { z } from "zod";
import type { Instant } from "#src/kernel/instant.ts";
import { hitIfYes } from "#src/kong/finding.ts";
import type { Finding } from "#src/kong/finding.ts";
import type { Requester } from "./identity.ts";

/** `yes`: the hazard hits this installation. `no`: it does not. `not_applicable`: the question makes no sense here. */
export const answerKinds = ["yes", "no", "not_applicable"] as const;
export const answerKindSchema = z.enum(answerKinds);
export type AnswerKind = z.infer<typeof answerKindSchema>;

/** What a named person says about something that no machine can decide. */
export interface Answer {
  readonly answer: AnswerKind;
  readonly note: string;
  readonly by: Requester;
  readonly at: Instant;
}

/** The latest answer to each question, by the id of its finding; earlier ones stay in the record. */
export type Answers = ReadonlyMap<string, Answer>;

/** The step by hand that every strategy makes where there are findings; it ends the time for answers. */
export const acknowledgeStepId = "acknowledge-findings";

/** What only people can decide, each once, in the order of the plan. */
export function questionsOf(findings: readonly Finding[]): readonly Finding[] {
  const questions = findings.filter(({ kind }) => kind === "question");
  return [...new Map(questions.map((question) => [question.id, question])).values()];
}

/** Questions that nobody has answered yet and that somebody has to: what is only good to know waits for nobody. */
export function openQuestions(findings: readonly Finding[], answers: Answers): readonly Finding[] {
  return questionsOf(findings).filter(({ id, severity }) => severity !== "info" && !answers.has(id));
}

/**
 * Findings as they stand after the answers: a yes makes the question a finding, whose evidence is who said so; a no
 * and a not applicable settle it; what nobody answered stays a question.
 */
export function decidedFindings(findings: readonly Finding[], answers: Answers): readonly Finding[] {
  return findings.flatMap((finding): readonly Finding[] => {
    const answer = finding.kind === "question" ? answers.get(finding.id) : undefined;
    if (answer === undefined) return [finding];
    if (answer.answer !== "yes") return [];
    const text = `${nameOf(answer.by)} says that it does${answer.note === "" ? "" : `: ${answer.note}`}`;
    const { evidence, count } = hitIfYes(finding);
    return [{ ...finding, kind: "finding", evidence: [{ text, what: "answer" }, ...evidence], count: 1 + count }];
  });
}

/** Answers to questions that these findings do not ask are left out. */
export function answersTo(findings: readonly Finding[], answers: Answers): Answers {
  const asked = new Set(questionsOf(findings).map(({ id }) => id));
  return new Map([...answers].filter(([id]) => asked.has(id)));
}

function nameOf(by: Requester): string {
  if (by.kind === "terminal") return `${by.account} at ${by.host}`;
  return by.person.kind === "known" ? by.person.name : by.person.userId;
}

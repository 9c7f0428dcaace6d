import type { Finding } from "#src/kong/finding.ts";
import { questionsOf } from "#src/upgrade/answers.ts";
import type { EventOf, RecordedEvent } from "#src/upgrade/events.ts";
import { escapeText, inlineCode } from "#src/report/foreign-text.ts";
import { showRequester } from "./people.ts";

type Answered = RecordedEvent & { readonly event: EventOf<"question_answered"> };

/** Every question that a plan of the record asked, with the answer that counts and those that it replaced. */
export function answersSection(events: readonly RecordedEvent[]): readonly string[] {
  const asked = questionsOf(events.flatMap(({ event }) => (event.type === "plan_made" ? event.plan.findings : [])));
  if (asked.length === 0) return [];
  const answers = Map.groupBy(events.filter(isAnswer), ({ event }) => event.questionId);
  return [
    "## Questions and answers",
    "",
    ...asked.flatMap((question) => questionLines(question, answers.get(question.id) ?? [])),
    "",
  ];
}

function isAnswer(recorded: RecordedEvent): recorded is Answered {
  return recorded.event.type === "question_answered";
}

function questionLines({ id, title, severity }: Finding, answers: readonly Answered[]): readonly string[] {
  const latest = answers.at(-1);
  const hits = latest?.event.answer === "yes" ? ` It hits (${severity.replaceAll("_", " ")}).` : "";
  const state = latest === undefined ? "no answer." : `${answerText(latest)}.${hits}`;
  return [
    `- ${inlineCode(id)} **${escapeText(title)}** ${state}`,
    ...answers.slice(0, -1).map((earlier) => `  - replaced: ${answerText(earlier)}`),
  ];
}

function answerText({ version, at, event }: Answered): string {
  const note = event.note === "" ? "" : `: ${escapeText(event.note)}`;
  return `**${event.answer.replaceAll("_", " ")}** by ${showRequester(event.by)} at ${at} (event ${version})${note}`;
}

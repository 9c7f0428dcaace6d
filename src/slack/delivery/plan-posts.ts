import { diffPlans } from "#src/plan/diff-plans.ts";
import type { Plan } from "#src/plan/plan.ts";
import { acknowledgeStepId, questionsOf } from "#src/upgrade/answers.ts";
import { takesAnswers } from "#src/upgrade/decide-answer.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { planMessages, supersededPlan } from "#src/slack/views/plan.ts";
import { planDiffMessages } from "#src/slack/views/plan-diff.ts";
import { answerLine, questionMessages, supersededQuestions } from "#src/slack/views/questions.ts";
import { post } from "./desired-post.ts";
import type { DesiredPost } from "./desired-post.ts";
import type { PlanChapter, Story } from "./story.ts";

/** Every plan of the record: its checklist, its questions, and what changed since the one before. */
export function planPosts(story: Story): readonly DesiredPost[] {
  return story.plans.flatMap((chapter) => postsOf(story, chapter));
}

interface Made {
  readonly from: readonly unknown[];
  readonly posts: readonly DesiredPost[];
}

/**
 * The newest posts of each plan. A thread is redrawn with every event, and most events change nothing about a plan: making
 * its messages anew each time was a ninth of the processor time of a bot during an upgrade.
 */
const newest = new WeakMap<Plan, Made>();

function postsOf(story: Story, chapter: PlanChapter): readonly DesiredPost[] {
  const { upgrade } = story;
  const { version, plan, facts, isSuperseded, compareWith, superseded } = chapter;
  // All that the three below read; a plan itself never changes.
  const answers = JSON.stringify([...upgrade.answers]);
  const { isOpen, isAwaited } = askingFor(upgrade, chapter);
  const by = [upgrade.id, upgrade.request.mode, answers, isOpen, isAwaited];
  const from = [...by, version, facts, isSuperseded, compareWith, superseded];
  const known = newest.get(plan);
  if (known !== undefined && known.from.every((value, index) => value === from[index])) return known.posts;
  const posts = [...checklistPosts(story, chapter), ...questionPosts(story, chapter), ...diffPosts(story, chapter)];
  newest.set(plan, { from, posts });
  return posts;
}

function checklistPosts({ upgrade }: Story, chapter: PlanChapter): readonly DesiredPost[] {
  const { version, plan, facts, isSuperseded } = chapter;
  const hop = facts?.assessment?.hops.find(({ from, to }) => from === plan.from && to === plan.to);
  const messages = planMessages({
    plan,
    upgradeId: upgrade.id,
    answers: upgrade.answers,
    notChecked: hop?.notChecked ?? [],
    sources: facts?.sources ?? [],
    questions: upgrade.request.mode === "dry_run" ? "listed" : "asked",
  });
  return messages.map((content, index) =>
    post(
      { key: `plan-${version}-${index + 1}`, order: version + index / 1_000 },
      isSuperseded ? supersededPlan(plan, upgrade.id) : content,
    ),
  );
}

interface Asking {
  readonly isOpen: boolean;
  /** Whoever is asked to decide must have the questions before them: they go with that prompt, not with the history. */
  readonly isAwaited: boolean;
}

function askingFor(upgrade: Upgrade, { isSuperseded }: PlanChapter): Asking {
  const isOpen = !isSuperseded && takesAnswers(upgrade);
  const isAwaited = isOpen && upgrade.status === "active" && currentStep(upgrade)?.step.id === acknowledgeStepId;
  return { isOpen, isAwaited };
}

function questionPosts({ upgrade }: Story, chapter: PlanChapter): readonly DesiredPost[] {
  const { version, plan, isSuperseded } = chapter;
  if (upgrade.request.mode === "dry_run") return [];
  const { isOpen, isAwaited } = askingFor(upgrade, chapter);
  const urgency = isAwaited ? "failure" : "line";
  return questionMessages({ upgradeId: upgrade.id, plan, answers: upgrade.answers, isOpen }).map((content, index) =>
    post(
      { key: `questions-${version}-${index + 1}`, order: version + 0.2 + index / 1_000, urgency, isPrompt: true },
      isSuperseded ? supersededQuestions(upgrade.id) : content,
    ),
  );
}

function diffPosts(
  { upgrade }: Story,
  { version, plan, compareWith, superseded }: PlanChapter,
): readonly DesiredPost[] {
  const before = compareWith ?? (superseded === undefined ? undefined : { upgradeId: upgrade.id, plan: superseded });
  if (before === undefined) return [];
  const diff = diffPlans(before, { upgradeId: upgrade.id, plan });
  return planDiffMessages(diff, compareWith === undefined ? "superseded" : "asked").map((content, index) =>
    post({ key: `diff-${version}-${index + 1}`, order: version + 0.3 + index / 1_000 }, content),
  );
}

/** An edited message notifies nobody, so a question that turns out to hit, or does not any more, gets a line. */
export function answerPosts({ events }: Story, { event, version, at }: RecordedEvent): readonly DesiredPost[] {
  if (event.type !== "question_answered") return [];
  const { questionId, answer, note, by } = event;
  const earlier = events.filter((recorded) => recorded.version < version).map((recorded) => recorded.event);
  const before = earlier.findLast((each) => each.type === "question_answered" && each.questionId === questionId);
  const wasYes = before?.type === "question_answered" && before.answer === "yes";
  const made = earlier.findLast((each) => each.type === "plan_made");
  const plan = made?.type === "plan_made" ? made.plan : undefined;
  const question = questionsOf(plan?.findings ?? []).find(({ id }) => id === questionId);
  if (question === undefined || (answer !== "yes" && !wasYes)) return [];
  return [post({ key: `line-${version}`, order: version + 0.5 }, answerLine(question, { answer, note, by, at }))];
}

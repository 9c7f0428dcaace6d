import { unreachable } from "#src/kernel/result.ts";
import type { Step } from "#src/plan/step.ts";
import { describeTransport } from "#src/plan/transport.ts";
import { doesNotProve } from "#src/record/export-format.ts";
import type { DriftChange } from "#src/upgrade/drift.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { replay } from "#src/upgrade/evolve.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { codeBlock, escapeText, inlineCode } from "#src/report/foreign-text.ts";
import { answersSection } from "./answers-section.ts";
import { showActor, showPerson, showRequester } from "./people.ts";
import { findingLines, planSection } from "./plan-section.ts";
import { attemptSection } from "./step-section.ts";
import type { PlannedStep, StepEvent } from "./step-section.ts";

/** The change record for people: everything that the events say, in reading order, with all foreign text escaped. */
export function renderChangeRecord(events: readonly RecordedEvent[], notes: readonly string[]): string {
  const upgrade = replay(events);
  const head = events.at(-1);
  if (upgrade === undefined || head === undefined) throw new Error("a change record has at least one event");
  return [
    ...titleLines(upgrade, head),
    ...planSections(events),
    ...answersSection(events),
    ...outcomeLines(upgrade),
    "## What was done",
    "",
    ...attemptSections(events),
    ...eventTable(events),
    ...proofSection(head, notes),
  ].join("\n");
}

function titleLines(upgrade: Upgrade, head: RecordedEvent): readonly string[] {
  const { request } = upgrade;
  return [
    `# Change record ${upgrade.id}: Kong of ${escapeText(request.environment.name)} to ${escapeText(request.to)}`,
    "",
    `- Asked for by ${showRequester(request.by)} at ${request.at} (${request.mode.replaceAll("_", " ")}, strategy ${escapeText(request.strategy)})`,
    `- State: **${stateOf(upgrade)}**, ${upgrade.version} events, the last at ${head.at}`,
    ...peopleLines(upgrade),
    `- Head: ${inlineCode(head.hash)}`,
    "",
  ];
}

function stateOf(upgrade: Upgrade): string {
  switch (upgrade.status) {
    case "surveying":
      return "waiting for a look at the installation";
    case "planned":
      return "planned, not started";
    case "active":
      return upgrade.rollback === undefined ? "being executed" : "being rolled back";
    case "closed":
      return closedAs(upgrade.outcome);
    default:
      return unreachable(upgrade);
  }
}

function closedAs(outcome: Extract<Upgrade, { status: "closed" }>["outcome"]): string {
  switch (outcome.kind) {
    case "refused":
      return "refused, nothing was changed";
    case "checked":
      return "checked, nothing was changed";
    case "aborted":
      return `aborted by ${showRequester(outcome.by)}: ${escapeText(outcome.reason)}`;
    case "completed":
      return "completed";
    case "rolled_back":
      return "rolled back";
    default:
      return unreachable(outcome);
  }
}

/** Who runs it now, and what ran without its approval. */
function peopleLines({ owners, brokenGlass, review }: Upgrade): readonly string[] {
  const owner = owners.at(-1);
  const reviewed =
    review === undefined
      ? "**not reviewed yet**"
      : `reviewed by ${showRequester(review.by)} at ${review.at}: ${escapeText(review.note)}`;
  return [
    ...(owner === undefined ? [] : [`- Handed over to ${showRequester(owner)}`]),
    ...brokenGlass.map(
      ({ stepId, by, incident, reason }) =>
        `- **Glass broken** at ${inlineCode(stepId)} by ${showPerson(by)}, incident ${escapeText(incident)}: ${escapeText(reason)}`,
    ),
    ...(brokenGlass.length === 0 ? [] : [`- Review: ${reviewed}`]),
  ];
}

function planSections(events: readonly RecordedEvent[]): readonly string[] {
  const lastRequest = events.findLast(({ event }) => event.type === "upgrade_requested")?.version ?? 1;
  return events.flatMap(({ event, version, at }) => {
    if (event.type === "plan_made") {
      const name = version < lastRequest ? "Superseded plan" : "Plan";
      return planSection(`${name} (event ${version}, ${at})`, event.plan);
    }
    if (event.type === "rollback_started") return planSection(`Way back (event ${version}, ${at})`, event.plan);
    return [];
  });
}

function outcomeLines(upgrade: Upgrade): readonly string[] {
  if (upgrade.status !== "closed") return [];
  const { outcome } = upgrade;
  if (outcome.kind === "refused") {
    const lines = outcome.refusals.map(({ sentence, help }) => `- ${escapeText(sentence)} ${escapeText(help)}`);
    return ["## Why there is no plan", "", ...lines, ""];
  }
  if (outcome.kind === "checked") {
    const notes = outcome.notes.map((note) => `- ${escapeText(note)}`);
    return ["## Result of the check", "", ...findingLines(outcome.findings), ...notes, ""];
  }
  return [];
}

/** One section per attempt, in the order in which they began. */
function attemptSections(events: readonly RecordedEvent[]): readonly string[] {
  const planned = new Map(
    events.flatMap(({ event }) =>
      event.type === "plan_made" || event.type === "rollback_started"
        ? event.plan.steps.map((step) => [step.id, plannedStep(step)] as const)
        : [],
    ),
  );
  const attempts = Map.groupBy(events.filter(isStepEvent), ({ event }) => `${event.stepId}#${event.attempt}`);
  if (attempts.size === 0) return ["No step was begun.", ""];
  return [...attempts.values()].flatMap((attempt) =>
    attemptSection(planned.get(attempt[0]?.event.stepId ?? "") ?? { title: "", placeOf: () => undefined }, attempt),
  );
}

/** Commands of one target may be reached in several ways; then only the report can tell by which one each of them was. */
function plannedStep({ title, action }: Step): PlannedStep {
  const commands = action.kind === "commands" ? action.commands : [];
  return {
    title,
    placeOf: (target) => {
      const own = commands.filter((command) => command.target === target);
      const places = new Set(own.map(({ via }) => (via === undefined ? undefined : describeTransport(via))));
      return places.size === 1 ? [...places][0] : undefined;
    },
  };
}

function isStepEvent(recorded: RecordedEvent): recorded is StepEvent {
  return "stepId" in recorded.event;
}

function eventTable(events: readonly RecordedEvent[]): readonly string[] {
  return [
    "## All events",
    "",
    "| # | time | who | what | hash |",
    "|---|---|---|---|---|",
    ...events.map(
      ({ version, at, actor, event, hash }) =>
        `| ${version} | ${at} | ${showActor(actor)} | ${escapeText(event.type.replaceAll("_", " "))}${said(event)} | ${inlineCode(hash.slice("sha256:".length, "sha256:".length + 12))} |`,
    ),
    "",
  ];
}

function said(event: RecordedEvent["event"]): string {
  switch (event.type) {
    case "note_added":
      return `: ${escapeText(event.text)} (${showRequester(event.by)})`;
    case "alarm_raised":
      return `: **${escapeText(event.what)}**`;
    case "question_answered":
      return ` ${inlineCode(event.questionId)}: ${event.answer.replaceAll("_", " ")} (${showRequester(event.by)})`;
    case "lock_released":
      return `: ${escapeText(event.reason)}${event.unsettled === undefined ? "" : `, although ${inlineCode(event.unsettled.stepId)} was ${event.unsettled.state}`} (${showRequester(event.by)})`;
    case "upgrade_paused":
    case "upgrade_aborted":
      return `: ${escapeText(event.reason)} (${showRequester(event.by)})`;
    case "drift_not_found":
      return ` before ${inlineCode(event.beforeStep)}`;
    case "drift_found":
      return `: ${event.drift.total}${event.drift.side === "green" ? " on the second cluster" : ""} before ${inlineCode(event.beforeStep)}: ${event.drift.changes.map(driftText).join("; ")}`;
    case "drift_look_failed":
      return ` before ${inlineCode(event.beforeStep)}${event.stops ? "" : ", which went on"}: ${escapeText(event.reason)}`;
    case "drift_look_waived":
      return ` before ${inlineCode(event.beforeStep)}: ${escapeText(event.reason)} (${showRequester(event.by)})`;
    case "drift_look_requested":
      return ` before ${inlineCode(event.beforeStep)} (${showRequester(event.by)})`;
    case "drift_accepted":
      return `: ${escapeText(event.reason)} (${showRequester(event.by)})`;
    case "break_glass_reviewed":
      return `: ${escapeText(event.note)} (${showRequester(event.by)})`;
    case "vote_delegated":
      return `: ${showPerson(event.to)} in the place of ${showPerson(event.from)} until ${event.until}`;
    case "delegation_ended":
      return `: ${showPerson(event.to)} not in the place of ${showPerson(event.from)} any more (${showPerson(event.by)})`;
    case "upgrade_handed_over":
      return `: to ${showRequester(event.to)} instead of ${showRequester(event.from)} (${showRequester(event.by)})`;
    case "start_scheduled":
      return ` for ${event.at}, plan ${inlineCode(event.planDigest)} (${showRequester(event.by)})`;
    case "start_unscheduled":
      return `: ${escapeText(event.reason)} (${showRequester(event.by)})`;
    case "scheduled_start_missed":
      return ` for ${event.at}: ${escapeText(event.reason)}`;
    case "hold_lifted":
      return `: ${event.hold.kind === "freeze" ? `freeze ${inlineCode(event.hold.name)}` : "the maintenance windows"} until ${event.hold.until}: ${escapeText(event.reason)} (${showPerson(event.by)})`;
    case "upgrade_requested":
    case "upgrade_started":
    case "upgrade_resumed":
    case "upgrade_held":
    case "rollback_started":
      return ` (${showRequester(event.by)})`;
    default:
      return "stepId" in event ? ` ${inlineCode(event.stepId)}` : "";
  }
}

function driftText({ table, what, key, name, at, by }: DriftChange): string {
  const parts = [table, name, key, what, at, by === undefined ? undefined : `by ${by}`];
  return escapeText(parts.filter((part) => part !== undefined).join(" "));
}

function proofSection(head: RecordedEvent, notes: readonly string[]): readonly string[] {
  return [
    "## Head and checkpoints",
    "",
    `Event ${head.version} has the hash ${inlineCode(head.hash)}. The JSON file next to this one is what can be verified; this text is for reading.`,
    "",
    ...notes.flatMap((note) => [codeBlock(note.trimEnd().split("\n")), ""]),
    "## What this record does not prove",
    "",
    ...doesNotProve.map((sentence) => `- ${sentence}`),
    "",
  ];
}

import { shortDigest } from "#src/kernel/digest.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { epochMsOf } from "#src/kernel/instant.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { sections } from "#src/slack/views/blocks.ts";
import { planOf, statusContent } from "#src/slack/views/card.ts";
import { actorText, eventName } from "#src/slack/views/event-name.ts";
import { escapeText } from "#src/slack/views/text.ts";
import { withoutMarkup } from "#src/slack/views/without-markup.ts";
import { targetArgument } from "./act.ts";
import { personText, stepsData, upgradeData } from "./answer-data.ts";
import type { EventData, StepData } from "./answer-data.ts";
import type { Call, Command } from "./command.ts";
import { answered, refused } from "./reply.ts";
import { upgradeOf } from "./target.ts";
import { lookForRunners } from "./without-runner.ts";

/** Newest events that are shown; the record holds them all. */
const eventsShown = 12;
/** Lines of the checklist that a message in Slack has room for; a terminal shows all. */
const stepsInSlack = 60;

export const show: Command = {
  word: "show",
  summary: "one upgrade in full: plan, every step, who must act, way back, the last events",
  details: [
    "Without a target it shows the newest upgrade of the channel's environment. The whole record is what `record` gives.",
  ],
  example: "show KU-2026-0007",
  positionals: [targetArgument],
  options: [],
  atTerminal: true,
  isReadOnly: true,
  run: async (call) => {
    const upgrade = await upgradeOf(call, call.arguments.positionals.get("target"), "newest");
    if (!upgrade.ok) return refused(upgrade.problem);
    const { id, version } = upgrade.value;
    const before = Math.max(0, version - eventsShown);
    const events = await call.desk.events(id, before);
    const traces = await call.records.tracesOfEvents?.(id, before);
    const steps = stepsData(upgrade.value);
    const whyUnserved = await lookForRunners(call, [upgrade.value]);
    const unserved = whyUnserved(upgrade.value);
    const status = statusContent(upgrade.value, call.names, unserved);
    const parts = [...planText(upgrade.value, steps, call), eventsText(events)];
    return answered(
      { text: [status.text, ...parts].join("\n\n"), blocks: [...status.blocks, ...parts.flatMap(sections)] },
      {
        kind: "upgrade",
        upgrade: upgradeData(upgrade.value, call.names, unserved),
        steps,
        events: events.map((event) => eventData(event, traces?.get(event.version))),
      },
    );
  },
};

function planText(upgrade: Upgrade, steps: readonly StepData[], { by, now }: Call): readonly string[] {
  const plan = planOf(upgrade);
  if (plan === undefined) return [];
  const shown = by.kind === "terminal" ? steps : steps.slice(0, stepsInSlack);
  const more = steps.length - shown.length;
  const what = plan.kind === "rollback" ? "Way back" : "Plan";
  const heading = `*${what}:* ${escapeText(plan.strategy, 60)}, ${escapeText(plan.from, 20)} to ${escapeText(plan.to, 20)}, ${shortDigest(plan.digest)}, asked for by ${escapeText(personText(upgrade.request.by), 120)}`;
  const rest = more > 0 ? [`…${more} more steps; \`npx kong-upgrade show ${upgrade.id}\` shows all`] : [];
  return [[heading, ...shown.map((step) => stepText(step, now())), ...rest].join("\n")];
}

const marks: Readonly<Record<string, string>> = {
  waiting: " ",
  ready: ">",
  running: ">",
  done: "x",
  failed: "!",
  unknown: "?",
};

/** `[x] 3. Stop the old nodes (disruptive) · done in 12s`: words and signs that every terminal draws. */
function stepText(step: StepData, nowMs: number): string {
  const effect = step.class === "safe" ? "" : ` (${step.class})`;
  return `[${marks[step.state] ?? " "}] ${step.number}. ${escapeText(step.title, 150)}${effect}${stateText(step, nowMs)}`;
}

function stateText(step: StepData, nowMs: number): string {
  const attempt = (step.attempt ?? 1) > 1 ? `, attempt ${step.attempt}` : "";
  const took = step.durationMs === null ? "" : ` in ${formatDuration(step.durationMs)}`;
  switch (step.state) {
    case "waiting":
      return "";
    case "ready":
      return ` · its turn${attempt}`;
    case "running": {
      const since =
        step.startedAt === null ? "" : `, for ${formatDuration(Math.max(0, nowMs - epochMsOf(step.startedAt)))}`;
      return ` · running on ${escapeText(step.runner ?? "", 80)}${since}${attempt}`;
    }
    case "done":
      return ` · done${took}${attempt}`;
    default:
      return ` · ${step.state}${took}${attempt}: ${escapeText(step.reason ?? "", 400)}`;
  }
}

function eventsText(events: readonly RecordedEvent[]): string {
  const lines = events.map(
    ({ version, at, actor, event }) => `${version}  ${at.slice(0, 19)}Z  ${eventName(event)}  ${actorText(actor)}`,
  );
  return [`*Last events* (UTC):`, ...lines].join("\n");
}

function eventData({ version, at, actor, event }: RecordedEvent, trace: string | undefined): EventData {
  return { version, at, type: event.type, by: withoutMarkup(actorText(actor)), trace: trace ?? null };
}

import { unreachable } from "#src/kernel/result.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import type { EventOf } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { actionIds, digestPrefix, encodeValue } from "#src/slack/actions.ts";
import { actions, button, context, section } from "./blocks.ts";
import type { Content } from "./blocks.ts";
import { placeOf } from "./step-text.ts";
import { escapeText, inlineCode, plainText, secondsToken } from "./text.ts";

/** A runner that stands still while its step runs, as it was found and as it is now. */
export interface SilentRunner {
  readonly upgradeId: UpgradeId;
  readonly plan: Plan;
  readonly step: Step;
  readonly silent: EventOf<"runner_silent">;
  /** `heard`: it went on; `ended`: the step's outcome is known, or people are asked for it elsewhere. */
  readonly state: "silent" | "heard" | "ended";
  /** Nothing follows the step by itself: paused already. */
  readonly isPaused: boolean;
}

/**
 * What is known of it and what is safe to do. There is no retry and no “unknown” here: it may go on at any moment, and
 * what it started may be at work all the same. Only when its process is gone is its lock free, and then people are asked
 * with evidence.
 */
export function silentRunnerPrompt(found: SilentRunner): Content {
  const { upgradeId, plan, step, silent, state, isPaused } = found;
  const runner = escapeText(silent.runnerId, 80);
  const title = escapeText(step.title, 150);
  const since = `gives no sign of life since ${secondsToken(silent.lastSeen)}`;
  const place = context(`${upgradeId} · ${placeOf(plan, step)} (\`${step.id}\`), attempt ${silent.attempt}`);
  if (state !== "silent") {
    const settled = settledText(
      state,
      `Runner ${runner}, which ran “${title}”, gave no sign of life from ${secondsToken(silent.lastSeen)} on`,
    );
    return { text: `${upgradeId}: ${settled}`, blocks: [section(settled), place] };
  }
  const choices = choicesOf(found);
  return {
    text: [
      `${upgradeId}: runner ${runner}, which runs “${title}”, ${since}.`,
      `Choices: ${choices.map(({ name }) => name).join(", ")}.`,
    ].join("\n"),
    blocks: [
      section(
        `🔇 *No sign of life: runner ${runner}, which runs “${title}”*\nIt ${since}, although its connection to the database stands: process ${silent.pid} on ${inlineCode(silent.host, 100)} was stopped, or that machine stands still. What it started may be at work all the same, and it may go on itself at any moment, so nothing is taken from it, nothing is tried again, and no other step of this upgrade starts.`,
      ),
      section(`*What can be done now*\n${choices.map(({ name, effect }) => `• *${name}:* ${effect}`).join("\n")}`),
      place,
      ...(isPaused ? [] : [actions(pauseButton(found))]),
    ],
  };
}

function settledText(state: "heard" | "ended", what: string): string {
  switch (state) {
    case "heard":
      return `🔊 ${what}, and went on. _Settled: this prompt is closed._`;
    case "ended":
      return `☑️ ${what}. The step is not running any more; what became of it stands below. _Settled: this prompt is closed._`;
    default:
      return unreachable(state);
  }
}

function choicesOf({ silent, isPaused }: SilentRunner): readonly { readonly name: string; readonly effect: string }[] {
  const on = `on ${inlineCode(silent.host, 100)}`;
  return [
    { name: "Wait", effect: "when it goes on, so does the step, and this prompt closes by itself" },
    ...(isPaused
      ? []
      : [{ name: "Pause", effect: "nothing follows this step by itself, however it ends; the step is not touched" }]),
    {
      name: "Let it go on",
      effect: `${inlineCode(`kill -CONT ${silent.pid}`)} ${on}, or resume that machine. Where the time limit of the step (on the card) has passed by then, the runner ends what still works of it`,
    },
    {
      name: "Give it up",
      effect: `${inlineCode(`kill -KILL ${silent.pid}`)} ${on}, or switch that machine off; moments later the outcome is unknown, evidence is collected, and the choices follow. Do not only cut its network: it would go on out of sight`,
    },
  ];
}

function pauseButton({ upgradeId, plan, step }: SilentRunner): ReturnType<typeof button> {
  return button({
    actionId: actionIds.pause,
    text: "Pause",
    label: `Pause ${upgradeId} after ${plainText(step.title, 40)}`,
    value: encodeValue({ upgradeId, plan: digestPrefix(plan.digest) }),
  });
}

import { labelText } from "#src/plan/runner-labels.ts";
import type { Environment } from "#src/plan/environment.ts";
import { runnersOf, whyNobodyRuns } from "#src/upgrade/known-runner.ts";
import type { KnownRunner } from "#src/upgrade/known-runner.ts";
import { dateToken, escapeText } from "./text.ts";

/** Runners of one environment that are shown one by one. */
const maxShown = 10;

/** Who runs the steps of an environment: each runner with its state and what it does now, and the warning where nobody can. */
export function runnersText(environment: Environment, all: readonly KnownRunner[]): string {
  const own = runnersOf(environment, all);
  const problem = whyNobodyRuns(environment, all);
  const lines = own.slice(0, maxShown).map((runner) => runnerLine(runner));
  const left = own.length - lines.length;
  return [
    `*Runners of ${escapeText(environment.name)}*`,
    ...lines,
    ...(left > 0 ? [`… and ${left} more`] : []),
    ...(problem === undefined ? [] : [`⚠️ ${escapeText(problem, 1_000)}`]),
  ].join("\n");
}

/** One runner: its state, where it is, what it is, what it does. */
export function runnerLine({ id, host, version, labels, running, ...state }: KnownRunner): string {
  const what = [`on ${escapeText(host, 80)}`, escapeText(version, 30), escapeText(labelText(labels), 200)];
  const work = running.map(({ upgradeId, stepId }) => `runs ${escapeText(stepId, 80)} of ${upgradeId}`);
  return [`*${escapeText(id, 120)}* ${stateText(state)}`, ...what.filter((part) => part !== ""), ...work].join(" · ");
}

function stateText({
  isAlive,
  isDraining,
  lastSeen,
  problem,
}: Pick<KnownRunner, "isAlive" | "isDraining" | "lastSeen" | "problem">): string {
  if (!isAlive) return `gone, last seen ${dateToken(lastSeen)}`;
  if (problem !== undefined) return `alive, but takes no step: ${escapeText(problem, 400)}`;
  return isDraining ? "draining: finishes what it runs, takes nothing new" : "alive";
}

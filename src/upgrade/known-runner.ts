import type { Instant } from "#src/kernel/instant.ts";
import type { Environment } from "#src/plan/environment.ts";
import { labelText, missingLabels } from "#src/plan/runner-labels.ts";
import type { Labels } from "#src/plan/runner-labels.ts";
import type { UpgradeId } from "./identity.ts";

/** A runner that registered, as the record shows it now: no event tells of it, because nothing follows from it later. */
export interface KnownRunner {
  readonly id: string;
  /** Names of the environments that it serves. */
  readonly environments: readonly string[];
  readonly labels: Labels;
  readonly host: string;
  /** Version of its program. */
  readonly version: string;
  readonly startedAt: Instant;
  readonly lastSeen: Instant;
  /** Whether its process holds its lock now. */
  readonly isAlive: boolean;
  /** It finishes what it runs and takes nothing new. */
  readonly isDraining: boolean;
  /** Why it takes no step although it lives, such as a version that does not fit the bot's; absent where it does. */
  readonly problem?: string;
  /** What it runs according to the record. */
  readonly running: readonly { readonly upgradeId: UpgradeId; readonly stepId: string }[];
}

/** Runners that serve an environment: those that live first. */
export function runnersOf({ name }: Environment, all: readonly KnownRunner[]): readonly KnownRunner[] {
  const own = all.filter(({ environments }) => environments.includes(name));
  return [...own.filter(({ isAlive }) => isAlive), ...own.filter(({ isAlive }) => !isAlive)];
}

/** Why nothing of an environment would be run now, and what to do about it; undefined where a runner takes its steps. */
export function whyNobodyRuns(environment: Environment, all: readonly KnownRunner[]): string | undefined {
  const wanted = environment.runner?.labels ?? {};
  const living = runnersOf(environment, all).filter(({ isAlive }) => isAlive);
  const fitting = living.filter(({ labels }) => Object.keys(missingLabels(wanted, labels)).length === 0);
  const working = fitting.filter(({ problem }) => problem === undefined);
  if (working.some(({ isDraining }) => !isDraining)) return undefined;
  const asked = labelText(wanted);
  const wish = asked === "" ? `runner of ${environment.name}` : `runner of ${environment.name} with ${asked}`;
  const start = `start one near its Kong: ${startLine(environment)}`;
  const troubled = fitting.flatMap(({ id, problem }) => (problem === undefined ? [] : [`${id}: ${problem}`]));
  if (troubled.length > 0) return `no ${wish} takes a step (${troubled.join("; ")})`;
  if (fitting.length > 0) {
    const names = fitting.map(({ id }) => id).join(", ");
    return `every ${wish} is draining (${names}) and takes no new step; ${start}`;
  }
  const others = living.map(({ id, labels }) => `${id} lives without ${labelText(missingLabels(wanted, labels))}`);
  const besides = others.length === 0 ? "" : ` (${others.join("; ")})`;
  return `no ${wish} is alive${besides}, so nothing of it is looked at or run; ${start}`;
}

function startLine({ name, runner }: Environment): string {
  const labels = Object.entries(runner?.labels ?? {}).map(([label, value]) => ` --label ${label}=${value}`);
  return `kong-upgrade runner --environment ${name}${labels.join("")}`;
}

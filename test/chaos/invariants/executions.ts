import { epochMsOf } from "#src/kernel/instant.ts";
import type { Command, Step } from "#src/plan/step.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Execution } from "#test/chaos/world/executions.ts";

/** What the record of one upgrade says may have been executed. */
export interface Told {
  readonly id: UpgradeId;
  readonly events: readonly Pick<RecordedEvent, "event" | "at">[];
}

/** What executions amounted to, and what is wrong with them. */
export interface Verdict {
  readonly irreversible: number;
  readonly violations: readonly string[];
}

/** Programs that change something for good; nobody but a step starts them. */
const dangerous: readonly (readonly [RegExp, RegExp])[] = [
  [/^kong$/u, /^migrations (?:up|finish|reset|bootstrap)\b/u],
  [/^pg_restore$/u, /^(?!.*(?:--list|-l\b|--version))/u],
  [/^(?:dropdb|createdb)$/u, /^(?!--version)/u],
  [/^(?:decommission|kong-package)$/u, /^/u],
];

/** What a runner saw when it looked for the last time may be 2 s old (src/run/ownership.ts), and machines are busy. */
const lastLookMs = 5_000;

/**
 * Holds what was executed in the world against what was recorded: each command belongs to a recorded start of a step with
 * exactly these words, none ran more often than it stands in the step, and an irreversible one had an approval of its own.
 */
export function judgeExecutions(executions: readonly Execution[], records: readonly Told[]): Verdict {
  const violations: string[] = [];
  const ran = new Map<string, number>();
  let irreversible = 0;
  for (const execution of executions) {
    const { attempt, program, words } = execution;
    const what = `${program} ${words}`;
    if (attempt === undefined) {
      if (dangerous.some(([name, arguments_]) => name.test(program) && arguments_.test(words)))
        violations.push(`“${what}” (process ${execution.pid}) was executed outside every step`);
      continue;
    }
    const where = `${attempt.upgradeId} ${attempt.stepId} attempt ${attempt.number}`;
    const told = records.find(({ id }) => id === attempt.upgradeId);
    const step = told === undefined ? undefined : stepOf(told, attempt.stepId);
    if (told === undefined || step === undefined) {
      violations.push(`“${what}” was executed for ${where}, which no record knows`);
      continue;
    }
    if (!ran.has(where)) violations.push(...judgeBeginning(told, execution, `“${what}” for ${where}`));
    ran.set(where, 1);
    const key = `${where}: ${what}`;
    const times = (ran.get(key) ?? 0) + 1;
    ran.set(key, times);
    const allowed = commandsOf(step).filter((command) => command.argv.slice(1).join(" ") === words).length;
    if (allowed === 0) violations.push(`“${what}” was executed for ${where}, whose step has no such command`);
    else if (times > allowed) violations.push(`“${what}” was executed ${times} times for ${where}`);
    if (step.class === "irreversible") irreversible += 1;
    violations.push(...judgeStart(told, { step, number: attempt.number, what: `“${what}” for ${where}` }));
  }
  return { irreversible, violations: [...new Set(violations)] };
}

/** Whoever was given up begins nothing any more: somebody else may have been told to do it. */
function judgeBeginning({ events }: Told, { attempt, atMs }: Execution, what: string): readonly string[] {
  const over = events.find(
    ({ event }) =>
      (event.type === "runner_lost" || event.type === "step_finished" || event.type === "step_counted_as_done") &&
      event.stepId === attempt?.stepId &&
      event.attempt === attempt.number,
  );
  const lateMs = over === undefined ? 0 : atMs - epochMsOf(over.at);
  return over === undefined || lateMs <= lastLookMs
    ? []
    : [`${what} began ${lateMs} ms after it was over (${over.event.type})`];
}

interface Started {
  readonly step: Step;
  readonly number: number;
  readonly what: string;
}

function judgeStart({ events }: Told, { step, number, what }: Started): readonly string[] {
  const ofAttempt = events.flatMap(({ event }) =>
    "stepId" in event && event.stepId === step.id && "attempt" in event && event.attempt === number ? [event] : [],
  );
  const starts = ofAttempt.filter(({ type }) => type === "step_started");
  if (starts.length !== 1) return [`${what} was executed with ${starts.length} recorded starts`];
  const [start] = starts;
  if (step.class !== "irreversible" || start?.type !== "step_started") return [];
  const before = ofAttempt.slice(0, ofAttempt.indexOf(start));
  const granted = before.findLast((event) => event.type === "approval_granted");
  const signed = before.some(({ type }) => type === "approval_signed");
  if (granted?.type !== "approval_granted" || !signed) return [`${what} was executed without a signed approval`];
  if (granted.digest !== start.digest) return [`${what} was executed on the approval of something else`];
  return new Set(granted.approvedBy).size < 2 ? [`${what} was executed on the approval of fewer than two people`] : [];
}

function stepOf({ events }: Told, id: string): Step | undefined {
  const plans = events.flatMap(({ event }) => ("plan" in event && typeof event.plan === "object" ? [event.plan] : []));
  return plans.flatMap(({ steps }) => steps).find((step) => step.id === id);
}

function commandsOf({ action }: Step): readonly Command[] {
  return action.kind === "commands" ? action.commands : [];
}

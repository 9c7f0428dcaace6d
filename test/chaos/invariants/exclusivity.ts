import { epochMsOf } from "#src/kernel/instant.ts";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import type { Execution } from "#test/chaos/world/executions.ts";
import type { Told } from "./executions.ts";

const ends = new Set([
  "check_completed",
  "lock_released",
  "upgrade_aborted",
  "upgrade_completed",
  "upgrade_rolled_back",
]);

/** A refused plan closes what never had one. */
function isEnd(event: UpgradeEvent): boolean {
  return event.type === "plan_refused" ? event.keptPlan === undefined : ends.has(event.type);
}

/** An installation is in the hands of one upgrade at a time: by the records, and by what was executed on its database. */
export function judgeExclusivity(told: readonly Told[], executions: readonly Execution[]): readonly string[] {
  return [...judgeSpans(told), ...judgeTakingTurns(executions)];
}

function judgeSpans(told: readonly Told[]): readonly string[] {
  const spans = told
    .flatMap(({ id, events }) => {
      const [first] = events;
      if (first?.event.type !== "upgrade_requested") return [];
      const end = events.find(({ event }) => isEnd(event));
      const until = end === undefined ? Infinity : epochMsOf(end.at);
      return [{ id, environment: first.event.environment.name, from: epochMsOf(first.at), until }];
    })
    .toSorted((left, right) => left.from - right.from);
  return spans.flatMap((span, place) =>
    spans
      .slice(place + 1)
      .filter(({ environment, from }) => environment === span.environment && from < span.until)
      .map(({ id, environment }) => `${id} of ${environment} was opened while ${span.id} was open`),
  );
}

function judgeTakingTurns(executions: readonly Execution[]): readonly string[] {
  /** Per database whose turn it is, and whose it was. */
  const turns = new Map<string, { now: string; readonly over: Set<string> }>();
  const violations: string[] = [];
  for (const { attempt, program } of executions.toSorted((left, right) => left.atMs - right.atMs)) {
    if (attempt === undefined) continue;
    const { database, upgradeId, stepId } = attempt;
    const turn = turns.get(database) ?? { now: upgradeId, over: new Set<string>() };
    turns.set(database, turn);
    if (turn.over.has(upgradeId))
      violations.push(
        `${program} of ${upgradeId} ${stepId} was executed on ${database} after ${turn.now} had begun there`,
      );
    else if (turn.now !== upgradeId) {
      turn.over.add(turn.now);
      turn.now = upgradeId;
    }
  }
  return violations;
}

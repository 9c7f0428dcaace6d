import { unreachable } from "#src/kernel/result.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { openCalendar } from "#src/plan/calendar.ts";
import type { Calendar, Freeze } from "#src/plan/calendar.ts";
import type { Environment } from "#src/plan/environment.ts";
import { genuineLifts } from "#src/signing/genuine-lifts.ts";
import type { PublicKey } from "#src/signing/signing-key.ts";
import type { Lifted, RecordedEvent } from "#src/upgrade/events.ts";
import { holdOf, holdOfReady } from "#src/upgrade/hold.ts";
import type { Hold } from "#src/upgrade/hold.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { Active } from "#src/upgrade/state.ts";
import { alarm } from "./check-standing.ts";
import type { Denial, RunInstruction } from "./check-standing.ts";

interface Knowledge {
  /** The runner's own configuration. */
  readonly environment: Environment;
  readonly publicKeys: readonly PublicKey[];
  /** The clock of the database. */
  readonly now: Instant;
  /** The record; read only where the own calendar holds the step. */
  readonly events: () => Promise<readonly RecordedEvent[]>;
}

/**
 * Whether the runner's own configuration lets a step start at this moment. What was lifted counts only where the click
 * was sealed and the person is named here, too.
 */
export async function checkHold(
  upgrade: Active,
  { step, approval, attempt }: RunInstruction,
  { environment, publicKeys, now, events }: Knowledge,
): Promise<Denial | undefined> {
  const calendar = environment.calendar ?? openCalendar;
  const outcome = approval?.outcome;
  const starting = {
    class: step.class,
    isWayBack: upgrade.rollback !== undefined,
    isGlassBroken: outcome?.kind === "granted" && outcome.brokenGlass !== undefined,
  };
  if (holdOf(calendar, [], starting, now) === undefined) return undefined;
  const lifts = genuineLifts({
    upgradeId: upgrade.id,
    mayLift: (hold) => listsFor(hold, calendar),
    events: await events(),
    keys: publicKeys,
  });
  const hold = holdOf(calendar, lifts, starting, now);
  if (hold === undefined) return undefined;
  const sentence = `step ${step.id} does not start: ${describe(hold)}`;
  // Where the record says the same, it is the moment in which a freeze began or a window closed.
  if (isHeldByRecord(upgrade, now)) return { how: "wait", sentence };
  return alarm(
    `calendar ${step.id} ${attempt}`,
    `${sentence}, by the configuration of this runner, and the record does not say so or tells of a lift that was not made in Slack by somebody who is named here; it starts by itself when that is over; make the configurations of bot and runner the same`,
  );
}

function isHeldByRecord(upgrade: Active, now: Instant): boolean {
  const current = currentStep(upgrade);
  return current?.progress.kind === "ready" && holdOfReady(upgrade, current.step, current.progress, now) !== undefined;
}

function describe(hold: Hold): string {
  switch (hold.kind) {
    case "freeze":
      return `freeze ${hold.freeze.name} holds until ${hold.freeze.to}`;
    case "window":
      return "no maintenance window is open";
    default:
      return unreachable(hold);
  }
}

function listsFor(hold: Lifted, { maintenance, freezes }: Calendar): Freeze["mayLift"] | undefined {
  if (hold.kind === "window") return maintenance?.mayLift;
  return freezes.find(({ name, from, to }) => name === hold.name && from === hold.from && to === hold.until)?.mayLift;
}

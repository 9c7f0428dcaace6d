import type { Facts } from "#src/kong/facts.ts";
import type { Plan } from "#src/plan/plan.ts";
import { evolve } from "#src/upgrade/evolve.ts";
import type { ComparedPlan, RecordedEvent } from "#src/upgrade/events.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { Attempts } from "./attempts.ts";
import { SaidSoFar } from "./said-so-far.ts";

/** One plan of the record, with what it was made from. */
export interface PlanChapter {
  readonly version: number;
  readonly plan: Plan;
  readonly isSuperseded: boolean;
  /** Of the survey before it; absent for a way back. */
  readonly facts?: Facts;
  /** The plan that somebody wanted to see it compared with. */
  readonly compareWith?: ComparedPlan;
  /** The plan of the same record that it took the place of. */
  readonly superseded?: Plan;
}

/**
 * What a record tells, sorted by what becomes a message of its own: for every attempt and plan, when it appeared and how it
 * stands now. It grows with the record, an event at a time; equal records give equal stories.
 */
export class Story {
  readonly attempts = new Attempts();
  readonly said = new SaidSoFar();
  readonly #events: RecordedEvent[] = [];
  readonly #plans: PlanChapter[] = [];
  #upgrade: Upgrade;

  constructor(first: RecordedEvent) {
    this.#upgrade = evolve(undefined, first);
    this.#take(first);
  }

  /** @throws Error when the event cannot follow; the story is worth nothing then. */
  add(recorded: RecordedEvent): void {
    this.#upgrade = evolve(this.#upgrade, recorded);
    this.#take(recorded);
  }

  get upgrade(): Upgrade {
    return this.#upgrade;
  }

  get events(): readonly RecordedEvent[] {
    return this.#events;
  }

  get plans(): readonly PlanChapter[] {
    return this.#plans;
  }

  #take(recorded: RecordedEvent): void {
    const upgrade = this.#upgrade;
    const plans = this.#plans;
    const { event, version } = recorded;
    this.#events.push(recorded);
    if (event.type === "plan_made") plans.push(chapterOf(upgrade, plans, { version, plan: event.plan }));
    if (event.type === "rollback_started") plans.push({ version, plan: event.plan, isSuperseded: false });
    if (event.type === "upgrade_requested") supersede(plans);
    if (event.type === "plan_refused" && event.keptPlan !== undefined) keepLast(plans);
    this.said.follow(upgrade, recorded);
    if (upgrade.status === "active") this.attempts.follow(upgrade, recorded);
  }
}

function chapterOf(
  { facts, request }: Upgrade,
  before: readonly PlanChapter[],
  made: Pick<PlanChapter, "version" | "plan">,
): PlanChapter {
  const superseded = before.at(-1)?.plan;
  const { compareWith } = request;
  return {
    ...made,
    isSuperseded: false,
    ...(facts === undefined ? {} : { facts }),
    ...(compareWith === undefined ? {} : { compareWith }),
    ...(superseded === undefined ? {} : { superseded }),
  };
}

function supersede(plans: PlanChapter[]): void {
  for (const [index, chapter] of plans.entries()) plans[index] = { ...chapter, isSuperseded: true };
}

/** The newest plan stays, because the request that superseded it got none. */
function keepLast(plans: PlanChapter[]): void {
  const last = plans.at(-1);
  if (last !== undefined) plans[plans.length - 1] = { ...last, isSuperseded: false };
}

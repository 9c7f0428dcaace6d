import type { Facts } from "#src/kong/facts.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { evolve } from "#src/upgrade/evolve.ts";
import type { ComparedPlan, RecordedEvent } from "#src/upgrade/events.ts";
import { currentStep } from "#src/upgrade/next.ts";
import type { ApprovalRequest, StepProgress, Track, Upgrade } from "#src/upgrade/state.ts";
import { currentTrack } from "#src/upgrade/state.ts";

/** One try of one step, as it stands after the whole record, with the event versions at which its messages began. */
export interface Attempt {
  readonly step: Step;
  readonly number: number;
  readonly track: Track;
  readonly attempt: number;
  readonly progress: Exclude<StepProgress, { kind: "waiting" }>;
  readonly approval?: ApprovalRequest;
  readonly askedAt?: number;
  readonly startedAt?: number;
  readonly troubledAt?: number;
  readonly manualAt?: number;
}

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

/** What the record tells, sorted by what becomes a message of its own. */
export interface Story {
  readonly upgrade: Upgrade;
  readonly events: readonly RecordedEvent[];
  readonly plans: readonly PlanChapter[];
  readonly attempts: readonly Attempt[];
  /** Of the attempts, by id. */
  readonly steps: ReadonlyMap<string, Step>;
}

/** Folds a whole record and remembers, for every attempt and plan, when it appeared and how it stands now. */
export function tellStory(events: readonly RecordedEvent[]): Story | undefined {
  let upgrade: Upgrade | undefined;
  const plans: PlanChapter[] = [];
  const attempts = new Map<string, Attempt>();
  const places = createPlaces();
  for (const recorded of events) {
    upgrade = evolve(upgrade, recorded);
    const { event, version } = recorded;
    if (event.type === "plan_made") plans.push(chapterOf(upgrade, plans, { version, plan: event.plan }));
    if (event.type === "rollback_started") plans.push({ version, plan: event.plan, isSuperseded: false });
    if (event.type === "upgrade_requested") supersede(plans);
    if (event.type === "plan_refused" && event.keptPlan !== undefined) keepLast(plans);
    if (upgrade.status === "active") follow(attempts, upgrade, { recorded, places });
  }
  if (upgrade === undefined) return undefined;
  const inOrder = [...attempts.values()];
  // Where the way back has a step of the same name, the first one is meant.
  const steps = new Map(inOrder.toReversed().map(({ step }) => [step.id, step]));
  return { upgrade, events, plans, attempts: inOrder, steps };
}

/** Where a step stands in its plan. */
type Places = (plan: Plan, stepId: string) => number;

function createPlaces(): Places {
  const known = new Map<Plan, ReadonlyMap<string, number>>();
  return (plan, stepId) => {
    const places = known.get(plan) ?? new Map(plan.steps.map(({ id }, place) => [id, place]));
    known.set(plan, places);
    return places.get(stepId) ?? -1;
  };
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

function follow(
  attempts: Map<string, Attempt>,
  upgrade: Extract<Upgrade, { status: "active" }>,
  { recorded: { version, event }, places }: { readonly recorded: RecordedEvent; readonly places: Places },
): void {
  for (const stepId of touchedSteps(upgrade, event)) {
    const track = currentTrack(upgrade);
    const index = places(track.plan, stepId);
    const step = track.plan.steps[index];
    const progress = track.steps.get(stepId);
    if (step === undefined || progress === undefined || progress.kind === "waiting") continue;
    const key = `${stepId}/${progress.attempt}`;
    const before = attempts.get(key);
    const approval = progress.approval ?? before?.approval;
    attempts.set(key, {
      ...before,
      ...moments(before, { version, step, progress }),
      step,
      number: index + 1,
      track,
      attempt: progress.attempt,
      progress,
      ...(approval === undefined ? {} : { approval }),
    });
  }
}

/** The step that an event names, and the one whose turn it is now. */
function touchedSteps(
  upgrade: Extract<Upgrade, { status: "active" }>,
  event: RecordedEvent["event"],
): ReadonlySet<string> {
  const current = currentStep(upgrade)?.step.id;
  return new Set([...("stepId" in event ? [event.stepId] : []), ...(current === undefined ? [] : [current])]);
}

type Moments = Pick<Attempt, "askedAt" | "startedAt" | "troubledAt" | "manualAt">;

/** The version at which each kind of message of an attempt was first due. */
function moments(
  before: Attempt | undefined,
  now: { readonly version: number; readonly step: Step; readonly progress: Attempt["progress"] },
): Moments {
  const { version, step, progress } = now;
  const isAsked = progress.kind === "ready" && progress.approval !== undefined;
  const when = (isDue: boolean): number | undefined => (isDue ? version : undefined);
  return {
    ...first("askedAt", before?.askedAt, when(isAsked)),
    ...first("startedAt", before?.startedAt, when(progress.kind !== "ready")),
    ...first("troubledAt", before?.troubledAt, when(isTrouble(progress))),
    ...first("manualAt", before?.manualAt, when(step.action.kind === "manual" && isPermitted(progress))),
  };
}

function isTrouble(progress: Attempt["progress"]): boolean {
  const outcome = progress.approval?.outcome.kind;
  const isUnapproved =
    progress.kind === "ready" && (outcome === "refused" || outcome === "expired" || outcome === "cancelled");
  return progress.kind === "failed" || progress.kind === "unknown" || isUnapproved;
}

/** Its turn has come, and where there is a gate it was granted. */
function isPermitted(progress: Attempt["progress"]): boolean {
  const outcome = progress.approval?.outcome.kind;
  return progress.kind === "ready" && (outcome === undefined || outcome === "granted");
}

function first<Key extends keyof Moments>(
  key: Key,
  before: number | undefined,
  now: number | undefined,
): Partial<Record<Key, number>> {
  const version = before ?? now;
  const moment: Partial<Record<Key, number>> = {};
  if (version !== undefined) moment[key] = version;
  return moment;
}

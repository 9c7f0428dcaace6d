import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import type { Active, ApprovalRequest, StepProgress, Track } from "#src/upgrade/state.ts";

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

/** By which one attempt is told from the others of its upgrade. */
export function attemptKey(stepId: string, attempt: number): string {
  return `${stepId}/${attempt}`;
}

/** All attempts of a record, in the order in which they began; grows with it. */
export class Attempts {
  readonly #all = new Map<string, Attempt>();
  readonly #ofStep = new Map<string, { readonly first: string; last: string }>();
  readonly #places = createPlaces();
  #touched = new Set<string>();
  #replacements = 0;

  [Symbol.iterator](): Iterator<Attempt> {
    return this.#all.values();
  }

  get(key: string): Attempt | undefined {
    return this.#all.get(key);
  }

  /** Where the way back has a step of the same name, the first one is meant. */
  firstOf(stepId: string): Attempt | undefined {
    return this.#all.get(this.#ofStep.get(stepId)?.first ?? "");
  }

  lastOf(stepId: string): Attempt | undefined {
    return this.#all.get(this.#ofStep.get(stepId)?.last ?? "");
  }

  /** How often a step of the way back took the place of one of the same name: what was said of that one says another title then. */
  get replacements(): number {
    return this.#replacements;
  }

  /** Keys of those that changed since this was asked last. */
  takeTouched(): ReadonlySet<string> {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  /** Takes over how the upgrade stands after an event. */
  follow(upgrade: Active, { version, event }: RecordedEvent): void {
    const track = currentTrack(upgrade);
    for (const stepId of touchedSteps(upgrade, event)) {
      const index = this.#places(track.plan, stepId);
      const step = track.plan.steps[index];
      const progress = track.steps.get(stepId);
      if (step === undefined || progress === undefined || progress.kind === "waiting") continue;
      const key = attemptKey(stepId, progress.attempt);
      const before = this.#all.get(key);
      const approval = progress.approval ?? before?.approval;
      this.#set(key, {
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

  #set(key: string, attempt: Attempt): void {
    const { id } = attempt.step;
    const before = this.#all.get(key);
    const known = this.#ofStep.get(id);
    if (known === undefined) this.#ofStep.set(id, { first: key, last: key });
    else if (before === undefined) known.last = key;
    else if (before.step !== attempt.step) this.#replacements += 1;
    this.#all.set(key, attempt);
    this.#touched.add(key);
  }
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

/** The step that an event names, and the one whose turn it is now. */
function touchedSteps(upgrade: Active, event: RecordedEvent["event"]): ReadonlySet<string> {
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

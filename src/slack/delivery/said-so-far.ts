import { isComparable } from "#src/upgrade/frozen-reference.ts";
import type { EventOf, EventType, RecordedEvent } from "#src/upgrade/events.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { SilentRunner } from "#src/slack/views/silent-runner.ts";
import { attemptKey } from "./attempts.ts";

/** One round of direct messages, by the event that tells of it. */
export interface Sent {
  readonly version: number;
  readonly event: EventOf<"approvers_reminded">;
}

/** What messages ask of events other than their own, found once instead of in the whole record each time; grows with it. */
export class SaidSoFar {
  readonly #newest = new Map<EventType, number>();
  readonly #lookedAt = new Set<string>();
  readonly #nudges = new Map<string, Sent[]>();
  readonly #unseen = new Set<string>();
  readonly #repeated = new Set<number>();
  readonly #heard = new Map<string, number>();
  readonly #ended = new Map<string, number>();
  #lastStarted: string | undefined;
  #measuredFrom = Number.POSITIVE_INFINITY;

  /** Takes over what one event says; `upgrade` is as it stands after it. */
  follow(upgrade: Upgrade, { event, version }: RecordedEvent): void {
    this.#newest.set(event.type, version);
    switch (event.type) {
      case "step_started":
        this.#lastStarted = attemptKey(event.stepId, event.attempt);
        return;
      case "step_finished":
        this.#ended.set(attemptKey(event.stepId, event.attempt), version);
        this.#measure(upgrade, event, version);
        return;
      case "runner_lost":
        this.#ended.set(attemptKey(event.stepId, event.attempt), version);
        return;
      case "runner_heard":
        this.#heard.set(attemptKey(event.stepId, event.attempt), version);
        return;
      case "approvers_reminded":
        this.#remember(attemptKey(event.stepId, event.attempt), { version, event });
        return;
      case "drift_found":
      case "drift_not_found":
        this.#lookedAt.add(event.beforeStep);
        return;
      case "drift_look_failed":
        this.#lookedAt.add(event.beforeStep);
        if (this.#lastStarted !== undefined && this.#unseen.has(this.#lastStarted)) this.#repeated.add(version);
        this.#unseen.add(attemptKey(event.beforeStep, event.attempt));
        return;
      default:
    }
  }

  /** Whether no later event is of the same type. */
  isNewest({ event, version }: RecordedEvent): boolean {
    return this.#newest.get(event.type) === version;
  }

  /** Whether figures that tell a write were recorded before this version. */
  wasMeasured(before: number): boolean {
    return this.#measuredFrom < before;
  }

  /** Whether it is told that somebody looked, or could not look, for writes before this step. */
  wasLookedAt(stepId: string): boolean {
    return this.#lookedAt.has(stepId);
  }

  /** Whether the step that had started last before this event had gone on unseen, too: the same outage. */
  isRepeatedOutage(version: number): boolean {
    return this.#repeated.has(version);
  }

  /** What became of the silence of a runner that this version tells of. */
  silenceOf({ stepId, attempt }: EventOf<"runner_silent">, version: number): SilentRunner["state"] {
    const key = attemptKey(stepId, attempt);
    if ((this.#heard.get(key) ?? 0) > version) return "heard";
    return (this.#ended.get(key) ?? 0) > version ? "ended" : "silent";
  }

  /** What approvers of this attempt were told. */
  nudgesOf(key: string): readonly Sent[] {
    return this.#nudges.get(key) ?? [];
  }

  #measure({ request }: Upgrade, { report }: EventOf<"step_finished">, version: number): void {
    const { measurements } = report;
    if (measurements === undefined || !isComparable(measurements, request.environment)) return;
    this.#measuredFrom = Math.min(this.#measuredFrom, version);
  }

  #remember(key: string, sent: Sent): void {
    const known = this.#nudges.get(key);
    if (known === undefined) this.#nudges.set(key, [sent]);
    else known.push(sent);
  }
}

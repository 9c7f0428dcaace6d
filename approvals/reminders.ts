import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Policy } from "./policy.ts";

/** What was already sent for a request: how often its approvers were reminded, how far it was escalated. */
export interface Nudged {
  readonly requestedAt: Instant;
  readonly reminders: number;
  readonly escalations: number;
  /** How often votes were lost that had counted, and how many of these losses people were told of. */
  readonly reopened: { readonly times: number; readonly told: number };
}

/** The next nudge. Numbers count from 1. */
export type Nudge =
  /** Votes were lost, so it is asked again; at once. */
  | { readonly kind: "reopening"; readonly number: number; readonly dueAt: Instant }
  | { readonly kind: "reminder"; readonly number: number; readonly dueAt: Instant }
  | { readonly kind: "escalation"; readonly number: number; readonly dueAt: Instant };

/** What is due now, one at a time, earliest first; a bot that was away does not send what it missed several times over. */
export function dueNudge({ reminders, escalations }: Policy, sent: Nudged, now: Instant): Nudge | undefined {
  return [reopening(sent), nextReminder(reminders, sent, now), nextEscalation(escalations, sent)]
    .filter((nudge) => nudge !== undefined)
    .filter(({ dueAt }) => !isAfter(dueAt, now))
    .toSorted((left, right) => (isAfter(left.dueAt, right.dueAt) ? 1 : -1))[0];
}

function reopening({ requestedAt, reopened: { times, told } }: Nudged): Nudge | undefined {
  return times > told ? { kind: "reopening", number: times, dueAt: requestedAt } : undefined;
}

function nextReminder(
  { everyMs, atMost }: Policy["reminders"],
  { requestedAt, reminders }: Nudged,
  now: Instant,
): Nudge | undefined {
  const passed = Math.min(atMost, Math.floor((Date.parse(now) - Date.parse(requestedAt)) / everyMs));
  const number = Math.max(reminders + 1, passed);
  return number > atMost ? undefined : { kind: "reminder", number, dueAt: addMs(requestedAt, number * everyMs) };
}

function nextEscalation(
  escalations: Policy["escalations"],
  { requestedAt, escalations: sent }: Nudged,
): Nudge | undefined {
  const next = escalations[sent];
  return next === undefined
    ? undefined
    : { kind: "escalation", number: sent + 1, dueAt: addMs(requestedAt, next.afterMs) };
}

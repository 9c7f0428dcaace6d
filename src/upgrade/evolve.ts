import { Map as ImmutableMap } from "immutable";
import { unreachable } from "#src/kernel/result.ts";
import { openCalendar } from "#src/plan/calendar.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { answersTo } from "./answers.ts";
import type { Answers } from "./answers.ts";
import { brokenGlassOf } from "./evolve-approval.ts";
import { evolveCalendar } from "./evolve-calendar.ts";
import { evolveDrift, turnedBack, withBackup, withoutLook } from "./evolve-drift.ts";
import { evolvePeople } from "./evolve-people.ts";
import { evolveStep } from "./evolve-step.ts";
import { isCalendarEvent, isDriftEvent } from "./events.ts";
import type { EventOf, RecordedEvent } from "./events.ts";
import type { Requester } from "./identity.ts";
import type { Active, Closed, Planned, StepProgress, Surveying, Track, Upgrade } from "./state.ts";

/** What an event meant, in the moment it was recorded. */
export type Occurred = Pick<RecordedEvent, "upgradeId" | "version" | "at" | "event">;

/** Folds one event into the upgrade. @throws Error when a record holds an event that cannot follow: it was tampered with or a bug. */
export function evolve(upgrade: Upgrade | undefined, occurred: Occurred): Upgrade {
  const { event } = occurred;
  if (upgrade === undefined) {
    if (event.type !== "upgrade_requested") throw impossible(occurred, "nothing");
    return requested(occurred, event);
  }
  const next = evolveKnown(upgrade, occurred);
  return { ...next, version: occurred.version, updatedAt: occurred.at };
}

/** Folds a whole record. */
export function replay(events: readonly Occurred[]): Upgrade | undefined {
  let upgrade: Upgrade | undefined;
  for (const event of events) upgrade = evolve(upgrade, event);
  return upgrade;
}

function evolveKnown(upgrade: Upgrade, occurred: Occurred): Upgrade {
  const { event, at } = occurred;
  if (isCalendarEvent(event)) return evolveCalendar(upgrade, event, at) ?? fail(upgrade, occurred);
  if (isDriftEvent(event)) return upgrade.status === "active" ? evolveDrift(upgrade, event) : fail(upgrade, occurred);
  switch (event.type) {
    case "upgrade_requested":
      return surveyAgain(upgrade, occurred, event);
    case "survey_reported":
      return upgrade.status === "surveying" ? { ...upgrade, facts: event.facts } : fail(upgrade, occurred);
    case "plan_refused":
      return event.keptPlan === undefined
        ? close(upgrade, { kind: "refused", refusals: event.refusals })
        : keepEarlier(upgrade, occurred);
    case "check_completed":
      return checked(upgrade, occurred, event);
    case "plan_made":
      return planned(upgrade, occurred, event.plan);
    case "upgrade_started":
      return upgrade.status === "planned" ? started(upgrade, event.by, at) : fail(upgrade, occurred);
    case "rollback_started":
      return upgrade.status === "active"
        ? { ...turnedBack(upgrade), rollback: newTrack(event.plan, event.by, at), flow: { kind: "going" } }
        : fail(upgrade, occurred);
    case "upgrade_paused":
      return active(upgrade, occurred, { flow: { kind: "paused", by: event.by, reason: event.reason } });
    case "upgrade_resumed":
      return active(upgrade, occurred, { flow: { kind: "going" } });
    case "upgrade_held":
      return active(upgrade, occurred, { flow: { kind: "held", by: event.by } });
    case "upgrade_aborted":
      return close(upgrade, { kind: "aborted", by: event.by, reason: event.reason });
    case "upgrade_completed":
      return close(upgrade, { kind: "completed" });
    case "upgrade_rolled_back":
      return close(upgrade, { kind: "rolled_back" });
    case "question_answered":
      return upgrade.status === "planned" || upgrade.status === "active"
        ? { ...upgrade, answers: withAnswer(upgrade.answers, event, at) }
        : fail(upgrade, occurred);
    case "note_added":
    case "result_came_late":
    case "lock_released":
      return upgrade;
    case "upgrade_handed_over":
    case "vote_delegated":
    case "delegation_ended":
    case "break_glass_reviewed":
      return evolvePeople(upgrade, event, at);
    case "alarm_raised":
      return upgrade.status === "active" || upgrade.status === "surveying"
        ? { ...upgrade, alarm: event.what }
        : upgrade;
    case "approval_requested":
    case "ballot_cast":
    case "approval_granted":
    case "approval_refused":
    case "approval_expired":
    case "approval_signed":
    case "approval_voided":
    case "approval_cancelled":
    case "approvers_reminded":
    case "ballot_withdrawn":
    case "glass_broken":
    case "step_started":
    case "step_cancel_requested":
    case "step_finished":
    case "runner_silent":
    case "runner_heard":
    case "runner_lost":
    case "evidence_collected":
    case "evidence_requested":
    case "step_counted_as_done":
    case "step_retried":
    case "manual_step_confirmed":
      return upgrade.status === "active" ? stepChanged(upgrade, occurred) : fail(upgrade, occurred);
    default:
      return unreachable(event);
  }
}

function checked(upgrade: Upgrade, occurred: Occurred, event: EventOf<"check_completed">): Upgrade {
  const facts = factsOf(upgrade);
  if (facts === undefined) throw impossible(occurred, upgrade.status);
  return close(upgrade, { kind: "checked", from: event.from, findings: event.findings, notes: event.notes, facts });
}

function stepChanged(upgrade: Active, occurred: Occurred): Active {
  const { event } = occurred;
  if (!("stepId" in event) || isCalendarEvent(event) || event.type === "result_came_late")
    throw impossible(occurred, upgrade.status);
  const track = upgrade.rollback ?? upgrade.forward;
  const before = track.steps.get(event.stepId);
  if (before === undefined) throw impossible(occurred, `no step ${event.stepId}`);
  const after = evolveStep(before, event, occurred.at);
  if (after === undefined) throw impossible(occurred, `step ${event.stepId} is ${before.kind}`);
  const changed = withProgress(track, event.stepId, after);
  const measured = event.type === "step_finished" ? event.report.measurements : undefined;
  const isBegun = event.type === "step_started" || event.type === "manual_step_confirmed";
  const evolved: Active = {
    ...(isBegun ? calmed(upgrade) : upgrade),
    brokenGlass:
      event.type === "glass_broken" ? [...upgrade.brokenGlass, brokenGlassOf(event, occurred.at)] : upgrade.brokenGlass,
    ...(upgrade.rollback === undefined ? { forward: changed } : { rollback: changed }),
    baseline: measured === undefined ? upgrade.baseline : { ...upgrade.baseline, ...measured },
    flow: upgrade.flow.kind === "held" && !event.type.startsWith("evidence_") ? { kind: "going" } : upgrade.flow,
  };
  return withBackup(evolved, event.stepId, after);
}

/** Once a step has started, what was in its way is settled. */
function calmed(upgrade: Active): Active {
  const { alarm: _, heldBack: __, ...calm } = withoutLook(upgrade);
  return calm;
}

/** Once the step whose turn it is is done, the next one has its turn. */
function withProgress(track: Track, stepId: string, after: StepProgress): Track {
  const steps = track.steps.set(stepId, after);
  if (after.kind !== "done" || track.plan.steps[track.turn]?.id !== stepId) return { ...track, steps };
  const turn = track.turn + 1;
  return { ...track, steps: opened(steps, track.plan.steps[turn]), turn };
}

function opened(steps: Track["steps"], step: Step | undefined): Track["steps"] {
  return step === undefined ? steps : steps.set(step.id, { kind: "ready", attempt: 1 });
}

function newTrack(plan: Plan, startedBy: Requester, startedAt: string): Track {
  const steps = ImmutableMap<string, StepProgress>(plan.steps.map((step) => [step.id, { kind: "waiting" }]));
  return { plan, startedBy, startedAt, steps: opened(steps, plan.steps[0]), turn: 0 };
}

function requested(occurred: Occurred, event: EventOf<"upgrade_requested">): Surveying {
  const { type: _, ...request } = event;
  return {
    status: "surveying",
    id: occurred.upgradeId,
    version: occurred.version,
    request: { ...request, at: occurred.at },
    updatedAt: occurred.at,
    answers: new Map(),
    supersededPlans: [],
    owners: [],
    delegations: [],
    brokenGlass: [],
  };
}

/** A plan that has not been started is looked at anew; its old digest stays known, so that old buttons can say so. */
function surveyAgain(upgrade: Upgrade, occurred: Occurred, event: EventOf<"upgrade_requested">): Surveying {
  if (upgrade.status !== "planned" && upgrade.status !== "surveying") throw impossible(occurred, upgrade.status);
  const superseded =
    upgrade.status === "planned" ? [...upgrade.supersededPlans, upgrade.plan.digest] : upgrade.supersededPlans;
  const earlier = upgrade.status === "planned" ? upgrade : upgrade.earlier;
  return {
    ...requested(occurred, event),
    answers: upgrade.answers,
    owners: upgrade.owners,
    delegations: upgrade.delegations,
    ...liftsOf(upgrade),
    supersededPlans: superseded,
    ...(earlier === undefined ? {} : { earlier }),
  };
}

/** What was asked for cannot be planned, so what was planned before is still the plan. */
function keepEarlier(upgrade: Upgrade, occurred: Occurred): Planned {
  if (upgrade.status !== "surveying" || upgrade.earlier === undefined) throw impossible(occurred, upgrade.status);
  const { answers, owners, delegations, earlier } = upgrade;
  const told = upgrade.calendar ?? upgrade.request.environment.calendar;
  const calendar = told ?? (earlier.request.environment.calendar === undefined ? undefined : openCalendar);
  return {
    ...earlier,
    answers,
    owners,
    delegations,
    ...(calendar === undefined ? {} : { calendar }),
    ...liftsOf(upgrade),
  };
}

function liftsOf({ lifts }: Upgrade): Pick<Upgrade, "lifts"> {
  return lifts === undefined ? {} : { lifts };
}

function planned(upgrade: Upgrade, occurred: Occurred, plan: Plan): Planned {
  const facts = factsOf(upgrade);
  if (upgrade.status !== "surveying" || facts === undefined) throw impossible(occurred, upgrade.status);
  // An answer holds for as long as its question is asked, whichever plan asks it.
  const { earlier: _, alarm: __, ...rest } = upgrade;
  return { ...rest, status: "planned", facts, plan, answers: answersTo(plan.findings, upgrade.answers) };
}

function started(upgrade: Planned, by: Requester, at: string): Active {
  const { plan, status: _, schedule: _schedule, missedStart: _missed, ...rest } = upgrade;
  return {
    ...rest,
    status: "active",
    forward: newTrack(plan, by, at),
    flow: { kind: "going" },
    baseline: {},
  };
}

function withAnswer(answers: Answers, event: EventOf<"question_answered">, at: string): Answers {
  const { questionId, answer, note, by } = event;
  return new Map(answers).set(questionId, { answer, note, by, at });
}

function close(upgrade: Upgrade, outcome: Closed["outcome"]): Closed {
  const facts = factsOf(upgrade);
  const plan =
    upgrade.status === "planned" ? upgrade.plan : upgrade.status === "active" ? upgrade.forward.plan : undefined;
  return {
    status: "closed",
    id: upgrade.id,
    version: upgrade.version,
    request: upgrade.request,
    updatedAt: upgrade.updatedAt,
    answers: upgrade.answers,
    owners: upgrade.owners,
    delegations: upgrade.delegations,
    brokenGlass: upgrade.brokenGlass,
    ...liftsOf(upgrade),
    ...(upgrade.review === undefined ? {} : { review: upgrade.review }),
    outcome,
    ...(facts === undefined ? {} : { facts }),
    ...(plan === undefined ? {} : { plan }),
    ...(upgrade.status === "active" ? { forward: upgrade.forward } : {}),
    ...(upgrade.status === "active" && upgrade.rollback !== undefined ? { rollback: upgrade.rollback } : {}),
  };
}

function factsOf(upgrade: Upgrade): Active["facts"] | undefined {
  return upgrade.facts;
}

function active(upgrade: Upgrade, occurred: Occurred, change: Pick<Active, "flow">): Active {
  if (upgrade.status !== "active") throw impossible(occurred, upgrade.status);
  return { ...upgrade, ...change };
}

function fail(upgrade: Upgrade, occurred: Occurred): never {
  throw impossible(occurred, upgrade.status);
}

function impossible({ upgradeId, version, event }: Occurred, state: string): Error {
  return new Error(`event ${version} of ${upgradeId} (${event.type}) cannot follow when the upgrade is: ${state}`);
}

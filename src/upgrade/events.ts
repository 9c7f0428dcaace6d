import { z } from "zod";
import { ballotSchema } from "#approvals/ballot.ts";
import { personSchema } from "#approvals/person.ts";
import { policySchema, stepUpSchema } from "#approvals/policy.ts";
import { digestSchema } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import { factsSchema } from "#src/kong/facts.ts";
import { findingSchema } from "#src/kong/finding.ts";
import { calendarSchema } from "#src/plan/calendar.ts";
import { environmentSchema } from "#src/plan/environment.ts";
import { optionsSchema, planSchema } from "#src/plan/plan.ts";
import { answerKindSchema } from "./answers.ts";
import { driftSchema } from "./drift.ts";
import { rehearsalSchema } from "#src/plan/rehearsal.ts";
import { actorSchema, requesterSchema, upgradeIdSchema } from "./identity.ts";
import { probeResultSchema, stepReportSchema } from "./step-report.ts";

/** A signed standing as a DSSE envelope (in-toto/Sigstore): payload and signatures in base64. */
export const envelopeSchema = z.object({
  payloadType: z.string(),
  payload: z.string(),
  signatures: z
    .array(z.object({ keyid: z.string(), sig: z.string() }))
    .min(1)
    .readonly(),
});
export type Envelope = z.infer<typeof envelopeSchema>;

const stepRef = { stepId: z.string(), attempt: z.number().int().min(1) };
/** What is about the whole installation, in the moment before a step. */
const beforeStepRef = { beforeStep: z.string(), attempt: z.number().int().min(1) };
const type = <Name extends string>(name: Name) => z.literal(name);

/** One sentence of a plan-time "no" and what would help. */
export const planRefusalSchema = z.object({ code: z.string(), sentence: z.string(), help: z.string() });
export type PlanRefusal = z.infer<typeof planRefusalSchema>;

/** What a request may be for: a dry run makes the same plan as `plan` and ends there, so that nothing of it can be started. */
export const requestModeSchema = z.enum(["plan", "check", "dry_run"]);
export type RequestMode = z.infer<typeof requestModeSchema>;

/** The older plan that a request wants to be compared with, as it was: another record may be gone when somebody reads this. */
export const comparedPlanSchema = z.object({ upgradeId: upgradeIdSchema, plan: planSchema });
export type ComparedPlan = z.infer<typeof comparedPlanSchema>;

/** Which nudge, and whom it is for. */
export const nudgeParts = {
  nudge: z.object({ kind: z.enum(["reminder", "escalation", "reopening"]), number: z.number().int().min(1) }),
  to: z.array(z.object({ userId: z.string(), mayVote: z.boolean() })).readonly(),
  /** Who could decide at that moment, by the name at that time; for those who may not. */
  voters: z
    .array(z.object({ userId: z.string(), name: z.string() }))
    .readonly()
    .optional(),
  /** People beyond those who are written to. */
  leftOut: z.number().int().min(1).optional(),
};

/** Since when a runner is silent, and which process it is, for whoever looks after its machine. */
export const silenceParts = { lastSeen: instantSchema, host: z.string(), pid: z.number().int() };

const namedPeople = z.object({ users: z.array(z.string()).readonly(), groups: z.array(z.string()).readonly() });

/** What keeps a step from starting: a freeze of the organisation, or that no maintenance window is open. */
export const holdRefSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("freeze"),
    name: z.string(),
    from: instantSchema,
    until: instantSchema,
    reason: z.string(),
    mayLift: namedPeople,
  }),
  z.object({
    kind: z.literal("window"),
    /** The next opening, where one lies within eight days. */
    until: instantSchema.optional(),
    mayLift: namedPeople,
  }),
]);
export type HoldRef = z.infer<typeof holdRefSchema>;

/** What somebody lifts for one upgrade: a freeze as a whole, or the maintenance windows until the next one opens. */
export const liftedSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("freeze"), name: z.string(), from: instantSchema, until: instantSchema }),
  z.object({ kind: z.literal("window"), until: instantSchema }),
]);
export type Lifted = z.infer<typeof liftedSchema>;

/** Everything that can have happened to an upgrade: past tense, for ever. */
export const eventSchema = z.discriminatedUnion("type", [
  /** Somebody asked for a plan, a check or a dry run. The environment is a copy of the configuration, without secrets. */
  z.object({
    type: type("upgrade_requested"),
    mode: requestModeSchema,
    environment: environmentSchema,
    to: z.string(),
    strategy: z.string(),
    options: optionsSchema,
    by: requesterSchema,
    channel: z.string(),
    compareWith: comparedPlanSchema.optional(),
    /** What the preproduction environment went through before, as it was known at that moment. */
    rehearsal: rehearsalSchema.optional(),
  }),
  /** A runner read the live installation. */
  z.object({ type: type("survey_reported"), facts: factsSchema }),
  /** The request ended before there was a plan; nothing was changed. */
  z.object({
    type: type("plan_refused"),
    refusals: z.array(planRefusalSchema).min(1).readonly(),
    /** The plan from before the request: by the new look its steps are the same, so it stays. Without it, the upgrade is closed. */
    keptPlan: digestSchema.optional(),
  }),
  /** The answer to a check; after `plan_made` the end of a dry run. */
  z.object({
    type: type("check_completed"),
    from: z.string(),
    findings: z.array(findingSchema).readonly(),
    notes: z.array(z.string()).readonly(),
  }),
  /** The checklist; a second one supersedes the first. */
  z.object({ type: type("plan_made"), plan: planSchema }),
  z.object({
    type: type("upgrade_started"),
    by: requesterSchema,
    planDigest: digestSchema,
    /** When it was to start, where somebody said so before. */
    scheduledFor: instantSchema.optional(),
  }),
  /** Exactly this plan is to be started then; a later one replaces it. */
  z.object({
    type: type("start_scheduled"),
    at: instantSchema,
    /** By which the person meant the time. */
    timeZone: z.string(),
    by: requesterSchema,
    planDigest: digestSchema,
  }),
  z.object({ type: type("start_unscheduled"), by: requesterSchema, reason: z.string() }),
  /** The time came and the upgrade was not begun; a person decides. */
  z.object({ type: type("scheduled_start_missed"), at: instantSchema, reason: z.string(), help: z.string() }),
  /** The configuration says something else about when the environment may be changed. */
  z.object({ type: type("calendar_changed"), calendar: calendarSchema }),
  /** Its turn has come, and the calendar keeps it from starting. */
  z.object({ type: type("step_held_back"), ...stepRef, hold: holdRefSchema }),
  z.object({ type: type("step_let_go"), ...stepRef }),
  /** A person who is named for it lets this upgrade go on all the same. */
  z.object({
    type: type("hold_lifted"),
    hold: liftedSchema,
    by: personSchema,
    reason: z.string(),
    seal: envelopeSchema.optional(),
  }),
  /** A gate opened: these people may vote on exactly this digest until then. */
  z.object({
    type: type("approval_requested"),
    ...stepRef,
    digest: digestSchema,
    policy: policySchema,
    /** Accounts and humans who asked for it: none of them may vote. */
    requesterIds: z.array(z.string()).readonly(),
    /** Accounts and humans who approved the last irreversible step, where the policy wants other people. */
    earlierVoterIds: z.array(z.string()).readonly().optional(),
    expiresAt: instantSchema,
  }),
  /** The seal is the Slack side's signature over the click: an approval is signed for the runner only with it. */
  z.object({ type: type("ballot_cast"), ...stepRef, ballot: ballotSchema, seal: envelopeSchema.optional() }),
  z.object({
    type: type("approval_granted"),
    ...stepRef,
    digest: digestSchema,
    approvedBy: z.array(z.string()).readonly(),
    /** The step must start before; in records from before there was a choice that is the end of the request. */
    expiresAt: instantSchema.optional(),
  }),
  /** Somebody took their vote back before the step started. */
  z.object({
    type: type("ballot_withdrawn"),
    ...stepRef,
    by: personSchema,
    digest: digestSchema,
    seal: envelopeSchema.optional(),
  }),
  /** Whoever asked for it does not want it any more. */
  z.object({ type: type("approval_cancelled"), ...stepRef, by: requesterSchema, reason: z.string() }),
  /** Nobody decided for a while, so these people were told directly. */
  z.object({
    type: type("approvers_reminded"),
    ...stepRef,
    ...nudgeParts,
  }),
  /** A person who is named for it let the step start without its approval. */
  z.object({
    type: type("glass_broken"),
    ...stepRef,
    digest: digestSchema,
    by: personSchema,
    reason: z.string(),
    /** Reference of the incident, e.g. INC-4711. */
    incident: z.string(),
    stepUp: stepUpSchema,
    /** Accounts of everybody who could have approved and was not waited for. */
    skipped: z.array(z.string()).readonly(),
    expiresAt: instantSchema,
    seal: envelopeSchema.optional(),
  }),
  /** Somebody who had no part in it looked at what was done without approval. */
  z.object({ type: type("break_glass_reviewed"), by: requesterSchema, note: z.string() }),
  /** An approver lets somebody else vote in their place for a while. */
  z.object({
    type: type("vote_delegated"),
    from: personSchema,
    to: personSchema,
    until: instantSchema,
    seal: envelopeSchema.optional(),
  }),
  z.object({ type: type("delegation_ended"), from: personSchema, to: personSchema, by: personSchema }),
  /** From now on somebody else runs the upgrade; whoever did before stays one of those who asked for it. */
  z.object({ type: type("upgrade_handed_over"), from: requesterSchema, to: requesterSchema, by: requesterSchema }),
  z.object({ type: type("approval_refused"), ...stepRef, by: z.string(), reason: z.string() }),
  z.object({ type: type("approval_expired"), ...stepRef }),
  /** The bot looked the voters up again and signed the standing for the runner. */
  z.object({ type: type("approval_signed"), ...stepRef, envelope: envelopeSchema, checkedAt: instantSchema }),
  /** At the second look a voter did not count any more; the gate is open again for the rest. */
  z.object({ type: type("approval_voided"), ...stepRef, people: z.array(personSchema).readonly(), reason: z.string() }),
  /** Written before anything is spawned; consumes the approval. */
  z.object({
    type: type("step_started"),
    ...stepRef,
    runnerId: z.string(),
    digest: digestSchema,
    /** Number of the environment's lock under which it starts; checked in the same transaction. */
    fence: z.string().optional(),
  }),
  /** Somebody wants the running step to end; how it ended then is told by `step_finished`. */
  z.object({ type: type("step_cancel_requested"), ...stepRef, by: requesterSchema, reason: z.string() }),
  z.object({ type: type("step_finished"), ...stepRef, runnerId: z.string(), report: stepReportSchema }),
  /** A result that came when somebody had decided without it; it changes nothing. */
  z.object({ type: type("result_came_late"), ...stepRef, runnerId: z.string(), report: stepReportSchema }),
  /** The runner of a running step gives no sign of life although its connection stands: it may go on at any moment. */
  z.object({ type: type("runner_silent"), ...stepRef, runnerId: z.string(), ...silenceParts }),
  /** It gave one again before its step ended. */
  z.object({ type: type("runner_heard"), ...stepRef, runnerId: z.string() }),
  /** The runner died while the step ran: nobody knows how it ended. */
  z.object({ type: type("runner_lost"), ...stepRef, runnerId: z.string(), reason: z.string() }),
  /** Read-only probes collected after an unknown outcome. */
  z.object({
    type: type("evidence_collected"),
    ...stepRef,
    runnerId: z.string(),
    probes: z.array(probeResultSchema).readonly(),
  }),
  /** The evidence was a moment too early (a migration still ran, say); it is collected anew. */
  z.object({ type: type("evidence_requested"), ...stepRef, by: requesterSchema }),
  /** A person looked at the evidence and counts the step as done. */
  z.object({ type: type("step_counted_as_done"), ...stepRef, by: requesterSchema, note: z.string() }),
  z.object({ type: type("step_retried"), ...stepRef, by: requesterSchema }),
  z.object({ type: type("manual_step_confirmed"), ...stepRef, by: requesterSchema, note: z.string() }),
  /** Before a step a runner saw that somebody wrote while the configuration was frozen; nothing goes on by itself. */
  z.object({ type: type("drift_found"), beforeStep: z.string(), runnerId: z.string(), drift: driftSchema }),
  /** While a step waits for the person who does it, a runner looked and nobody had written; told once for each attempt. */
  z.object({ type: type("drift_not_found"), ...beforeStepRef, runnerId: z.string() }),
  /** A person lets it go on: what was found is what later looks compare with. */
  z.object({ type: type("drift_accepted"), by: requesterSchema, digest: digestSchema, reason: z.string() }),
  /** Before a step nobody could look whether somebody wrote; where it `stops`, the step waits for a person. */
  z.object({
    type: type("drift_look_failed"),
    ...beforeStepRef,
    runnerId: z.string(),
    reason: z.string(),
    stops: z.boolean(),
  }),
  /** A person lets this attempt start although nobody could look. */
  z.object({ type: type("drift_look_waived"), ...beforeStepRef, by: requesterSchema, reason: z.string() }),
  /** What was found may be undone, or what could not be looked at may answer: nothing starts before another look. */
  z.object({ type: type("drift_look_requested"), ...beforeStepRef, by: requesterSchema }),
  z.object({ type: type("upgrade_paused"), by: requesterSchema, reason: z.string() }),
  z.object({ type: type("upgrade_resumed"), by: requesterSchema }),
  /** A person wants to think: the failure stays open, nobody is asked again until resume. */
  z.object({ type: type("upgrade_held"), by: requesterSchema }),
  z.object({ type: type("rollback_started"), by: requesterSchema, plan: planSchema }),
  z.object({ type: type("note_added"), by: requesterSchema, text: z.string() }),
  /** Something tried to run what was not allowed, e.g. a forged or replayed approval. */
  z.object({ type: type("alarm_raised"), what: z.string() }),
  /** Environment and database were taken away from it; it is closed in the same append. */
  z.object({
    type: type("lock_released"),
    by: requesterSchema,
    reason: z.string(),
    /** What was not settled then, where the person said: even so. */
    unsettled: z
      .object({ stepId: z.string(), state: z.enum(["running", "unknown"]), runnerId: z.string().optional() })
      .optional(),
  }),
  z.object({ type: type("upgrade_aborted"), by: requesterSchema, reason: z.string() }),
  z.object({ type: type("upgrade_completed") }),
  z.object({ type: type("upgrade_rolled_back") }),
  /** A person decided what no machine can; the id is that of the plan's finding. A later answer replaces an earlier one. */
  z.object({
    type: type("question_answered"),
    questionId: z.string(),
    answer: answerKindSchema,
    note: z.string(),
    by: requesterSchema,
  }),
]);
export type UpgradeEvent = z.infer<typeof eventSchema>;
export type EventType = UpgradeEvent["type"];
export type EventOf<Type extends EventType> = Extract<UpgradeEvent, { readonly type: Type }>;

const driftTypes = [
  "drift_found",
  "drift_not_found",
  "drift_accepted",
  "drift_look_failed",
  "drift_look_waived",
  "drift_look_requested",
] as const;
const areDrift: ReadonlySet<EventType> = new Set(driftTypes);
/** What is about writes during the freeze of the configuration. */
export type DriftEvent = EventOf<(typeof driftTypes)[number]>;

export function isDriftEvent(event: UpgradeEvent): event is DriftEvent {
  return areDrift.has(event.type);
}

const calendarTypes = [
  "start_scheduled",
  "start_unscheduled",
  "scheduled_start_missed",
  "calendar_changed",
  "step_held_back",
  "step_let_go",
  "hold_lifted",
] as const;
const areCalendar: ReadonlySet<EventType> = new Set(calendarTypes);
/** What is about when something may start. */
export type CalendarEvent = EventOf<(typeof calendarTypes)[number]>;

export function isCalendarEvent(event: UpgradeEvent): event is CalendarEvent {
  return areCalendar.has(event.type);
}

/** An event as it lies in the record: numbered from 1, chained by hash to the one before. */
export const recordedEventSchema = z.object({
  upgradeId: upgradeIdSchema,
  version: z.number().int().min(1),
  at: instantSchema,
  actor: actorSchema,
  event: eventSchema,
  /** Hash of the event before; the digest of the upgrade id for the first. */
  previous: digestSchema,
  hash: digestSchema,
});
export type RecordedEvent = z.infer<typeof recordedEventSchema>;

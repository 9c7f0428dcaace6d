import { z } from "zod";
import { personSchema } from "#approvals/person.ts";
import { decisionSchema, stepUpSchema } from "#approvals/policy.ts";
import { digestSchema } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import { factsSchema } from "#src/kong/facts.ts";
import { calendarSchema } from "#src/plan/calendar.ts";
import { environmentSchema } from "#src/plan/environment.ts";
import { optionsSchema } from "#src/plan/plan.ts";
import { rehearsalSchema } from "#src/plan/rehearsal.ts";
import { answerKindSchema } from "./answers.ts";
import {
  comparedPlanSchema,
  envelopeSchema,
  liftedSchema,
  nudgeParts,
  requestModeSchema,
  silenceParts,
} from "./events.ts";
import { driftSchema } from "./drift.ts";
import { requesterSchema } from "./identity.ts";
import { probeResultSchema, stepReportSchema } from "./step-report.ts";

const stepRef = { stepId: z.string(), attempt: z.number().int().min(1) };
const by = { by: requesterSchema };
const intent = <Name extends string>(name: Name) => z.literal(name);

/** Everything somebody can ask of an upgrade. The same door for people, runners, clocks and terminals. */
export const intentSchema = z.discriminatedUnion("intent", [
  z.object({
    intent: intent("request"),
    mode: requestModeSchema,
    environment: environmentSchema,
    to: z.string(),
    strategy: z.string(),
    options: optionsSchema,
    channel: z.string(),
    compareWith: comparedPlanSchema.optional(),
    rehearsal: rehearsalSchema.optional(),
    ...by,
  }),
  z.object({ intent: intent("report_survey"), facts: factsSchema }),
  z.object({ intent: intent("start"), ...by }),
  z.object({ intent: intent("schedule_start"), at: instantSchema, timeZone: z.string(), ...by }),
  z.object({ intent: intent("unschedule"), reason: z.string(), ...by }),
  /** By the bot when the time has come; it looked up again who said so, and whether the policies can be met. */
  z.object({
    intent: intent("begin_scheduled"),
    at: instantSchema,
    requester: requesterSchema,
    obstacle: z.object({ sentence: z.string(), help: z.string() }).optional(),
  }),
  /** By the bot, where its configuration is not what the record knows. */
  z.object({ intent: intent("report_calendar"), calendar: calendarSchema }),
  z.object({
    intent: intent("lift_hold"),
    hold: liftedSchema,
    person: personSchema,
    reason: z.string(),
    seal: envelopeSchema.optional(),
  }),
  z.object({
    intent: intent("vote"),
    ...stepRef,
    voter: personSchema,
    decision: decisionSchema,
    digest: digestSchema,
    reason: z.string().optional(),
    stepUp: stepUpSchema.optional(),
    /** Those in whose place the voter may vote, looked up with them. */
    onBehalfOf: z.array(personSchema).readonly().optional(),
    seal: envelopeSchema.optional(),
  }),
  z.object({
    intent: intent("withdraw_vote"),
    ...stepRef,
    voter: personSchema,
    digest: digestSchema,
    seal: envelopeSchema.optional(),
  }),
  z.object({ intent: intent("cancel_request"), ...stepRef, digest: digestSchema, reason: z.string(), ...by }),
  /** By the bot, when the schedule of the policy says so; it looked up who can still decide. */
  z.object({
    intent: intent("remind"),
    ...stepRef,
    ...nudgeParts,
  }),
  z.object({
    intent: intent("break_glass"),
    ...stepRef,
    digest: digestSchema,
    person: personSchema,
    reason: z.string(),
    incident: z.string(),
    stepUp: stepUpSchema,
    skipped: z.array(z.string()).readonly(),
    seal: envelopeSchema.optional(),
  }),
  z.object({ intent: intent("review_break_glass"), note: z.string(), ...by }),
  z.object({
    intent: intent("delegate_vote"),
    from: personSchema,
    to: personSchema,
    until: instantSchema,
    seal: envelopeSchema.optional(),
  }),
  z.object({ intent: intent("end_delegation"), person: personSchema }),
  z.object({ intent: intent("hand_over"), to: personSchema, ...by }),
  /** By the bot, after looking every voter up again. */
  z.object({
    intent: intent("recheck_approval"),
    ...stepRef,
    people: z.array(personSchema).readonly(),
    envelope: envelopeSchema,
    checkedAt: instantSchema,
    /** When everything was done that the envelope rests on, or leaves out: whatever was said since is looked at anew. */
    votedAt: z.array(instantSchema).readonly().optional(),
  }),
  z.object({
    intent: intent("start_step"),
    ...stepRef,
    runnerId: z.string(),
    digest: digestSchema,
    fence: z.string().optional(),
  }),
  z.object({ intent: intent("cancel_step"), ...stepRef, reason: z.string(), ...by }),
  z.object({ intent: intent("finish_step"), ...stepRef, runnerId: z.string(), report: stepReportSchema }),
  z.object({ intent: intent("report_late_result"), ...stepRef, runnerId: z.string(), report: stepReportSchema }),
  z.object({ intent: intent("report_runner_lost"), ...stepRef, runnerId: z.string(), reason: z.string() }),
  /** By the bot, which sees in the database who gives signs of life. */
  z.object({ intent: intent("report_runner_silent"), ...stepRef, runnerId: z.string(), ...silenceParts }),
  z.object({ intent: intent("report_runner_heard"), ...stepRef, runnerId: z.string() }),
  z.object({
    intent: intent("report_evidence"),
    ...stepRef,
    runnerId: z.string(),
    probes: z.array(probeResultSchema).readonly(),
  }),
  z.object({ intent: intent("report_drift"), ...stepRef, runnerId: z.string(), drift: driftSchema }),
  z.object({ intent: intent("report_no_drift"), ...stepRef, runnerId: z.string() }),
  z.object({ intent: intent("accept_drift"), digest: digestSchema, reason: z.string(), ...by }),
  z.object({ intent: intent("report_look_failed"), ...stepRef, runnerId: z.string(), reason: z.string() }),
  z.object({ intent: intent("waive_look"), ...stepRef, reason: z.string(), ...by }),
  z.object({ intent: intent("raise_alarm"), what: z.string() }),
  z.object({ intent: intent("count_as_done"), ...stepRef, note: z.string(), ...by }),
  z.object({ intent: intent("look_again"), ...stepRef, ...by }),
  z.object({ intent: intent("retry"), ...stepRef, ...by }),
  z.object({ intent: intent("confirm_manual_step"), ...stepRef, note: z.string(), ...by }),
  z.object({ intent: intent("pause"), reason: z.string(), ...by }),
  z.object({ intent: intent("resume"), ...by }),
  z.object({ intent: intent("hold"), ...by }),
  z.object({ intent: intent("roll_back"), reason: z.string(), ...by }),
  z.object({ intent: intent("abort"), reason: z.string(), leaveAsIs: z.boolean(), ...by }),
  z.object({ intent: intent("release_lock"), reason: z.string(), evenIfUnsettled: z.boolean(), ...by }),
  z.object({ intent: intent("add_note"), text: z.string().min(1), ...by }),
  z.object({
    intent: intent("answer_question"),
    questionId: z.string(),
    answer: answerKindSchema,
    note: z.string(),
    ...by,
  }),
  /** A clock ticked: what has expired expires. */
  z.object({ intent: intent("tick") }),
]);
export type Intent = z.infer<typeof intentSchema>;
export type IntentOf<Name extends Intent["intent"]> = Extract<Intent, { readonly intent: Name }>;

import { isUnread, whyNoMember } from "#approvals/eligibility.ts";
import type { Person } from "#approvals/person.ts";
import { isInside, nextOpening } from "#approvals/window.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { canonicalJson } from "#src/kernel/digest.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { no, ok } from "#src/kernel/result.ts";
import { isBlank } from "#src/kernel/visible-signs.ts";
import type { Freeze } from "#src/plan/calendar.ts";
import { authoriseOperator } from "./authorise.ts";
import type { Decision } from "./decide.ts";
import type { UpgradeEvent } from "./events.ts";
import { calendarOf, freezeFor, holdOfReady, isSameHold, refOf } from "./hold.ts";
import type { IntentOf } from "./intents.ts";
import { describeIneligible, refuse } from "./refusals.ts";
import type { Refusal } from "./refusals.ts";
import type { Active, Closed, Planned, StepProgress, Upgrade } from "./state.ts";
import type { Step } from "#src/plan/step.ts";

type Open = Exclude<Upgrade, Closed>;

/** How late a scheduled start may be made up for; after that a person looks first, because nobody watches any more. */
export const startGraceMs = 10 * 60_000;
/** A plan describes the installation as it was found; what lies further ahead is planned anew. */
const longestAheadMs = 60 * 86_400_000;
/** As far as the search for the next opening looks; a lift of the windows never lasts longer. */
const longestWindowLiftMs = 8 * 86_400_000;

/** The plan that is there is to be started then: recorded now, decided again at that time. */
export function scheduleStart(upgrade: Open, intent: IntentOf<"schedule_start">, now: Instant): Decision {
  if (upgrade.status !== "planned") return no(notStartable(upgrade));
  const { at, timeZone, by } = intent;
  const refusal = whyNotAt(upgrade, at, now);
  if (refusal !== undefined) return no(refusal);
  return ok([{ type: "start_scheduled", at, timeZone, by, planDigest: upgrade.plan.digest }]);
}

function whyNotAt(upgrade: Planned, at: Instant, now: Instant): Refusal | undefined {
  if (!isAfter(at, now))
    return refuse(
      "not_now",
      `${at} has passed already; it is ${now}.`,
      "Say a time that lies ahead, e.g. `--at 22:00`.",
    );
  if (isAfter(at, addMs(now, longestAheadMs)))
    return refuse(
      "not_now",
      `${at} is more than 60 days ahead.`,
      "Plan anew shortly before, so that the plan is true then.",
    );
  const freeze = freezeFor(upgrade, at);
  if (freeze !== undefined) return refuseFrozen(freeze, `At ${at} nothing may be started`);
  const { maintenance } = calendarOf(upgrade);
  if (maintenance?.bind !== "all" || isInside(maintenance.windows, at)) return undefined;
  const opening = nextOpening(maintenance.windows, at);
  return refuse(
    "not_now",
    `No maintenance window of ${upgrade.request.environment.name} is open at ${at}, and outside of them no step starts.`,
    opening === undefined ? "None opens within eight days of that." : `The next one opens at ${opening}.`,
  );
}

export function unschedule(upgrade: Open, intent: IntentOf<"unschedule">): Decision {
  if (upgrade.status !== "planned" || upgrade.schedule === undefined)
    return no(refuse("already_done", `No start of ${upgrade.id} is scheduled.`, "Nothing was changed."));
  return ok([{ type: "start_unscheduled", by: intent.by, reason: intent.reason }]);
}

/** The time has come: everything is looked at once more, and where it may not start a person is asked instead. */
export function beginScheduled(upgrade: Open, intent: IntentOf<"begin_scheduled">, now: Instant): Decision {
  const schedule = upgrade.status === "planned" ? upgrade.schedule : undefined;
  if (upgrade.status !== "planned" || schedule?.at !== intent.at)
    return no(
      refuse("conflict", `No start of ${upgrade.id} is scheduled for ${intent.at}.`, "Look at the state again."),
    );
  const { at, planDigest } = schedule;
  if (isAfter(at, now)) return no(refuse("conflict", `${at} has not come yet.`, "Nothing to do."));
  const tooLate = missedAfterGrace(upgrade, now);
  if (tooLate !== undefined) return ok([tooLate]);
  const obstacle = whyNotBegin(upgrade, intent, now);
  return obstacle === undefined
    ? ok([{ type: "upgrade_started", by: intent.requester, planDigest, scheduledFor: at }])
    : ok([{ type: "scheduled_start_missed", at, reason: obstacle.sentence, help: obstacle.help }]);
}

function whyNotBegin(
  upgrade: Planned,
  { requester, obstacle }: IntentOf<"begin_scheduled">,
  now: Instant,
): Pick<Refusal, "sentence" | "help"> | undefined {
  const { schedule, plan, request } = upgrade;
  if (schedule?.planDigest !== plan.digest)
    return refuse("outdated", "The plan is another one than was scheduled.", "Read it, then start it or schedule it.");
  const freeze = freezeFor(upgrade, now);
  if (freeze !== undefined) return refuseFrozen(freeze, "Nothing may be started");
  const isForbidden = authoriseOperator(request.environment, requester) !== undefined;
  if (isForbidden)
    return refuse(
      "not_allowed",
      `Whoever scheduled it may not operate ${request.environment.name} any more, or could not be looked up.`,
      "An operator starts it or schedules it anew.",
    );
  return obstacle;
}

/** What follows by itself from a time that has passed without a start. */
export function missedAfterGrace({ schedule }: Planned, now: Instant): UpgradeEvent | undefined {
  if (schedule === undefined || !isAfter(now, addMs(schedule.at, startGraceMs))) return undefined;
  return {
    type: "scheduled_start_missed",
    at: schedule.at,
    reason: `It could not be begun within ${formatDuration(startGraceMs)} of its time: the bot, its database or Slack did not answer.`,
    help: "Look whether the time still suits, then start it or schedule it anew.",
  };
}

/** What the calendar of the configuration says now; nothing is recorded where it says the same. */
export function reportCalendar(upgrade: Open, { calendar }: IntentOf<"report_calendar">): Decision {
  const isKnown = canonicalJson(calendarOf(upgrade)) === canonicalJson(calendar);
  return ok(isKnown ? [] : [{ type: "calendar_changed", calendar }]);
}

/** A person who is named for it lets this upgrade go on although the calendar says no. */
export function liftHold(upgrade: Open, intent: IntentOf<"lift_hold">, now: Instant): Decision {
  const { hold, person, reason, seal } = intent;
  const refusal = whyNotLift(upgrade, intent, now);
  if (refusal !== undefined) return no(refusal);
  return ok([{ type: "hold_lifted", hold, by: person, reason, ...(seal === undefined ? {} : { seal }) }]);
}

function whyNotLift(upgrade: Open, intent: IntentOf<"lift_hold">, now: Instant): Refusal | undefined {
  const { hold, person, reason } = intent;
  const { freezes, maintenance } = calendarOf(upgrade);
  if (isBlank(reason)) return refuse("note_missing", "Lifting needs a reason.", 'Add `--reason "…"`.');
  if (!isAfter(hold.until, now)) return refuse("outdated", "What you would lift is over.", "Nothing has to be lifted.");
  if (hold.kind === "window") {
    if (maintenance === undefined)
      return refuse("not_now", "Maintenance windows hold nothing here.", "Nothing has to be lifted.");
    if (isAfter(hold.until, addMs(now, longestWindowLiftMs)))
      return refuse("not_allowed", "Windows are lifted until the next one opens, not longer.", "Lift them again then.");
    return whyNotNamed(person, maintenance.mayLift, "The maintenance windows");
  }
  const freeze = freezes.find(({ name, from, to }) => name === hold.name && from === hold.from && to === hold.until);
  if (freeze === undefined)
    return refuse(
      "outdated",
      `There is no freeze “${hold.name}” with these dates.`,
      "`/kong-upgrade status` shows what holds.",
    );
  if ((upgrade.lifts ?? []).some((lift) => canonicalJson(lift.hold) === canonicalJson(hold)))
    return refuse(
      "already_done",
      `Freeze “${freeze.name}” is already lifted for ${upgrade.id}.`,
      "Nothing was changed.",
    );
  return whyNotNamed(person, freeze.mayLift, `Freeze “${freeze.name}”`);
}

function whyNotNamed(person: Person, mayLift: Freeze["mayLift"], what: string): Refusal | undefined {
  const noMember = whyNoMember(person);
  if (noMember !== undefined) return describeIneligible(noMember, person.userId);
  const isNamed =
    mayLift.users.includes(person.userId) ||
    (person.kind === "known" && mayLift.groups.some((group) => person.groups.includes(group)));
  if (isNamed) return undefined;
  if (isUnread(mayLift, person)) return describeIneligible("look_up_failed", person.userId);
  return refuse("not_allowed", `${what} cannot be lifted by you.`, whoMayLift(mayLift));
}

/** Who may lift something, as a sentence. */
export function whoMayLift({ users, groups }: Freeze["mayLift"]): string {
  if (users.length + groups.length === 0) return "The configuration names nobody who may lift it.";
  const names = [...users.map((id) => `<@${id}>`), ...groups];
  return `It can be lifted by ${names.join(", ")}: \`/kong-upgrade lift --reason "…"\`.`;
}

/** The no of a freeze, with its dates, its reason, and who may lift it. */
export function refuseFrozen({ name, from, to, reason, mayLift }: Freeze, what: string): Refusal {
  return refuse(
    "frozen",
    `${what}: freeze “${name}” holds from ${from} until ${to}${reason === "" ? "" : ` (${reason})`}.`,
    whoMayLift(mayLift),
  );
}

/** What the record does not say yet about what the calendar does to the step whose turn has come. */
export function notedHolds(
  upgrade: Active,
  step: Step,
  progress: Extract<StepProgress, { kind: "ready" }>,
  now: Instant,
): readonly UpgradeEvent[] {
  const ref = { stepId: step.id, attempt: progress.attempt };
  const hold = holdOfReady(upgrade, step, progress, now);
  const { heldBack } = upgrade;
  const known = heldBack?.stepId === ref.stepId && heldBack.attempt === ref.attempt ? heldBack.hold : undefined;
  if (hold === undefined) return known === undefined ? [] : [{ type: "step_let_go", ...ref }];
  if (known !== undefined && isSameHold(known, hold, now)) return [];
  const told = refOf(hold, now);
  const isUnchanged = known !== undefined && canonicalJson(known) === canonicalJson(told);
  return isUnchanged ? [] : [{ type: "step_held_back", ...ref, hold: told }];
}

function notStartable(upgrade: Open): Refusal {
  return upgrade.status === "surveying"
    ? refuse("not_now", `${upgrade.id} has no plan yet.`, "Wait for the plan in the thread, then schedule its start.")
    : refuse("already_done", `${upgrade.id} is already running.`, "`/kong-upgrade status` shows where it is.");
}

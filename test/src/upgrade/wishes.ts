import fc from "fast-check";
import { acknowledgeStepId, answerKinds } from "#src/upgrade/answers.ts";
import { addMs } from "#src/kernel/instant.ts";
import { digestOf } from "#src/kernel/digest.ts";
import { driftDigest } from "#src/upgrade/drift.ts";
import type { Freeze } from "#src/plan/calendar.ts";
import type { Lifted } from "#src/upgrade/events.ts";
import type { Requester } from "#src/upgrade/identity.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import { next } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { currentTrack } from "#src/upgrade/state.ts";
import { sampleDrift } from "#test/src/slack/watch-stories.ts";
import { Story, envelope, report, request, started } from "#test/support/given.ts";
import {
  alice,
  bob,
  carol,
  dave,
  dora,
  erin,
  eve,
  frank,
  gina,
  inSlack,
  mallory,
  factsWith,
  sampleFacts,
  sampleQuestion,
} from "#test/support/samples.ts";

const questions = [sampleQuestion({ id: "q-1" }), sampleQuestion({ id: "q-2" }), sampleQuestion({ id: "q-3" })];
const drift = sampleDrift();
const people = [alice, bob, carol, dave, erin, frank, gina, eve, dora, mallory];

/** A wish of somebody; what it is about is taken from the upgrade as it is then, or is deliberately stale or wrong. */
type Wish = {
  readonly kind: string;
  readonly who: number;
  readonly isStale: boolean;
  readonly outcome: "done" | "failed" | "unknown";
};
export function wishesOf(kind: fc.Arbitrary<string>, minLength = 1): fc.Arbitrary<Wish[]> {
  return fc.array(
    fc.record({
      kind,
      who: fc.nat(people.length - 1),
      isStale: fc.boolean(),
      outcome: fc.constantFrom("done" as const, "done", "done", "done", "failed", "unknown"),
    }),
    { minLength, maxLength: 160 },
  );
}

export const wishes = wishesOf(
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("run", "finish", "vote", "sign", "confirm", "answer", "glass") },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "request",
        "survey",
        "start",
        "reject",
        "lost",
        "silent",
        "heard",
        "evidence",
        "count",
        "retry",
        "pause",
        "resume",
        "hold",
        "back",
        "abort",
        "leave",
        "wait",
        "tick",
        "withdraw",
        "cancel",
        "cancel_step",
        "glass",
        "delegate",
        "end_delegation",
        "hand_over",
        "review",
        "drift",
        "accept",
        "unseen",
        "waive",
        "look",
        "schedule",
        "unschedule",
        "begin",
        "calendar",
        "lift",
        "release",
      ),
    },
  ),
);

/** The attempt and digest that are current, or, for a stale wish, ones that are not. */
function refOf(wish: Wish, upgrade: Upgrade | undefined, now: string) {
  const todo = upgrade === undefined ? undefined : next(upgrade, now);
  const step = todo !== undefined && "step" in todo ? todo.step : undefined;
  const { attempt, approval } = gateOf(upgrade, step?.id);
  const stepId = step?.id ?? "none";
  if (wish.isStale && wish.who > 6) return { ref: { stepId, attempt: attempt + 1 }, digest: digestOf("stale") };
  const digest = todo?.do === "run" ? todo.digest : (approval?.digest ?? digestOf("none"));
  return { ref: { stepId, attempt }, digest };
}

function gateOf(upgrade: Upgrade | undefined, stepId: string | undefined) {
  if (upgrade?.status !== "active" || stepId === undefined) return { attempt: 1 };
  const progress = currentTrack(upgrade).steps.get(stepId);
  if (progress === undefined || progress.kind === "waiting") return { attempt: 1 };
  return { attempt: progress.attempt, approval: progress.approval };
}

function scheduledFor(upgrade: Upgrade | undefined): string | undefined {
  return upgrade?.status === "planned" ? upgrade.schedule?.at : undefined;
}

/** A freeze of some moments that frank may lift. */
function freezeFrom(now: string): Freeze {
  const mayLift = { users: [frank.userId], groups: [] };
  return { name: "f", from: now, to: addMs(now, 3_000), reason: "", mayLift, yieldsToBrokenGlass: false };
}

function heldBy(upgrade: Upgrade | undefined): Lifted | undefined {
  const hold = upgrade?.status === "active" ? upgrade.heldBack?.hold : undefined;
  return hold?.kind === "freeze" ? { kind: "freeze", name: hold.name, from: hold.from, until: hold.until } : undefined;
}

/** What people and the bot say about when something may start, and about the lock. */
function calendarIntents(wish: Wish, upgrade: Upgrade | undefined, now: string): Record<string, Intent> {
  const who = people[wish.who] ?? alice;
  const by = inSlack(who);
  return {
    schedule: { intent: "schedule_start", at: addMs(now, 1_500), timeZone: "UTC", by },
    unschedule: { intent: "unschedule", reason: "", by },
    begin: { intent: "begin_scheduled", at: scheduledFor(upgrade) ?? now, requester: by },
    calendar: { intent: "report_calendar", calendar: { freezes: wish.isStale ? [] : [freezeFrom(now)] } },
    lift: { intent: "lift_hold", hold: heldBy(upgrade) ?? { kind: "window", until: now }, person: who, reason: "seen" },
    release: { intent: "release_lock", reason: "seen", evenIfUnsettled: wish.isStale, by },
  };
}

function driftIntents(
  { who, isStale }: Wish,
  ref: { readonly stepId: string; readonly attempt: number },
  by: Requester,
): Record<string, Intent> {
  const runnerId = who > 7 ? "r2" : "r1";
  return {
    drift: { intent: "report_drift", ...ref, runnerId, drift },
    accept: { intent: "accept_drift", digest: driftDigest(drift), reason: "seen", by },
    unseen: { intent: "report_look_failed", ...ref, runnerId, reason: "nothing answers" },
    waive: { intent: "waive_look", ...ref, reason: isStale ? "" : "seen", by },
    look: { intent: "look_again", ...ref, by },
  };
}

function intentOf(wish: Wish, upgrade: Upgrade | undefined, now: string): Intent {
  const who = people[wish.who] ?? alice;
  const by = inSlack(who);
  const { ref, digest } = refOf(wish, upgrade, now);
  const runnerId = wish.who > 7 ? "r2" : "r1";
  const all: Record<string, Intent> = {
    request: { ...request, by },
    survey: { intent: "report_survey", facts: wish.isStale ? sampleFacts() : factsWith(questions) },
    start: { intent: "start", by },
    vote: { intent: "vote", ...ref, voter: who, decision: "approve", digest },
    reject: { intent: "vote", ...ref, voter: who, decision: "reject", digest, reason: "no" },
    sign: { intent: "recheck_approval", ...ref, people: [carol, dave, erin, frank], envelope, checkedAt: now },
    run: { intent: "start_step", ...ref, runnerId, digest },
    finish: { intent: "finish_step", ...ref, runnerId, report: report(wish.outcome) },
    lost: { intent: "report_runner_lost", ...ref, runnerId, reason: "gone" },
    silent: { intent: "report_runner_silent", ...ref, runnerId, lastSeen: now, host: "kong-eu-1", pid: 1 },
    heard: { intent: "report_runner_heard", ...ref, runnerId },
    evidence: { intent: "report_evidence", ...ref, runnerId, probes: [] },
    ...driftIntents(wish, ref, by),
    count: { intent: "count_as_done", ...ref, note: "seen", by },
    retry: { intent: "retry", ...ref, by },
    withdraw: { intent: "withdraw_vote", ...ref, voter: who, digest },
    cancel_step: { intent: "cancel_step", ...ref, reason: "enough", by },
    cancel: { intent: "cancel_request", ...ref, digest, reason: "", by },
    glass: {
      intent: "break_glass",
      ...ref,
      digest,
      person: wish.isStale ? who : frank,
      reason: "down",
      incident: "INC-1",
      stepUp: "none",
      skipped: [],
    },
    delegate: {
      intent: "delegate_vote",
      from: who,
      to: people[wish.isStale ? 4 : 3] ?? alice,
      until: addMs(now, 60_000),
    },
    end_delegation: { intent: "end_delegation", person: who },
    hand_over: { intent: "hand_over", to: people[wish.isStale ? 1 : 5] ?? alice, by },
    review: { intent: "review_break_glass", note: "seen", by },
    ...calendarIntents(wish, upgrade, now),
    confirm: { intent: "confirm_manual_step", ...ref, note: "", by },
    pause: { intent: "pause", reason: "", by },
    resume: { intent: "resume", by },
    hold: { intent: "hold", by },
    back: { intent: "roll_back", reason: "", by },
    abort: { intent: "abort", reason: "", leaveAsIs: false, by },
    leave: { intent: "abort", reason: "", leaveAsIs: true, by },
    answer: {
      intent: "answer_question",
      questionId: questions[wish.isStale ? 0 : wish.who % questions.length]?.id ?? "none",
      answer: answerKinds[wish.who % answerKinds.length] ?? "no",
      note: wish.isStale ? "" : "seen",
      by,
    },
  };
  return all[wish.kind] ?? { intent: "tick" };
}

/** Where the chaos begins: a fresh start, or a point that random clicks would hardly ever reach. */
const beginnings = {
  start: () => started(),
  "before all is decided": () =>
    new Story()
      .must(request)
      .must({ intent: "report_survey", facts: factsWith(questions) })
      .must({ intent: "start", by: inSlack(alice) })
      .runUntil(acknowledgeStepId),
  "before up": () => started().runUntil("migrations-up"),
  "before finish": () => started().runUntil("migrations-finish"),
  "before decommission": () => started().runUntil("decommission"),
  "on the way back": () =>
    started()
      .runUntil("smoke")
      .must({ intent: "roll_back", reason: "", by: inSlack(bob) }),
  "before the restore": () =>
    started()
      .runUntil("smoke")
      .must({ intent: "roll_back", reason: "", by: inSlack(bob) })
      .runUntilIrreversible(),
} as const;
export const beginning = fc.constantFrom<keyof typeof beginnings>(
  "start",
  "before all is decided",
  "before up",
  "before finish",
  "before decommission",
  "on the way back",
  "before the restore",
);

export function live(from: keyof typeof beginnings, list: readonly Wish[]): Story {
  return goOn(beginnings[from](), list);
}

/** What becomes of a story when all of this is wished for, a second apart. */
export function goOn(story: Story, list: readonly Wish[]): Story {
  for (const wish of list) {
    story.wait(wish.kind === "wait" ? 2_000_000 : 1_000);
    story.say(intentOf(wish, story.upgrade, story.now));
  }
  return story;
}

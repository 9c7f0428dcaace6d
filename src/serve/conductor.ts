import { setTimeout as delay } from "node:timers/promises";
import type { Person } from "#approvals/person.ts";
import { groupsOfPolicy } from "#approvals/policy.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { AppError } from "#src/kernel/app-error.ts";
import type { Logger } from "#src/log.ts";
import type { Calendar } from "#src/plan/calendar.ts";
import type { Change } from "#src/record/listen.ts";
import type { HeldStep, LostStep } from "#src/record/runners.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import { reportCalendar } from "#src/upgrade/decide-calendar.ts";
import type { Envelope } from "#src/upgrade/events.ts";
import type { Actor, UpgradeId } from "#src/upgrade/identity.ts";
import { followUps } from "#src/upgrade/follow-ups.ts";
import { currentStep, isFreshlySigned, isRunnersTurn, next } from "#src/upgrade/next.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { momentsOf } from "#src/upgrade/decide-approval.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { inTrace } from "#src/trace.ts";
import { isChannelOurs } from "./channel-reach.ts";
import type { ReachParts } from "./channel-reach.ts";
import { Nudges } from "./nudges.ts";
import type { NudgeParts } from "./nudges.ts";
import { ScheduledStarts } from "./scheduled-starts.ts";
import type { ScheduleParts } from "./scheduled-starts.ts";
import type { SeenRecord } from "./sealed-votes.ts";
import { peopleOf, standingOf } from "./standing-of.ts";
import { tellSilence } from "./tell-silence.ts";
import { Turns } from "./turns.ts";
import { Wakes } from "./wakes.ts";
import type { WakePorts } from "./wakes.ts";

export interface ConductorParts
  extends ReachParts, Pick<NudgeParts, "listed">, Pick<ScheduleParts, "lookUpFor" | "rosterOf" | "environments"> {
  readonly desk: Desk;
  readonly replica: string;
  /**
   * Whether this replica is the one that acts at once where each of them would ask Slack and the database the same; the
   * others stand in for it a moment later.
   */
  readonly isFirst: () => boolean;
  /** The database's clock. */
  readonly now: () => Promise<Instant>;
  readonly listen: (onChange: (change: Change) => void) => AsyncDisposable;
  readonly lostSteps: () => Promise<readonly LostStep[]>;
  readonly heldSteps: () => Promise<readonly HeldStep[]>;
  readonly ring: (environment: string, id: UpgradeId) => Promise<void>;
  /** How often open upgrades are rung for again. */
  readonly ringEveryMs?: number;
  /** The second, fresh look at a voter in Slack. */
  readonly lookUp: (userId: string, groups: readonly string[]) => Promise<Person>;
  /** Number of the lock that the upgrade holds; undefined when it holds none. */
  readonly fence: (upgrade: Upgrade) => Promise<string | undefined>;
  /** The trace of whoever let the upgrade go on last. */
  readonly traceOf: (id: UpgradeId) => Promise<string | undefined>;
  /** Undefined when the approval is not genuine in the record as it was seen: then nothing is signed. */
  readonly sign: (standing: SignedStanding, seen: SeenRecord) => Promise<Envelope | undefined>;
  /** Brings Slack to what the record says; a standby replica does nothing. */
  readonly project: (id: UpgradeId) => void;
  /**
   * When an environment may be changed by the newest configuration; undefined where this replica does not say so, as
   * replicas with different configurations would take turns in telling the record.
   */
  readonly calendarOf: (environment: string) => Calendar | undefined;
  /** Delayed jobs of the queue. */
  readonly wakes: WakePorts;
  /** Signs the head of a record at a milestone. */
  readonly checkpoint: (id: UpgradeId) => Promise<void>;
}

/** What the second look at an approval takes. */
export type RecheckParts = Pick<
  ConductorParts,
  "desk" | "replica" | "lookUp" | "channelReach" | "now" | "fence" | "sign" | "log"
>;

/** So long replicas that are not first leave what follows from an event to the one that is. */
const standInAfterMs = 4_000;
/** How soon a dead runner is noticed, and an expired approval. */
const watchEveryMs = 400;
/** How soon a runner's silence is told once it counts as one, and that it goes on. */
const silenceEveryMs = 2_000;
/** How soon the queue is asked to wake somebody for what is due later. */
const wakeEveryMs = 1_000;
/** How soon a reminder that is due is recorded. */
const nudgeEveryMs = 1_000;
/** Open upgrades are looked at anew this often, whatever was missed: rings, notifications, failed attempts. */
const sweepEveryMs = 5_000;
/** Appends ring by themselves; this is for what a queue lost (a flushed Redis), and for what comes due with time alone. */
const ringEveryMs = 60_000;
const maxOpen = 500;
/** Nobody sees that a card is drawn so much later. */
const drawnAfterMs = 100;

/**
 * Does what follows from the record on the Slack side: rings again for what waits for a runner, signs granted approvals after looking
 * the voters up again, lets requests expire, has people reminded, notices dead runners, keeps Slack current. It holds no state of its own:
 * any number of replicas may do this at once, and the record decides who was first.
 */
export function startConductor(parts: ConductorParts): AsyncDisposable {
  const { desk, log } = parts;
  const actor: Actor = { kind: "bot", replica: parts.replica };
  const seen: Seen = { projected: new Map(), witnessed: new Map() };
  const turns = new Turns<UpgradeId>(
    (id) => attend(parts, actor, { id, seen }),
    (id, thrown) => log.error({ err: thrown, upgrade: id }, "could not follow an upgrade; it is tried again"),
  );
  const openOnes = (): Promise<readonly Upgrade[]> => desk.list({ isOpen: true, limit: maxOpen });
  const sweep = async (): Promise<void> => {
    for (const upgrade of await openOnes()) turns.ask(upgrade.id);
  };
  const watch = async (): Promise<void> => {
    for (const lost of await parts.lostSteps()) await giveUp(parts, actor, lost);
    const now = await parts.now();
    const open = await openOnes();
    for (const upgrade of open) {
      if (followUps(upgrade, now).length > 0) await desk.submit(upgrade.id, { intent: "tick" }, actor);
    }
    await starts.look(open, now);
  };
  // Apart from the watch: a queue that does not answer must not hold up what is due.
  const wake = async (): Promise<void> => wakes.look(await openOnes(), await parts.now());
  const wakes = new Wakes(parts.wakes.set, log);
  const starts = new ScheduledStarts(parts, actor);
  const ringAgain = async (): Promise<void> => {
    // What could not be read when Slack was to be told is told now; closed upgrades are forgotten.
    for (const versions of Object.values(seen)) versions.clear();
    const now = await parts.now();
    const due = (await openOnes()).filter((upgrade) => isRunnersTurn(upgrade, now));
    await Promise.all(due.map(({ id, request }) => parts.ring(request.environment.name, id)));
  };
  const listenForSilence = async (): Promise<void> => tellSilence(parts, actor, await openOnes());
  const nudges = new Nudges(parts, actor);
  const nudge = async (): Promise<void> => nudges.look(await openOnes(), await parts.now());
  const listening = parts.listen((change) => {
    if (change.kind === "changed") {
      turns.ask(change.id);
      return;
    }
    void sweep().catch((thrown: unknown) =>
      log.warn({ err: thrown }, "could not list open upgrades; tried again soon"),
    );
    void ringAgain().catch((thrown: unknown) => log.warn({ err: thrown }, "could not ring runners; done again soon"));
  });
  // Without the queue the record is looked at all the same.
  const hearing = parts.wakes
    .hear(() => void watch().catch((thrown: unknown) => log.warn({ err: thrown }, "a wake was not followed")))
    .catch((thrown: unknown) => {
      log.warn({ err: thrown }, "wakes of the queue are not heard");
      return undefined;
    });
  const timers = [
    every(watchEveryMs, watch, log),
    every(wakeEveryMs, wake, log),
    every(silenceEveryMs, listenForSilence, log),
    every(sweepEveryMs, sweep, log),
    every(nudgeEveryMs, nudge, log),
    every(parts.ringEveryMs ?? ringEveryMs, ringAgain, log),
  ];
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(timers.map((timer) => timer[Symbol.asyncDispose]()));
      await listening[Symbol.asyncDispose]();
      await (await hearing)?.[Symbol.asyncDispose]();
      await turns.stop();
    },
  };
}

/** Up to which version of each upgrade something was done: sweeps come every few seconds, and most find nothing new. */
interface Seen {
  readonly projected: Map<UpgradeId, number>;
  readonly witnessed: Map<UpgradeId, number>;
}

async function attend(
  parts: ConductorParts,
  actor: Actor,
  { id, seen }: { readonly id: UpgradeId; readonly seen: Seen },
): Promise<void> {
  const [found, now] = await Promise.all([parts.desk.find(id), parts.now()]);
  const upgrade = await tellCalendar(parts, actor, found);
  if (upgrade === undefined) return;
  const { version } = upgrade;
  const isOurs = parts.isFirst() || !isAfter(addMs(upgrade.updatedAt, standInAfterMs), now);
  // What a runner waits for comes before what is drawn, which takes this process longer.
  const signing = isOurs && next(upgrade, now).do === "sign" ? signInTrace(parts, upgrade, now) : undefined;
  if (signing !== undefined) await Promise.race([signing.catch(() => undefined), delay(drawnAfterMs)]);
  // Soon in any case: people must see the truth also while Slack's look-ups, the queue or the signing are away.
  if (seen.projected.get(id) !== version) parts.project(id);
  seen.projected.set(id, version);
  if (!isOurs) return;
  await Promise.all([signing, seen.witnessed.get(id) === version ? undefined : witness(parts, actor, id)]);
  seen.witnessed.set(id, version);
}

/** The second look belongs to the vote that asks for it. */
async function signInTrace(parts: ConductorParts, upgrade: Upgrade, seenAt: Instant): Promise<void> {
  await inTrace(await parts.traceOf(upgrade.id), () => recheckSeen(parts, upgrade, seenAt));
}

/** The record learns of windows and freezes that were written after the upgrade was asked for. */
async function tellCalendar(
  { desk, calendarOf }: ConductorParts,
  actor: Actor,
  upgrade: Upgrade | undefined,
): Promise<Upgrade | undefined> {
  if (upgrade === undefined || upgrade.status === "closed") return upgrade;
  const calendar = calendarOf(upgrade.request.environment.name);
  if (calendar === undefined) return upgrade;
  const report = { intent: "report_calendar", calendar } as const;
  const decided = reportCalendar(upgrade, report);
  if (!decided.ok || decided.value.length === 0) return upgrade;
  const told = await desk.submit(upgrade.id, report, actor);
  return told.ok ? told.value.upgrade : upgrade;
}

/** Signs milestones; a record that does not verify any more is told in its thread, once. */
async function witness({ checkpoint, desk, log }: ConductorParts, actor: Actor, id: UpgradeId): Promise<void> {
  try {
    await checkpoint(id);
  } catch (thrown) {
    if (!(thrown instanceof AppError && thrown.code === "record_invalid")) throw thrown;
    log.error({ err: thrown, upgrade: id }, "a record was tampered with");
    const events = await desk.events(id, 0);
    if (events.some(({ event }) => event.type === "alarm_raised" && event.what === thrown.message)) return;
    await desk.submit(id, { intent: "raise_alarm", what: thrown.message }, actor);
  }
}

/**
 * The second look at everybody behind a granted approval, and the signature over what it told; nothing where there is no
 * such approval, or while it was looked at within the last minute. Somebody's confirmation is the start of a manual step,
 * so for these it is the click that asks for this look, right before it is recorded.
 */
export async function recheckApproval(parts: RecheckParts, id: UpgradeId): Promise<void> {
  const [upgrade, seenAt] = await Promise.all([parts.desk.find(id), parts.now()]);
  if (upgrade !== undefined) await recheckSeen(parts, upgrade, seenAt);
}

/** The same for an upgrade that was read just now, at this time of the database or a little later. */
async function recheckSeen(parts: RecheckParts, upgrade: Upgrade, seenAt: Instant): Promise<void> {
  const { desk, replica, lookUp, now, fence, sign: signStanding, log } = parts;
  const actor: Actor = { kind: "bot", replica };
  const current = upgrade.status === "active" ? currentStep(upgrade) : undefined;
  if (current?.progress.kind !== "ready") return;
  const { attempt, approval } = current.progress;
  if (approval?.outcome.kind !== "granted" || isFreshlySigned(approval.outcome.signed, seenAt)) return;
  const stepId = current.step.id;
  // The time stands before the looks, so that it never says they were made later than they were; and after the votes.
  const checkedAt = isAfter(upgrade.updatedAt, seenAt) ? await now() : seenAt;
  const groups = groupsOfPolicy(approval.policy);
  const [held, isOurs, people, events] = await Promise.all([
    fence(upgrade),
    isChannelOurs(parts, actor, upgrade),
    Promise.all(peopleOf(approval).map((userId) => lookUp(userId, groups))),
    desk.events(upgrade.id, 0),
  ]);
  if (held === undefined || !isOurs) return;
  const standing = standingOf(approval, people, {
    upgradeId: upgrade.id,
    environment: upgrade.request.environment.name,
    stepId,
    attempt,
    checkedAt,
    fence: held,
  });
  const known = { events, version: upgrade.version };
  const envelope = standing === undefined ? undefined : await signStanding(standing, known);
  if (envelope === undefined) return;
  const told = await desk.submit(
    upgrade.id,
    {
      intent: "recheck_approval",
      stepId,
      attempt,
      people,
      envelope,
      checkedAt,
      votedAt: momentsOf(approval),
    },
    actor,
  );
  if (!told.ok) log.info({ upgrade: upgrade.id, step: stepId, code: told.problem.code }, "the approval was not signed");
}

async function giveUp({ desk, log }: ConductorParts, actor: Actor, lost: LostStep): Promise<void> {
  const { upgradeId, stepId, attempt, runnerId } = lost;
  const reason = `runner ${runnerId} died while the step ran (its session lock in PostgreSQL is free)`;
  const told = await desk.submit(upgradeId, { intent: "report_runner_lost", stepId, attempt, runnerId, reason }, actor);
  if (told.ok) log.warn({ upgrade: upgradeId, step: stepId, runner: runnerId }, "runner lost");
}

/** Repeats until disposed; a failure is logged once per streak, because the database may be away for an hour. */
function every(periodMs: number, work: () => Promise<void>, log: Logger): AsyncDisposable {
  let isStopped = false;
  let isFailing = false;
  let running = Promise.resolve();
  const run = async (): Promise<void> => {
    try {
      await work();
      isFailing = false;
    } catch (thrown) {
      if (!isFailing) log.warn({ err: thrown }, "a periodic look failed; it is repeated");
      isFailing = true;
    }
  };
  const runThenWait = async (): Promise<void> => {
    await run();
    if (!isStopped) timer = setTimeout(turn, periodMs);
  };
  let timer = setTimeout(turn, periodMs);
  function turn(): void {
    running = runThenWait();
  }
  return {
    [Symbol.asyncDispose]: async () => {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

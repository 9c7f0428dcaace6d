import { groupsOfPolicy, partsOf } from "#approvals/policy.ts";
import type { PeopleLists } from "#approvals/policy.ts";
import type { ListedPeople } from "#commands/command.ts";
import type { Person } from "#approvals/person.ts";
import { dueNudge } from "#approvals/reminders.ts";
import type { Nudge } from "#approvals/reminders.ts";
import { toldAmong, wantedAmong } from "#approvals/wanted.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Logger } from "#src/log.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { Actor, UpgradeId } from "#src/upgrade/identity.ts";
import type { IntentOf } from "#src/upgrade/intents.ts";
import { next } from "#src/upgrade/next.ts";
import { askedOf, pendingApproval } from "#src/upgrade/pending.ts";
import type { PendingApproval } from "#src/upgrade/pending.ts";
import type { Upgrade } from "#src/upgrade/state.ts";

export interface NudgeParts {
  readonly desk: Pick<Desk, "submit">;
  readonly log: Logger;
  /** Everybody of these lists as they are now, and which groups could not be read. */
  readonly listed: (lists: PeopleLists) => Promise<Pick<ListedPeople, "people" | "unreadGroups">>;
}

/** People who are written to at most for one nudge; the others are counted. */
const maxRecipients = 50;
/** Names for those who may not vote. */
const maxVoters = 20;
/** When people could not be looked up, they are not asked for again before that. */
const retryAfterMs = 30_000;
/** So long a nudge waits for those who cannot be looked up; then it goes to the others. */
const patienceMs = 10 * 60_000;

/**
 * Records whom to tell of a request that nobody decides, by the schedule of its policy; the delivery writes to them. The
 * record decides: of several replicas one is first, and a nudge is never recorded twice.
 */
export class Nudges {
  readonly #parts: NudgeParts;
  readonly #actor: Actor;
  readonly #notBefore = new Map<UpgradeId, Instant>();

  constructor(parts: NudgeParts, actor: Actor) {
    this.#parts = parts;
    this.#actor = actor;
  }

  /** One look at what is open. */
  async look(open: readonly Upgrade[], now: Instant): Promise<void> {
    const ids = new Set(open.map(({ id }) => id));
    for (const id of this.#notBefore.keys()) if (!ids.has(id)) this.#notBefore.delete(id);
    for (const upgrade of open) {
      const due = dueOf(upgrade, now);
      const notBefore = this.#notBefore.get(upgrade.id);
      const isResting = notBefore !== undefined && isAfter(notBefore, now);
      if (due !== undefined && !isResting) await this.#nudge(due, now);
    }
  }

  async #nudge({ pending, nudge }: Due, now: Instant): Promise<void> {
    const { desk, log } = this.#parts;
    const { upgradeId, step, attempt } = pending;
    const about = { upgrade: upgradeId, step: step.id, nudge: `${nudge.kind} ${nudge.number}` };
    const people = await this.#peopleFor({ pending, nudge }, now);
    if (people === undefined) {
      this.#notBefore.set(upgradeId, addMs(now, retryAfterMs));
      log.warn(about, "not everybody could be looked up; the reminder waits");
      return;
    }
    const { kind, number } = nudge;
    const told = recipientsOf({ pending, nudge }, people, now);
    const intent = { intent: "remind", stepId: step.id, attempt, nudge: { kind, number }, ...told } as const;
    const result = await desk.submit(upgradeId, intent, this.#actor);
    if (!result.ok) log.info({ ...about, code: result.problem.code }, "a reminder came too late");
    else if (result.value.recorded.length > 0)
      log.info({ ...about, to: told.to.length, leftOut: told.leftOut ?? 0 }, "approvers are reminded");
  }

  /** Undefined where it is better to wait. */
  async #peopleFor(due: Due, now: Instant): Promise<readonly Person[] | undefined> {
    const { log, listed } = this.#parts;
    const isLate = isAfter(now, addMs(due.nudge.dueAt, patienceMs));
    try {
      const { people, unreadGroups } = await listed(listsOf(due));
      const known = people.filter(({ kind }) => kind === "known");
      const isComplete = known.length === people.length && unreadGroups.length === 0;
      return known.length > 0 && (isComplete || isLate) ? known : undefined;
    } catch (thrown) {
      log.warn({ upgrade: due.pending.upgradeId, problem: errorMessage(thrown) }, "approvers could not be looked up");
      return undefined;
    }
  }
}

interface Due {
  readonly pending: PendingApproval;
  readonly nudge: Nudge;
}

/** Nobody is reminded of what does not wait for them: while it is paused, or has run out of time. */
function dueOf(upgrade: Upgrade, now: Instant): Due | undefined {
  const pending = pendingApproval(upgrade);
  if (pending === undefined || isAfter(now, pending.approval.expiresAt)) return undefined;
  const waits = next(upgrade, now);
  if (waits.do !== "wait" || waits.for !== "approval") return undefined;
  const nudge = dueNudge(pending.approval.policy, pending.approval, now);
  return nudge === undefined ? undefined : { pending, nudge };
}

/** Everybody who could be meant, with the groups that say who may vote. */
function listsOf({ pending: { approval, upgrade }, nudge }: Due): PeopleLists {
  const parts = [...partsOf(approval.policy), ...escalatedTo(approval.policy, nudge)];
  const delegates = upgrade.delegations.map(({ to }) => to.userId);
  return {
    users: [...new Set([...parts.flatMap(({ users }) => users), ...delegates])],
    groups: groupsOfPolicy({ ...approval.policy, escalations: [...escalatedTo(approval.policy, nudge)] }),
  };
}

function escalatedTo(
  { escalations }: PendingApproval["approval"]["policy"],
  { kind, number }: Nudge,
): PendingApproval["approval"]["policy"]["escalations"] {
  return kind === "escalation" ? escalations.slice(number - 1, number) : [];
}

type Told = Pick<IntentOf<"remind">, "to" | "voters" | "leftOut">;

function recipientsOf({ pending, nudge }: Due, people: readonly Person[], now: Instant): Told {
  const asked = askedOf(pending);
  const wanted = wantedAmong(asked, people, now);
  if (nudge.kind !== "escalation") return bounded(wanted.map(({ userId }) => ({ userId, mayVote: true })));
  const lists = escalatedTo(pending.approval.policy, nudge);
  const members = people.filter((person) => lists.some((list) => isIn(list, person)));
  const voters = wanted
    .slice(0, maxVoters)
    .flatMap((person) => (person.kind === "known" ? [{ userId: person.userId, name: person.name }] : []));
  return { ...bounded(toldAmong(asked, members, now)), voters };
}

function isIn({ users, groups }: PeopleLists, person: Person): boolean {
  if (person.kind === "unknown") return false;
  return users.includes(person.userId) || groups.some((group) => person.groups.includes(group));
}

function bounded(to: Told["to"]): Pick<Told, "to" | "leftOut"> {
  const leftOut = to.length - maxRecipients;
  return { to: to.slice(0, maxRecipients), ...(leftOut > 0 ? { leftOut } : {}) };
}

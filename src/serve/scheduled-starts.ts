import { refuseStarting } from "#commands/approvers.ts";
import type { ListedPeople } from "#commands/command.ts";
import { refuseByCalendar } from "#commands/moment.ts";
import type { Person } from "#approvals/person.ts";
import { addMs, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Logger } from "#src/log.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { Actor, Requester, UpgradeId } from "#src/upgrade/identity.ts";
import type { IntentOf } from "#src/upgrade/intents.ts";
import type { Planned, Upgrade } from "#src/upgrade/state.ts";

export interface ScheduleParts {
  readonly desk: Pick<Desk, "submit">;
  readonly log: Logger;
  /** The fresh look at who scheduled it, with the groups that the environment names. */
  readonly lookUpFor: (userId: string, environment: Environment) => Promise<Person>;
  /** Whom the policies name, looked up. */
  readonly rosterOf: (environment: Environment) => Promise<ListedPeople>;
  /** The configuration of this replica, whether or not it is the one that tells the record of it. */
  readonly environments: readonly Environment[];
}

/** When somebody could not be looked up, the next try comes after this; the grace of a start has room for many. */
const retryAfterMs = 5_000;

/**
 * Begins what was scheduled, when its time comes: who said so and who would approve it are looked up again, and the record
 * decides. Any number of replicas may do this, as often as they like: exactly one start is recorded.
 */
export class ScheduledStarts {
  readonly #parts: ScheduleParts;
  readonly #actor: Actor;
  readonly #notBefore = new Map<UpgradeId, Instant>();

  constructor(parts: ScheduleParts, actor: Actor) {
    this.#parts = parts;
    this.#actor = actor;
  }

  /** One look at what is open. */
  async look(open: readonly Upgrade[], now: Instant): Promise<void> {
    const due = open.filter((upgrade) => isDue(upgrade, now));
    const ids = new Set(due.map(({ id }) => id));
    for (const id of this.#notBefore.keys()) if (!ids.has(id)) this.#notBefore.delete(id);
    for (const upgrade of due) {
      const notBefore = this.#notBefore.get(upgrade.id);
      if (notBefore !== undefined && isAfter(notBefore, now)) continue;
      this.#notBefore.set(upgrade.id, addMs(now, retryAfterMs));
      if (upgrade.status === "planned") await this.#begin(upgrade, now);
    }
  }

  async #begin(upgrade: Planned, now: Instant): Promise<void> {
    const { desk, log, rosterOf, environments } = this.#parts;
    const { schedule } = upgrade;
    if (schedule === undefined) return;
    const requester = await this.#lookUpAgain(upgrade, schedule.by);
    // Slack does not answer: tried again until the grace is over, which the record then says.
    if (requester === undefined) return;
    const names = { person: (id: string) => id, group: (id: string) => id };
    // A bot that was started a moment ago may know of a freeze of which the record was not told yet.
    const unmet =
      refuseByCalendar({ environments }, upgrade, now) ??
      (await refuseStarting({ by: requester, names, rosterOf }, upgrade));
    if (unmet?.code === "being_looked_up") return;
    const begin: IntentOf<"begin_scheduled"> = {
      intent: "begin_scheduled",
      at: schedule.at,
      requester,
      ...(unmet === undefined ? {} : { obstacle: { sentence: unmet.sentence, help: unmet.help } }),
    };
    const answer = await desk.submit(upgrade.id, begin, this.#actor);
    if (answer.ok) return;
    log.info({ upgrade: upgrade.id, code: answer.problem.code }, "a scheduled start was refused");
    // The database refuses what only it knows, such as a review that is missing: people are told that.
    if (answer.problem.code !== "review_needed") return;
    const { sentence, help } = answer.problem;
    await desk.submit(upgrade.id, { ...begin, obstacle: { sentence, help } }, this.#actor);
  }

  async #lookUpAgain({ request }: Planned, by: Requester): Promise<Requester | undefined> {
    if (by.kind === "terminal") return by;
    const person = await this.#parts.lookUpFor(by.person.userId, request.environment);
    return person.kind === "known" && (person.unreadGroups ?? []).length === 0 ? { kind: "slack", person } : undefined;
  }
}

function isDue(upgrade: Upgrade, now: Instant): boolean {
  return upgrade.status === "planned" && upgrade.schedule !== undefined && !isAfter(upgrade.schedule.at, now);
}

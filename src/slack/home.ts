import { eligibilityOf, whyNoMember } from "#approvals/eligibility.ts";
import type { Person } from "#approvals/person.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { authoriseOperator } from "#src/upgrade/authorise.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { ListenerPorts } from "./listeners/ports.ts";
import { groupsOf } from "./people.ts";
import { homeView } from "./views/home.ts";

/** People whose home is kept current; who looks again comes to the front. */
const maxViewers = 100;
const maxListed = 50;
/** Many events come at once; a home is drawn once for all of them. */
const debounceMs = 5_000;

type HomePorts = Pick<ListenerPorts, "desk" | "clients" | "people" | "names" | "log" | "environments">;

/** The App Home of everybody who looked at it lately. */
export class Home {
  readonly #ports: HomePorts;
  readonly #viewers = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: HomePorts) {
    this.#ports = ports;
  }

  /** Draws the home of somebody who opened it. */
  async opened(userId: string): Promise<void> {
    this.#viewers.delete(userId);
    this.#viewers.add(userId);
    if (this.#viewers.size > maxViewers) {
      const [oldest] = this.#viewers;
      if (oldest !== undefined) this.#viewers.delete(oldest);
    }
    await this.#draw(userId);
  }

  /** Something happened somewhere: the homes are drawn again, soon and together. */
  changed(): void {
    if (this.#viewers.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#drawAll();
    }, debounceMs).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#viewers.clear();
  }

  async #drawAll(): Promise<void> {
    for (const userId of this.#viewers) {
      try {
        await this.#draw(userId);
      } catch (error) {
        this.#ports.log.warn({ user: userId, problem: errorMessage(error) }, "an App Home could not be drawn");
      }
    }
  }

  async #draw(userId: string): Promise<void> {
    const { desk, clients, people, names, environments } = this.#ports;
    const [open, all, person] = await Promise.all([
      desk.list({ isOpen: true, limit: maxListed }),
      desk.list({ limit: maxListed }),
      people.lookUp({ userId, groups: environments.flatMap(groupsOf), isFresh: false }),
    ]);
    const recent = all.filter((upgrade) => upgrade.status === "closed");
    const isMember = whyNoMember(person) === undefined;
    const shown = isMember
      ? { waitingForMe: open.filter((upgrade) => waitsFor(upgrade, person)), open, recent }
      : nothing;
    await clients.background.views.publish({ user_id: userId, view: homeView(shown, names) });
  }
}

/** Guests and external people see no upgrades here: they may be in none of the channels. */
const nothing = { waitingForMe: [], open: [], recent: [] } as const;

/** Whether this upgrade cannot go on without somebody like this person. */
function waitsFor(upgrade: Upgrade, person: Person): boolean {
  const waits = next(upgrade, upgrade.updatedAt);
  if (waits.do !== "wait") return false;
  if (waits.for !== "approval") {
    return authoriseOperator(upgrade.request.environment, { kind: "slack", person }) === undefined;
  }
  const progress = upgrade.status === "active" ? currentStep(upgrade)?.progress : undefined;
  const approval = progress?.kind === "ready" ? progress.approval : undefined;
  if (approval === undefined) return false;
  const hasVoted = approval.ballots.some((ballot) => ballot.voter.userId === person.userId);
  return !hasVoted && eligibilityOf(approval, person).kind === "eligible";
}

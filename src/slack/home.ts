import { whyNoMember } from "#approvals/eligibility.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { instantOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { whyNobodyRuns } from "#src/upgrade/known-runner.ts";
import { isRunnersTurn } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { nothingWaits, waitingFor } from "#src/upgrade/waiting.ts";
import type { ListenerPorts } from "./listeners/ports.ts";
import { groupsOf } from "./people.ts";
import { homeView } from "./views/home.ts";
import type { HomeContent } from "./views/home.ts";

/** People whose home is kept current; who looks again comes to the front. */
const maxViewers = 100;
const maxListed = 50;
/** Many events come at once; a home is drawn once for all of them. */
const debounceMs = 5_000;

type HomePorts = Pick<ListenerPorts, "desk" | "clients" | "people" | "names" | "log" | "environments" | "now">;

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

  /** Where they cannot be read nothing is said of them: the rest of a home is worth showing. */
  async #lookForRunners(
    open: readonly Upgrade[],
    at: Instant,
  ): Promise<Pick<HomeContent, "unserved" | "withoutRunner">> {
    const { desk, environments, log } = this.#ports;
    const runners = await desk.runners().catch((error: unknown) => {
      log.warn({ problem: errorMessage(error) }, "an App Home says nothing of runners, because they could not be read");
      return undefined;
    });
    if (runners === undefined) return { unserved: new Map(), withoutRunner: [] };
    const unserved = open.flatMap((upgrade) => {
      const problem = isRunnersTurn(upgrade, at) ? whyNobodyRuns(upgrade.request.environment, runners) : undefined;
      return problem === undefined ? [] : [[upgrade.id, problem] as const];
    });
    // What an upgrade waits for stands there already.
    const told = new Set(open.filter(({ id }) => unserved.some(([each]) => each === id)).map(environmentName));
    const idle = environments.filter(({ name }) => !told.has(name)).map((each) => whyNobodyRuns(each, runners));
    return { unserved: new Map(unserved), withoutRunner: idle.filter((problem) => problem !== undefined) };
  }

  async #draw(userId: string): Promise<void> {
    const { desk, clients, people, names, environments, now } = this.#ports;
    const [open, all] = await Promise.all([
      desk.list({ isOpen: true, limit: maxListed }),
      desk.list({ limit: maxListed }),
    ]);
    // A request keeps the policy that it was made under, so its lists may be others than those of today.
    const asked = [...environments, ...open.map(({ request }) => request.environment)];
    const person = await people.lookUp({ userId, groups: [...new Set(asked.flatMap(groupsOf))], isFresh: false });
    const recent = all.filter((upgrade) => upgrade.status === "closed");
    const at = instantOf(now());
    const shown =
      whyNoMember(person) === undefined
        ? {
            waiting: waitingFor(person, [...open, ...recent], at),
            open,
            recent,
            ...(await this.#lookForRunners(open, at)),
          }
        : nothing;
    await clients.background.views.publish({ user_id: userId, view: homeView(shown, names) });
  }
}

/** Guests and external people see no upgrades here: they may be in none of the channels. */
const nothing: HomeContent = { waiting: nothingWaits, open: [], recent: [], unserved: new Map(), withoutRunner: [] };

function environmentName({ request }: Upgrade): string {
  return request.environment.name;
}

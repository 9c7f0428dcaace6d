import type { HomeView } from "@slack/types";
import { whyNoMember } from "#approvals/eligibility.ts";
import { errorMessage } from "#src/kernel/app-error.ts";
import { digestOf } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import { instantOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { whyNobodyRuns } from "#src/upgrade/known-runner.ts";
import type { KnownRunner } from "#src/upgrade/known-runner.ts";
import { isRunnersTurn } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { nothingWaits, waitingFor } from "#src/upgrade/waiting.ts";
import type { ListenerPorts } from "./listeners/ports.ts";
import { groupsOf } from "./people.ts";
import { homeView } from "./views/home.ts";
import type { HomeContent } from "./views/home.ts";

/** People whose home is kept current; who looks again comes to the front. */
const maxViewers = 100;
/** All that is open, so that what waits longest for somebody is not hidden by what came after it. */
const maxOpen = 500;
const maxRecent = 50;
/** Many events come at once; a home is drawn once for all of them. */
const debounceMs = 5_000;

interface HomePorts extends Pick<ListenerPorts, "names" | "log" | "environments" | "now"> {
  readonly desk: Pick<ListenerPorts["desk"], "list" | "runners">;
  readonly people: Pick<ListenerPorts["people"], "lookUp">;
  /** Puts a home in place of the one before (views.publish). */
  readonly publish: (home: { readonly user_id: string; readonly view: HomeView }) => Promise<unknown>;
}

/** The App Home of everybody who looked at it lately. */
export class Home {
  readonly #ports: HomePorts;
  /** Digest of what each of them was shown last; undefined where nobody knows. */
  readonly #viewers = new Map<string, Digest | undefined>();
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: HomePorts) {
    this.#ports = ports;
  }

  /** Draws the home of somebody who opened it. */
  async opened(userId: string): Promise<void> {
    this.#viewers.delete(userId);
    this.#viewers.set(userId, undefined);
    if (this.#viewers.size > maxViewers) {
      const [oldest] = this.#viewers.keys();
      if (oldest !== undefined) this.#viewers.delete(oldest);
    }
    await this.#draw(userId, await this.#look());
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
    const { log } = this.#ports;
    try {
      const seen = await this.#look();
      for (const userId of this.#viewers.keys())
        await this.#draw(userId, seen).catch((error: unknown) =>
          log.warn({ user: userId, problem: errorMessage(error) }, "an App Home could not be drawn"),
        );
    } catch (error) {
      log.warn({ problem: errorMessage(error) }, "no App Home could be drawn, the record cannot be read");
    }
  }

  /** Once for everybody who is shown it. */
  async #look(): Promise<Seen> {
    const { desk } = this.#ports;
    const [open, recent, runners] = await Promise.all([
      desk.list({ isOpen: true, limit: maxOpen }),
      desk.list({ isOpen: false, limit: maxRecent }),
      this.#lookForRunners(),
    ]);
    return { open, recent, runners };
  }

  /** Where they cannot be read nothing is said of them: the rest of a home is worth showing. */
  async #lookForRunners(): Promise<readonly KnownRunner[] | undefined> {
    const { desk, log } = this.#ports;
    return desk.runners().catch((error: unknown) => {
      log.warn({ problem: errorMessage(error) }, "an App Home says nothing of runners, because they could not be read");
      return undefined;
    });
  }

  async #draw(userId: string, seen: Seen): Promise<void> {
    const { open, recent } = seen;
    const { publish, people, names, environments, now } = this.#ports;
    // A request keeps the policy that it was made under, so its lists may be others than those of today.
    const asked = [...environments, ...open.map(({ request }) => request.environment)];
    const person = await people.lookUp({ userId, groups: [...new Set(asked.flatMap(groupsOf))], isFresh: false });
    const at = instantOf(now());
    const shown =
      whyNoMember(person) === undefined
        ? {
            waiting: waitingFor(person, [...open, ...recent], at),
            open,
            recent,
            ...whoIsMissing(seen, environments, at),
          }
        : nothing;
    const view = homeView(shown, names);
    const digest = digestOf(view);
    // Slack takes some 100 of these a minute, and most of what happens changes no home.
    if (this.#viewers.get(userId) === digest) return;
    if (this.#viewers.has(userId)) this.#viewers.set(userId, undefined);
    await publish({ user_id: userId, view });
    if (this.#viewers.has(userId)) this.#viewers.set(userId, digest);
  }
}

interface Seen {
  readonly open: readonly Upgrade[];
  readonly recent: readonly Upgrade[];
  /** Undefined where they could not be read. */
  readonly runners: readonly KnownRunner[] | undefined;
}

/** Upgrades and environments for which no runner is there. */
function whoIsMissing(
  { open, runners }: Seen,
  environments: HomePorts["environments"],
  at: Instant,
): Pick<HomeContent, "unserved" | "withoutRunner"> {
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

/** Guests and external people see no upgrades here: they may be in none of the channels. */
const nothing: HomeContent = { waiting: nothingWaits, open: [], recent: [], unserved: new Map(), withoutRunner: [] };

function environmentName({ request }: Upgrade): string {
  return request.environment.name;
}

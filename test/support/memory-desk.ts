import { instantOf } from "#src/kernel/instant.ts";
import { no, ok } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { chainStart, seal } from "#src/record/chain.ts";
import { decide } from "#src/upgrade/decide.ts";
import type { Accepted, Desk } from "#src/upgrade/desk.ts";
import { evolve } from "#src/upgrade/evolve.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { Actor, UpgradeId } from "#src/upgrade/identity.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import type { KnownRunner } from "#src/upgrade/known-runner.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { refuseUnreviewed } from "#src/upgrade/review.ts";
import { needsReview } from "#src/upgrade/review.ts";
import type { Upgrade } from "#src/upgrade/state.ts";

/** A Desk without a database: the real brain over records in memory, with real hashes. */
export class MemoryDesk implements Desk {
  readonly #records = new Map<UpgradeId, { upgrade: Upgrade; events: RecordedEvent[] }>();
  readonly #now: () => number;
  /** Who registered; one living runner of everything that was asked for where not set. */
  known: readonly KnownRunner[] | undefined;
  /** Hears of every upgrade whose record grew. */
  onChange: (id: UpgradeId) => void = () => {};

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async find(id: UpgradeId): Promise<Upgrade | undefined> {
    return this.#records.get(id)?.upgrade;
  }

  async findOpen(environment: string): Promise<Upgrade | undefined> {
    return this.#newestFirst().find(
      (upgrade) =>
        upgrade.request.environment.name === environment &&
        upgrade.status !== "closed" &&
        upgrade.request.mode === "plan",
    );
  }

  async list({ environment, isOpen, limit }: Parameters<Desk["list"]>[0]): Promise<readonly Upgrade[]> {
    return this.#newestFirst()
      .filter((upgrade) => environment === undefined || upgrade.request.environment.name === environment)
      .filter((upgrade) => isOpen === undefined || isOpen === (upgrade.status !== "closed"))
      .slice(0, limit);
  }

  async events(id: UpgradeId, afterVersion: number): Promise<readonly RecordedEvent[]> {
    return (this.#records.get(id)?.events ?? []).filter(({ version }) => version > afterVersion);
  }

  async runners(): Promise<readonly KnownRunner[]> {
    const environments = [...this.#records.values()].map(({ upgrade }) => upgrade.request.environment.name);
    return this.known ?? [sampleRunner({ environments })];
  }

  async request(intent: Parameters<Desk["request"]>[0], actor: Actor): Promise<Result<Accepted, Refusal>> {
    const open = intent.mode === "plan" ? await this.findOpen(intent.environment.name) : undefined;
    if (open?.status === "active") {
      return no(refuse("already_open", `${open.id} is active.`, "Finish it first."));
    }
    const { name } = intent.environment;
    const unreviewed = this.#newestFirst().find((each) => each.request.environment.name === name && needsReview(each));
    if (intent.mode === "plan" && unreviewed !== undefined) return no(refuseUnreviewed(unreviewed, name));
    const number = String(this.#records.size + 1).padStart(4, "0");
    return this.#apply(open?.id ?? `KU-2026-${number}`, intent, actor);
  }

  async submit(id: UpgradeId, intent: Intent, actor: Actor): Promise<Result<Accepted, Refusal>> {
    return this.#apply(id, intent, actor);
  }

  #apply(id: UpgradeId, intent: Intent, actor: Actor): Result<Accepted, Refusal> {
    const record = this.#records.get(id);
    const at = instantOf(this.#now());
    const decision = decide(record?.upgrade, intent, { upgradeId: id, now: at });
    if (!decision.ok) return decision;
    const events = [...(record?.events ?? [])];
    let upgrade = record?.upgrade;
    const recorded: RecordedEvent[] = [];
    for (const event of decision.value) {
      const previous = events.at(-1)?.hash ?? chainStart(id);
      const sealed = seal({ upgradeId: id, version: events.length + 1, at, actor, event, previous });
      upgrade = evolve(upgrade, sealed);
      events.push(sealed);
      recorded.push(sealed);
    }
    if (upgrade === undefined) throw new Error(`nothing is known of ${id}`);
    this.#records.set(id, { upgrade, events });
    if (recorded.length > 0) this.onChange(id);
    return ok({ upgrade, recorded });
  }

  #newestFirst(): readonly Upgrade[] {
    return [...this.#records.values()].map(({ upgrade }) => upgrade).toReversed();
  }
}

/** A living runner with nothing to do. */
export function sampleRunner(changes: Partial<KnownRunner> = {}): KnownRunner {
  const at = instantOf(Date.UTC(2026, 0, 1));
  return {
    id: "r1",
    environments: ["practice"],
    labels: {},
    host: "host-1",
    version: "0.1.0",
    startedAt: at,
    lastSeen: at,
    isAlive: true,
    isDraining: false,
    running: [],
    ...changes,
  };
}

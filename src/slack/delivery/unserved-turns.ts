import { errorMessage } from "#src/kernel/app-error.ts";
import { instantOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { whyNobodyRuns } from "#src/upgrade/known-runner.ts";
import type { KnownRunner } from "#src/upgrade/known-runner.ts";
import { isRunnersTurn, next } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import type { Log } from "#src/slack/log.ts";

/** Runners that registered, living or not. */
export type ReadRunners = () => Promise<readonly KnownRunner[]>;

interface UnservedTurnsParts {
  readonly desk: Pick<Desk, "find">;
  readonly read: ReadRunners;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How often runners are looked for while something waits for one; 5 s where absent. */
  readonly everyMs?: number;
  readonly log: Log;
  /** What an upgrade should show has changed. */
  readonly onChange: (id: UpgradeId) => void;
}

interface Turn {
  readonly upgrade: Upgrade;
  /** Why nobody takes it, as it was seen last. */
  readonly problem?: string;
}

const defaultEveryMs = 5_000;
/** A runner that lives takes its turn within moments: until then nobody is asked for. */
const patienceMs = 3_000;
/** Open upgrades are fewer. */
const maxFollowed = 500;

/**
 * Knows which upgrades wait for a runner while none is there that may take them. No event tells of it, because nothing
 * follows from it later: it is asked for anew, also by a bot that was started in the meantime.
 */
export class UnservedTurns {
  readonly #parts: UnservedTurnsParts;
  readonly #turns = new Map<UpgradeId, Turn>();
  #timer: NodeJS.Timeout | undefined;
  #isFailing = false;
  #isStopped = false;

  constructor(parts: UnservedTurnsParts) {
    this.#parts = parts;
  }

  /** Why nobody takes the turn of this upgrade, and what to start; undefined where somebody does, or where it is not a runner's. */
  of(id: UpgradeId): string | undefined {
    return this.#turns.get(id)?.problem;
  }

  /** The record of this upgrade was read: whose turn it is now is followed from here on. */
  async follow(id: UpgradeId): Promise<void> {
    const { desk, now } = this.#parts;
    const upgrade = await desk.find(id);
    const known = this.#turns.get(id);
    const isFull = known === undefined && this.#turns.size >= maxFollowed;
    if (upgrade === undefined || this.#isStopped || isFull || !comesToRunner(upgrade, instantOf(now()))) {
      this.#turns.delete(id);
      return;
    }
    this.#turns.set(id, { ...known, upgrade });
    // At once, so that a replica that takes over does not take the words away first.
    if (now() - Date.parse(upgrade.updatedAt) >= patienceMs) await this.#look([id]);
    this.#wait();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#turns.clear();
  }

  #wait(): void {
    if (this.#timer !== undefined || this.#isStopped || this.#turns.size === 0) return;
    this.#timer = setTimeout(() => void this.#lookAtAll(), this.#parts.everyMs ?? defaultEveryMs);
  }

  async #lookAtAll(): Promise<void> {
    const changed = await this.#look([...this.#turns.keys()]);
    this.#timer = undefined;
    for (const id of changed) this.#parts.onChange(id);
    this.#wait();
  }

  /** Those of which something else is to be told than before. */
  async #look(ids: readonly UpgradeId[]): Promise<readonly UpgradeId[]> {
    const now = instantOf(this.#parts.now());
    const looked = ids.flatMap((id) => {
      const turn = this.#turns.get(id);
      return turn === undefined ? [] : [{ id, turn, isDue: isRunnersTurn(turn.upgrade, now) }];
    });
    const runners = looked.some(({ isDue }) => isDue) ? await this.#read() : [];
    if (runners === undefined) return [];
    return looked.flatMap(({ id, turn, isDue }) => {
      const { upgrade, problem: before } = turn;
      const problem = isDue ? whyNobodyRuns(upgrade.request.environment, runners) : undefined;
      if (this.#turns.get(id) !== turn || problem === before) return [];
      this.#turns.set(id, { upgrade, ...(problem === undefined ? {} : { problem }) });
      return [id];
    });
  }

  /** Undefined where they could not be read: what was told stays. */
  async #read(): Promise<readonly KnownRunner[] | undefined> {
    try {
      const runners = await this.#parts.read();
      this.#isFailing = false;
      return runners;
    } catch (error) {
      if (!this.#isFailing) {
        this.#parts.log.warn(
          { problem: errorMessage(error) },
          "nobody knows now which runners live; cards say nothing new of it until that can be read",
        );
      }
      this.#isFailing = true;
      return undefined;
    }
  }
}

/** A runner's turn now, or as soon as the calendar lets it be one: no event has to come in between. */
function comesToRunner(upgrade: Upgrade, now: Instant): boolean {
  if (isRunnersTurn(upgrade, now)) return true;
  const todo = next(upgrade, now);
  return todo.do === "wait" && (todo.for === "calendar" || todo.for === "window");
}

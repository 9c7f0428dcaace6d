import { digestOfText } from "#src/kernel/digest.ts";
import type { KnownRunner } from "#src/upgrade/known-runner.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";

/** A piece of work that any runner of an environment could take. */
export interface OpenTurn {
  readonly upgradeId: UpgradeId;
  readonly environment: string;
  readonly work: "survey" | "step";
  /** Tells it from the turns before and after it. */
  readonly key: string;
}

/**
 * Which of several runners takes a turn. All of them hear of it at once, and each would ask Kong and the database the same
 * questions before one of them claims it: so one of them goes first, another one for each upgrade, and the others stand in
 * for it after a while. Nothing depends on their agreeing, as only the claim in the record decides.
 */
export interface TurnOrder {
  /** Who is there now. */
  learn(runners: readonly KnownRunner[]): void;
  /** Forgets turns of upgrades that are not open any more. */
  keep(open: ReadonlySet<UpgradeId>): void;
  /** Whether to take it now: those before this runner have had their time since it first saw this turn. */
  isOurs(turn: OpenTurn): boolean;
}

/**
 * How long each runner before this one is waited for, in milliseconds. A look for writes before a step takes some seconds
 * in a large installation, a survey up to minutes; whoever died is known after a few seconds and not waited for.
 */
const patienceMs: Readonly<Record<OpenTurn["work"], number>> = { survey: 30_000, step: 3_000 };

/** `now` is a steady clock, in milliseconds. */
export function createTurnOrder(runnerId: string, now: () => number): TurnOrder {
  let others: readonly KnownRunner[] = [];
  const seen = new Map<UpgradeId, { readonly key: string; readonly atMs: number }>();

  const sinceMs = ({ upgradeId, key }: OpenTurn): number => {
    const known = seen.get(upgradeId);
    if (known?.key === key) return now() - known.atMs;
    seen.set(upgradeId, { key, atMs: now() });
    return 0;
  };
  return {
    learn: (runners) => {
      others = runners.filter(
        ({ id, isAlive, isDraining, problem }) => id !== runnerId && isAlive && !isDraining && problem === undefined,
      );
    },
    keep: (open) => {
      for (const id of seen.keys()) if (!open.has(id)) seen.delete(id);
    },
    isOurs: (turn) => {
      const rivals = others.filter(({ environments }) => environments.includes(turn.environment)).map(({ id }) => id);
      return sinceMs(turn) >= placeOf(runnerId, rivals, turn.upgradeId) * patienceMs[turn.work];
    },
  };
}

/** How many of the others come before this runner at an upgrade; the same at each of them, and spread over upgrades. */
function placeOf(runnerId: string, others: readonly string[], upgradeId: UpgradeId): number {
  const weightOf = (id: string): string => digestOfText(`${upgradeId} ${id}`);
  const own = weightOf(runnerId);
  return others.filter((id) => weightOf(id) < own).length;
}

import { setTimeout as delay } from "node:timers/promises";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { planLockMoves } from "./ambushes.ts";
import { moveLock } from "./world/rows.ts";
import type { LockMove } from "./world/rows.ts";
import { withClient } from "./world/with-client.ts";
import type { World } from "./world/world.ts";

/** Takes locks anew in the moment in which a step may start on an approval. */
export interface LockMover extends AsyncDisposable {
  /** What was moved, in order. */
  readonly moves: readonly LockMove[];
}

/** Listens to the record past every link: between a signature and the claim lie some tenths of a second. */
export function moveLocks(
  { record, postgres }: World,
  options: { readonly seed: string; readonly isCalm: () => boolean; readonly say: (line: string) => void },
): LockMover {
  const seen = new Set<string>();
  const plan = planLockMoves(options.seed);
  const moves: LockMove[] = [];
  const look = async (id: UpgradeId): Promise<void> => {
    if (options.isCalm()) return;
    const upgrade = await record.find(id);
    const current = upgrade?.status === "active" ? currentStep(upgrade) : undefined;
    if (current?.progress.kind !== "ready") return;
    const { step, progress } = current;
    const outcome = progress.approval?.outcome;
    const key = `${id}/${step.id}/${progress.attempt}`;
    if (outcome?.kind !== "granted" || outcome.signed === undefined || seen.has(key)) return;
    seen.add(key);
    const { value: afterMs } = plan.next();
    if (afterMs === undefined) return;
    await delay(afterMs);
    await withClient(postgres.urlOf("kong_upgrade"), async (client) => {
      const moved = await moveLock(client, id);
      if (moved === undefined) return;
      moves.push(moved);
      options.say(`⚡ ambush: the lock of ${id} is taken anew as ${moved.fence}, after ${step.id} was approved`);
    });
  };
  const listening = record.listen((change) => {
    // While the database is away nothing starts either.
    if (change.kind === "changed") void look(change.id).catch(() => undefined);
  });
  return { moves, [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose]() };
}

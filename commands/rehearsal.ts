import { recommended } from "#src/plan/choose-strategy.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Rehearsal } from "#src/plan/rehearsal.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { Upgrade } from "#src/upgrade/state.ts";

/** Upgrades of a preproduction environment that are looked through; it has one open at a time, so these are many months. */
const maxLookedAt = 50;

/** What a rehearsal has to be of. */
interface Wanted {
  readonly to: string;
  /** `recommended` leaves it open; the plan compares it with what it chose. */
  readonly strategy: string;
}

/**
 * The newest completed upgrade of the environment's preproduction to the same version; undefined where the environment
 * has none, or nothing fits. Whether it is good enough is for the plan to say, which knows the running version.
 */
export async function findRehearsal(
  desk: Desk,
  { preproduction }: Environment,
  wanted: Wanted,
): Promise<Rehearsal | undefined> {
  if (preproduction === undefined) return undefined;
  const upgrades = await desk.list({ environment: preproduction, isOpen: false, limit: maxLookedAt });
  const newest = upgrades.find((upgrade) => isSameWay(upgrade, wanted));
  return newest === undefined ? undefined : asRehearsal(desk, newest);
}

function isSameWay(upgrade: Upgrade, { to, strategy }: Wanted): boolean {
  const isCompleted = upgrade.status === "closed" && upgrade.outcome.kind === "completed";
  const plan = isCompleted ? upgrade.plan : undefined;
  return plan?.to === to && (strategy === recommended || plan.strategy === strategy);
}

/** Notes may follow the end, so the event that completed it tells when, and its hash which record it was. */
async function asRehearsal(desk: Desk, upgrade: Upgrade): Promise<Rehearsal | undefined> {
  const { plan, forward } = upgrade.status === "closed" ? upgrade : {};
  const events = await desk.events(upgrade.id, 0);
  const end = events.findLast(({ event }) => event.type === "upgrade_completed");
  if (plan === undefined || end === undefined) return undefined;
  return {
    upgradeId: upgrade.id,
    environment: upgrade.request.environment.name,
    from: plan.from,
    to: plan.to,
    strategy: plan.strategy,
    ...(forward === undefined ? {} : { startedAt: forward.startedAt }),
    completedAt: end.at,
    recordHead: end.hash,
  };
}

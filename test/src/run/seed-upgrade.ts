import { openPool } from "#src/record/database.ts";
import { appendEvents } from "#src/record/event-rows.ts";
import { chainStart, seal } from "#src/record/chain.ts";
import { summarise } from "#src/record/summary.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Plan } from "#src/plan/plan.ts";
import { evolve, replay } from "#src/upgrade/evolve.ts";
import { followUps } from "#src/upgrade/follow-ups.ts";
import type { RecordedEvent, UpgradeEvent } from "#src/upgrade/events.ts";
import type { Actor, Requester, UpgradeId } from "#src/upgrade/identity.ts";
import type { Upgrade } from "#src/upgrade/state.ts";

const bob: Requester = { kind: "terminal", account: "bob", host: "test" };
const actor: Actor = { kind: "terminal", account: "bob", host: "test" };

/** Writes a started upgrade with any plan into the record, by the back door that `decide` does not guard. */
export async function seedUpgrade(
  databaseUrl: string,
  options: {
    readonly environment: Environment;
    readonly plan: Plan;
    readonly id?: UpgradeId;
    readonly baseline?: Measurements;
  },
): Promise<UpgradeId> {
  const { environment, plan, id = "KU-2026-0001" } = options;
  const now = new Date().toISOString();
  const events: readonly UpgradeEvent[] = [
    {
      type: "upgrade_requested",
      mode: "plan",
      environment,
      to: plan.to,
      strategy: plan.strategy,
      options: plan.options,
      by: bob,
      channel: "C0PRACTCE",
    },
    {
      type: "survey_reported",
      facts: { observedAt: now, nodes: [], configuration: {}, sources: [] },
    },
    { type: "plan_made", plan },
    { type: "upgrade_started", by: bob, planDigest: plan.digest },
  ];
  const occurred = events.map((event, index) => ({ upgradeId: id, version: index + 1, at: now, event }));
  // A gate opens in the append that makes it necessary, so no runner ever sees a step without it.
  const started = replay(occurred);
  await appendRaw(databaseUrl, id, [...events, ...(started === undefined ? [] : followUps(started, now))]);
  return id;
}

/** Appends events to an upgrade, hash chain included. */
export async function appendRaw(databaseUrl: string, id: UpgradeId, events: readonly UpgradeEvent[]): Promise<void> {
  const pool = openPool(databaseUrl);
  try {
    const recorded: RecordedEvent[] = [];
    let upgrade: Upgrade | undefined;
    let previous = chainStart(id);
    for (const event of events) {
      const at = new Date().toISOString();
      const version = (upgrade?.version ?? 0) + 1;
      const sealed = seal({ upgradeId: id, version, at, actor, event, previous });
      upgrade = evolve(upgrade, sealed);
      previous = sealed.hash;
      recorded.push(sealed);
    }
    const head = recorded.at(-1);
    if (upgrade === undefined || head === undefined) throw new Error("no events");
    await appendEvents(pool, recorded, summarise(upgrade, head));
  } finally {
    await pool.end();
  }
}

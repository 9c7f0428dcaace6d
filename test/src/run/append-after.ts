import { chainStart, seal } from "#src/record/chain.ts";
import { openPool } from "#src/record/database.ts";
import { appendEvents } from "#src/record/event-rows.ts";
import { summarise } from "#src/record/summary.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { RecordedEvent, UpgradeEvent } from "#src/upgrade/events.ts";
import { evolve } from "#src/upgrade/evolve.ts";
import type { Actor, UpgradeId } from "#src/upgrade/identity.ts";

const forger: Actor = { kind: "bot", replica: "forger" };

/** Appends events with a right chain, as somebody could who holds the database's password and knows the program. */
export async function appendAfter(
  databaseUrl: string,
  desk: Pick<Desk, "find" | "events">,
  id: UpgradeId,
  forged: readonly UpgradeEvent[],
): Promise<void> {
  const pool = openPool(databaseUrl);
  try {
    let upgrade = await desk.find(id);
    let previous = (await desk.events(id, 0)).at(-1)?.hash ?? chainStart(id);
    const recorded: RecordedEvent[] = [];
    for (const event of forged) {
      const at = new Date().toISOString();
      const version = (upgrade?.version ?? 0) + 1;
      const sealed = seal({ upgradeId: id, version, at, actor: forger, event, previous });
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

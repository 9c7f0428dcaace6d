import { z } from "zod";
import { replay } from "#src/upgrade/evolve.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import { execute, select } from "./database.ts";
import type { Database } from "./database.ts";
import { holdDatabases, readEvents } from "./event-rows.ts";
import { summarise } from "./summary.ts";

/**
 * Writes every summary row and lock anew from the events; answers how many upgrades there are. An upgrade that is
 * appended to meanwhile keeps the newer row.
 */
export async function rebuildSummaries(database: Database): Promise<number> {
  const ids = await select(
    database,
    z.object({ id: upgradeIdSchema }),
    "select distinct upgrade_id as id from kong_upgrade.event order by 1",
  );
  for (const { id } of ids) {
    const events = await readEvents(database, id, 0);
    const upgrade = replay(events);
    const [first, head] = [events.at(0), events.at(-1)];
    if (upgrade === undefined || first === undefined || head === undefined) continue;
    // A plan that was asked for again keeps its place in the list.
    const summary = { ...summarise(upgrade, head), requested_at: first.at };
    await execute(database, `select kong_upgrade.restore_summary($1::jsonb), ${holdDatabases("$1")}`, [
      JSON.stringify(summary),
    ]);
  }
  return ids.length;
}

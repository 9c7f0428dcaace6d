import { z } from "zod";
import { select } from "./database.ts";
import type { Database } from "./database.ts";

/** How many upgrades ran a step without its approval, and nobody has reviewed that; they may be closed for long. */
export async function countUnreviewed(database: Database): Promise<number> {
  const [row] = await select(
    database,
    z.object({ count: z.number().int() }),
    "select count(*)::integer as count from kong_upgrade.upgrade where needs_review",
    [],
  );
  return row?.count ?? 0;
}

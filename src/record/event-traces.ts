import { z } from "zod";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { select } from "./database.ts";
import type { Database } from "./database.ts";

/** What caused the events of one append. */
export interface EventTrace {
  readonly trace: string;
  /** Whether they change what is to be done next, so that what follows by itself belongs to this trace. */
  readonly changesTurn: boolean;
}

/** The trace of whoever let the upgrade go on last; undefined where nobody did since traces are kept. */
export async function readTrace(database: Database, id: UpgradeId): Promise<string | undefined> {
  const [row] = await select(
    database,
    z.object({ trace: z.string() }),
    "select trace from kong_upgrade.event_trace where upgrade_id = $1 and changes_turn order by version desc limit 1",
    [id],
  );
  return row?.trace;
}

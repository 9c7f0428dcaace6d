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

const traceRow = z.object({ version: z.number().int(), trace: z.string() });

/** Traces of the events after a version; what nobody asked for has none. */
export async function readTraces(
  database: Database,
  id: UpgradeId,
  afterVersion: number,
): Promise<ReadonlyMap<number, string>> {
  const rows = await select(
    database,
    traceRow,
    "select version, trace from kong_upgrade.event_trace where upgrade_id = $1 and version > $2",
    [id, afterVersion],
  );
  return new Map(rows.map(({ version, trace }) => [version, trace]));
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

import { z } from "zod";
import { digestSchema } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { eventSchema } from "#src/upgrade/events.ts";
import type { RecordedEvent, UpgradeEvent } from "#src/upgrade/events.ts";
import { actorSchema, upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { execute, select } from "./database.ts";
import type { Database } from "./database.ts";
import type { EventTrace } from "./event-traces.ts";
import { instantSql } from "./instant-sql.ts";
import type { Summary } from "./summary.ts";

const eventRow = z
  .object({
    upgrade_id: upgradeIdSchema,
    version: z.number().int(),
    at: instantSchema,
    actor: actorSchema,
    data: eventSchema,
    previous: digestSchema,
    hash: digestSchema,
  })
  .transform(({ upgrade_id, data, ...rest }): RecordedEvent => ({ upgradeId: upgrade_id, event: data, ...rest }));

const eventColumns = `upgrade_id, version, ${instantSql("recorded_at")} as at, actor, data, previous, hash`;

/** The events after a version, in order. */
export function readEvents(database: Database, id: UpgradeId, afterVersion: number): Promise<readonly RecordedEvent[]> {
  return select(
    database,
    eventRow,
    `select ${eventColumns} from kong_upgrade.event where upgrade_id = $1 and version > $2 order by version`,
    [id, afterVersion],
  );
}

/** The same as they lie in the table, not parsed: for verification, which must see what is really there. */
export async function readRawEvents(database: Database, id: UpgradeId): Promise<readonly unknown[]> {
  return select(
    database,
    z.unknown(),
    `select upgrade_id as "upgradeId", version, ${instantSql("recorded_at")} as at, actor, data as event, previous, hash
     from kong_upgrade.event where upgrade_id = $1 order by version`,
    [id],
  );
}

const anchorRow = z.object({ now: instantSchema, version: z.number().int().nullable(), hash: digestSchema.nullable() });

/** What one look at an upgrade told. */
export interface Look {
  /** The database's clock. */
  readonly now: Instant;
  /** Hash of the event at the asked version; undefined where there is none. */
  readonly anchor: string | undefined;
  /** The events after it. */
  readonly events: readonly RecordedEvent[];
}

/** Reads, in one round trip, the clock, the hash of the event that is known already, and the events after it. */
export async function lookFrom(database: Database, id: UpgradeId, knownVersion: number): Promise<Look> {
  const rows = await select(
    database,
    z.unknown(),
    `select ${instantSql("clock.now")} as now, version, hash, upgrade_id, ${instantSql("recorded_at")} as at, previous,
            case when version > $2 then actor end as actor, case when version > $2 then data end as data
     from (select clock_timestamp() as now) as clock
     left join kong_upgrade.event on upgrade_id = $1 and version >= $2
     order by version`,
    [id, knownVersion],
  );
  const first = anchorRow.parse(rows[0]);
  const isAnchored = first.version !== null && first.version === knownVersion;
  const isEmpty = first.version === null;
  return {
    now: first.now,
    anchor: isAnchored ? (first.hash ?? undefined) : undefined,
    events: isEmpty ? [] : rows.slice(isAnchored ? 1 : 0).map((row) => eventRow.parse(row)),
  };
}

const hashRow = z.object({ hash: digestSchema });

/** Whether exactly this event is part of the record. */
export async function isRecorded(database: Database, event: RecordedEvent): Promise<boolean> {
  const [row] = await select(
    database,
    hashRow,
    "select hash from kong_upgrade.event where upgrade_id = $1 and version = $2",
    [event.upgradeId, event.version],
  );
  return row?.hash === event.hash;
}

/** Appends events together with summary, lock, claims, trace and notification: one statement, one transaction. */
export async function appendEvents(
  database: Database,
  events: readonly RecordedEvent[],
  summary: Summary,
  trace?: EventTrace,
): Promise<void> {
  const entries = events.map(({ upgradeId, version, at, actor, event, previous, hash }) => ({
    upgrade_id: upgradeId,
    version,
    type: event.type,
    data: event,
    actor,
    recorded_at: at,
    previous,
    hash,
  }));
  const holding = events.some(({ event }) => takesLock.has(event.type)) ? `, ${holdDatabases("$2")}` : "";
  const tracing = trace === undefined ? "" : ", kong_upgrade.note_trace($1::jsonb, $3, $4)";
  await execute(database, `select kong_upgrade.append_events($1::jsonb, $2::jsonb)${holding}${tracing}`, [
    JSON.stringify(entries),
    JSON.stringify(summary),
    ...(trace === undefined ? [] : [trace.trace, trace.changesTurn]),
  ]);
}

/** What takes the lock, or must find it whole. */
const takesLock: ReadonlySet<UpgradeEvent["type"]> = new Set(["upgrade_requested", "upgrade_started", "step_started"]);

/** Takes every database of a summary for its lock, after the row of the lock was written; the summary is that parameter. */
export function holdDatabases(parameter: "$1" | "$2"): string {
  return `kong_upgrade.hold_databases(${parameter}::jsonb ->> 'id', ${parameter}::jsonb -> 'database_keys')`;
}

/** The next id of this year: `KU-2026-0007`. */
export async function takeId(database: Database): Promise<UpgradeId> {
  const [row] = await select(
    database,
    z.object({ year: z.number().int(), number: z.number().int() }),
    `insert into kong_upgrade.upgrade_counter (year, last_number)
     values (extract(year from clock_timestamp() at time zone 'utc'), 1)
     on conflict (year) do update set last_number = upgrade_counter.last_number + 1
     returning year, last_number as number`,
  );
  if (row === undefined) throw new Error("the counter gave no number");
  return upgradeIdSchema.parse(`KU-${row.year}-${String(row.number).padStart(4, "0")}`);
}

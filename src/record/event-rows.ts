import { z } from "zod";
import { digestSchema } from "#src/kernel/digest.ts";
import { instantSchema } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { eventSchema } from "#src/upgrade/events.ts";
import type { RecordedEvent, UpgradeEvent } from "#src/upgrade/events.ts";
import { actorSchema, upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { Actor, UpgradeId } from "#src/upgrade/identity.ts";
import { execute, jsonbReadBy, select } from "./database.ts";
import type { Database } from "./database.ts";
import type { EventTrace } from "./event-traces.ts";
import { instantSql } from "./instant-sql.ts";
import type { Summary } from "./summary.ts";

/** All but the upgrade, which whoever asks knows: it need not come with thousands of rows. */
const eventRow = z.object({
  version: z.number().int(),
  at: instantSchema,
  actor: z.string(),
  /** Place among the events that were parsed on the way. */
  data: z.number().int(),
  previous: digestSchema,
  hash: digestSchema,
});

const clockSql = instantSql("clock_timestamp()");
const recordedAtSql = instantSql("recorded_at");

/**
 * Parses the rows of one answer. Each event is parsed where it arrives, so that what the database told of it is garbage at
 * once: with thousands of rows it would outlive several collections and be copied in each. Few actors write a record.
 */
class EventRows {
  readonly #events: UpgradeEvent[] = [];
  readonly #actors = new Map<string, Actor>();
  readonly types = jsonbReadBy((text) => this.#events.push(eventSchema.parse(JSON.parse(text))) - 1);

  /**
   * By version. They mostly come so already: PostgreSQL would sort thousands of them on its disk, and tell the first only
   * when it has written the last.
   * @throws ZodError for what no version of this program wrote.
   */
  inOrder(id: UpgradeId, rows: readonly unknown[]): readonly RecordedEvent[] {
    return rows.map((row) => this.#read(id, row)).toSorted((left, right) => left.version - right.version);
  }

  #read(upgradeId: UpgradeId, row: unknown): RecordedEvent {
    const { version, at, actor, data, previous, hash } = eventRow.parse(row);
    const event = this.#events[data];
    if (event === undefined) throw new Error(`event ${version} of ${upgradeId} has no data`);
    return { upgradeId, version, at, actor: this.#actorOf(actor), event, previous, hash };
  }

  #actorOf(text: string): Actor {
    const actor = this.#actors.get(text) ?? actorSchema.parse(JSON.parse(text));
    this.#actors.set(text, actor);
    return actor;
  }
}

/** The events after a version, in order. */
export async function readEvents(
  database: Database,
  id: UpgradeId,
  afterVersion: number,
): Promise<readonly RecordedEvent[]> {
  const parsed = new EventRows();
  const { rows } = await execute(
    database,
    `select version, ${recordedAtSql} as at, actor::text, data, previous, hash
     from kong_upgrade.event where upgrade_id = $1 and version > $2`,
    [id, afterVersion],
    parsed.types,
  );
  return parsed.inOrder(id, rows);
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

/** What one look at an upgrade told. */
export interface Look {
  /** The database's clock. */
  readonly now: Instant;
  /** Hash of the event at the asked version; undefined where there is none. */
  readonly anchor: string | undefined;
  /** The events after it. */
  readonly events: readonly RecordedEvent[];
}

/**
 * Reads, in one round trip, the clock, the hash of the event that is known already, and the events after it; in two where
 * there is no event at all.
 */
export async function lookFrom(database: Database, id: UpgradeId, knownVersion: number): Promise<Look> {
  const parsed = new EventRows();
  const { rows } = await execute(
    database,
    `select (select ${clockSql}) as now, version, hash, ${recordedAtSql} as at, previous,
            case when version > $2 then actor::text end as actor, case when version > $2 then data end as data
     from kong_upgrade.event where upgrade_id = $1 and version >= $2`,
    [id, knownVersion],
    parsed.types,
  );
  const [first] = rows;
  if (first === undefined) return { now: await readClock(database), anchor: undefined, events: [] };
  const known = rows.find(({ data }) => data === null);
  return {
    now: clockRow.parse(first).now,
    anchor: known === undefined ? undefined : hashRow.parse(known).hash,
    events: parsed.inOrder(
      id,
      rows.filter((row) => row !== known),
    ),
  };
}

const hashRow = z.object({ hash: digestSchema });
const clockRow = z.object({ now: instantSchema });

/** The database's clock. */
export async function readClock(database: Database): Promise<Instant> {
  const [row] = await select(database, clockRow, `select ${clockSql} as now`);
  if (row === undefined) throw new Error("the database has no clock");
  return row.now;
}

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

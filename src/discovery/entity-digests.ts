import { z } from "zod";
import { instantOf } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import type { DatabaseLogin, DiscoveryPorts } from "./ports.ts";

/** One row of a table that holds configuration, without anything of its content but what it is called. */
export interface EntityDigest {
  readonly key: string;
  /** Over the whole row but `updated_at`. */
  readonly digest: string;
  readonly name?: string;
  readonly writtenAt?: Instant;
}

/** Tables with more rows are told as a whole. */
export const maxEntitiesPerTable = 50_000;
/** Columns of a row that never hold a secret, by the field `row`: credentials have others (`key`, `secret`, `password`). */
export const entityName = "coalesce(row->>'name', row->>'username')";
/**
 * For the transaction: times become text in the zone of the session, and a database that a backup was restored into has
 * not the settings (`alter database … set timezone`) of the one that was dumped.
 */
export const inUtc = "select set_config('TimeZone', 'UTC', true)";
/** The same as it is, and which one that is. */
export const inServersZone = "select current_setting('TimeZone') as zone";
const maxTables = 200;
/** Names that can be put between double quotes without a second look. */
const plainName = /^[A-Za-z_][A-Za-z0-9_$]*$/u;

const text = z.string().nullable();
const rowsSchema = z.array(z.object({ key: text, digest: z.string(), name: text, written: text }));

/**
 * A digest per row of these tables, made by PostgreSQL, and what the row is called. Tables with too many rows are left
 * out.
 */
export async function readEntityDigests(
  login: DatabaseLogin,
  tables: readonly string[],
  { ports, timeoutMs }: { readonly ports: DiscoveryPorts; readonly timeoutMs: number },
): Promise<ReadonlyMap<string, readonly EntityDigest[]>> {
  const plain = tables.filter((table) => plainName.test(table)).slice(0, maxTables);
  if (plain.length === 0) return new Map();
  const [, ...results] = await ports.querySql({ login, statements: [inUtc, ...plain.map(selectFrom)], timeoutMs });
  return new Map(
    plain.flatMap((table, index) => {
      const rows = rowsSchema.parse(results[index] ?? []);
      return rows.length > maxEntitiesPerTable ? [] : [[table, rows.map(entityOf)] as const];
    }),
  );
}

/** Each row becomes JSON once: the columns of a table differ from version to version. */
function selectFrom(table: string): string {
  return `with entities as materialized (select to_jsonb(t) as row from "${table}" t limit ${maxEntitiesPerTable + 1}) select coalesce(row->>'id', row->>'entity_id') as key, md5((row - 'updated_at')::text) as digest, left(${entityName}, 200) as name, coalesce(row->>'updated_at', row->>'created_at') as written from entities`;
}

function entityOf({ key, digest, name, written }: z.infer<typeof rowsSchema>[number]): EntityDigest {
  const writtenAt = written === null ? undefined : instantIn(written);
  return {
    // A row without any of the usual keys stands for itself.
    key: key ?? digest,
    digest,
    ...(name === null ? {} : { name }),
    ...(writtenAt === undefined ? {} : { writtenAt }),
  };
}

/** Kong writes times as `timestamp with time zone`, in some tables as seconds. */
function instantIn(written: string): Instant | undefined {
  const ms = /^\d+$/u.test(written) ? Number(written) * 1_000 : Date.parse(written);
  // Beyond the year 9999 it is no time.
  return Number.isFinite(ms) && ms >= 0 && ms < 253_402_300_800_000 ? instantOf(ms) : undefined;
}

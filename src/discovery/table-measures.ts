import { z } from "zod";
import { digestOfText } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
import { entityName, inServersZone, inUtc, maxEntitiesPerTable } from "./entity-digests.ts";
import { limits } from "./limits.ts";
import type { DatabaseLogin, DiscoveryPorts } from "./ports.ts";

/**
 * Tables that change while nobody writes configuration: counters, sessions, tokens, node lists, Kong's own book-keeping.
 * They are neither counted nor part of the fingerprint.
 */
const restless =
  /^(?:cluster_events|clustering_.*|locks|schema_meta|parameters|ttls|sessions|ratelimiting_metrics|response_ratelimiting_metrics|rl_counters|oauth2_tokens|oauth2_authorization_codes|acme_storage|vitals_.*|audit_.*|license_.*|konnect_.*|workspace_entity_counters|admin_gui_sessions)$/u;

/** Names that can be put between double quotes without a second look. */
const plainName = /^[A-Za-z_][A-Za-z0-9_$]*$/u;

const tablesSchema = z.array(z.object({ name: z.string() }));
const measureSchema = z.tuple([
  z.object({
    name: z.string(),
    rows: z.coerce.number(),
    digest: z.string().nullable().optional(),
    entities: z.string().nullable().optional(),
  }),
]);

/** All tables of the schema that Kong uses, sorted. */
export async function listTables(login: DatabaseLogin, ports: DiscoveryPorts): Promise<readonly string[]> {
  const [rows = []] = await ports.querySql({
    login,
    statements: [
      "select table_name as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE' order by table_name collate \"C\"",
    ],
    timeoutMs: limits.sqlTimeoutMs,
  });
  return tablesSchema.parse(rows).map((row) => row.name);
}

/** Rows per table that holds configuration. */
export async function countRows(
  login: DatabaseLogin,
  ports: DiscoveryPorts,
): Promise<Readonly<Record<string, number>>> {
  const look = { login, ports, timeoutMs: limits.sqlTimeoutMs };
  const measures = await measureTables(look, (table) => `count(*)::text as rows from "${table}"`);
  return Object.fromEntries(measures.map((measure) => [measure.name, measure.rows]));
}

export interface TableMeasures {
  readonly counts: Readonly<Record<string, number>>;
  readonly fingerprint: Readonly<Record<string, Digest>>;
  /** JSON per table, as PostgreSQL made it, where asked for: `[[key, digest, name or null], …]`, one per row. */
  readonly entities: ReadonlyMap<string, string>;
}

interface Measuring {
  readonly timeoutMs: number;
  /** Whether each row is told too; tables with more than `maxEntitiesPerTable` are left out. */
  readonly withEntities: boolean;
  /** Which zone times are written in before they are reckoned: UTC where absent. */
  readonly zone?: "server";
}

/**
 * Rows and one digest over all rows per table that holds configuration, all from one state of the database. The order
 * of rows and of columns does not matter; `updated_at` is left out, since saving an entity unchanged is no change.
 */
export async function fingerprintTables(
  login: DatabaseLogin,
  ports: DiscoveryPorts,
  { timeoutMs, withEntities, zone }: Measuring = { timeoutMs: limits.sqlTimeoutMs, withEntities: false },
): Promise<TableMeasures> {
  const measures = await measureTables(
    { login, ports, timeoutMs, zone },
    withEntities ? rowsAndEntities : rowsAndDigest,
  );
  return {
    counts: Object.fromEntries(measures.map((measure) => [measure.name, measure.rows])),
    fingerprint: Object.fromEntries(
      measures.map((measure) => [measure.name, digestOfText(`${measure.name}:${measure.digest ?? "empty"}`)]),
    ),
    entities: new Map(
      measures.flatMap(({ name, entities }) =>
        entities === undefined || entities === null ? [] : [[name, entities] as const],
      ),
    ),
  };
}

const digestOfLines = "count(*)::text as rows, md5(string_agg(line, '' order by line)) as digest";

/**
 * Digits come before letters in every collation, and by bytes they are sorted faster. The collation is that of the
 * column: in `order by` it would make PostgreSQL reckon every line twice (measured with 17: twice the processor time).
 */
const lineOf = (record: string): string => `md5((${record} - 'updated_at')::text) collate "C" as line`;

function rowsAndDigest(table: string): string {
  return `${digestOfLines} from (select ${lineOf("to_jsonb(t)")} from "${table}" t) lines`;
}

/** Each row becomes JSON once for both: `offset 0` keeps the planner from doing it for every use. */
function rowsAndEntities(table: string): string {
  const most = maxEntitiesPerTable;
  const names = `coalesce(row->>'id', row->>'entity_id') as key, left(${entityName}, 200) as name`;
  return `${digestOfLines}, case when count(*) <= ${most} then coalesce(json_agg(json_build_array(coalesce(key, line), line, name)) filter (where number <= ${most}), '[]'::json)::text end as entities from (select ${lineOf("row")}, ${names}, row_number() over () as number from (select to_jsonb(t) as row from "${table}" t offset 0) records) lines`;
}

interface Look {
  readonly login: DatabaseLogin;
  readonly ports: DiscoveryPorts;
  readonly timeoutMs: number;
  readonly zone?: Measuring["zone"];
}

async function measureTables(
  { login, ports, timeoutMs, zone }: Look,
  select: (table: string) => string,
): Promise<readonly z.infer<typeof measureSchema>[0][]> {
  const tables = (await listTables(login, ports)).filter((table) => !restless.test(table) && plainName.test(table));
  if (tables.length === 0) return [];
  const [, ...results] = await ports.querySql({
    login,
    statements: [
      zone === "server" ? inServersZone : inUtc,
      ...tables.map((table) => `select '${table}' as name, ${select(table)}`),
    ],
    timeoutMs,
  });
  return results.map((rows) => measureSchema.parse(rows)[0]);
}

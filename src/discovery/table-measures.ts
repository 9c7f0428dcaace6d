import { z } from "zod";
import { digestOfText } from "#src/kernel/digest.ts";
import type { Digest } from "#src/kernel/digest.ts";
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
  z.object({ name: z.string(), rows: z.coerce.number(), digest: z.string().nullable().optional() }),
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
  const measures = await measureTables({ login, ports }, (table) => `count(*)::text as rows from "${table}"`);
  return Object.fromEntries(measures.map((measure) => [measure.name, measure.rows]));
}

export interface TableMeasures {
  readonly counts: Readonly<Record<string, number>>;
  readonly fingerprint: Readonly<Record<string, Digest>>;
}

/**
 * Rows and one digest over all rows per table that holds configuration, all from one state of the database. The order
 * of rows and of columns does not matter; `updated_at` is left out, since saving an entity unchanged is no change.
 */
export async function fingerprintTables(login: DatabaseLogin, ports: DiscoveryPorts): Promise<TableMeasures> {
  const measures = await measureTables(
    { login, ports },
    (table) =>
      `count(*)::text as rows, md5(string_agg(line, '' order by line)) as digest from (select md5((to_jsonb(t) - 'updated_at')::text) as line from "${table}" t) lines`,
  );
  return {
    counts: Object.fromEntries(measures.map((measure) => [measure.name, measure.rows])),
    fingerprint: Object.fromEntries(
      measures.map((measure) => [measure.name, digestOfText(`${measure.name}:${measure.digest ?? "empty"}`)]),
    ),
  };
}

async function measureTables(
  { login, ports }: { readonly login: DatabaseLogin; readonly ports: DiscoveryPorts },
  select: (table: string) => string,
): Promise<readonly z.infer<typeof measureSchema>[0][]> {
  const tables = (await listTables(login, ports)).filter((table) => !restless.test(table) && plainName.test(table));
  if (tables.length === 0) return [];
  const results = await ports.querySql({
    login,
    statements: tables.map((table) => `select '${table}' as name, ${select(table)}`),
    timeoutMs: limits.sqlTimeoutMs,
  });
  return results.map((rows) => measureSchema.parse(rows)[0]);
}

import type { Client } from "pg";
import { z } from "zod";
import type { ArchiveEntry } from "./archive-entry.ts";
import { objectQueries, unsupportedObjects } from "./catalogue-queries.ts";
import { ToolFailure } from "./tool-failure.ts";

const found = z.object({
  kind: z.string(),
  oid: z.coerce.number(),
  schema: z.string(),
  tag: z.string(),
  owner: z.string(),
  create: z.string(),
  drop: z.string(),
  own: z.string(),
});
const unsupported = z.object({ what: z.string(), name: z.string() });

/** What the dump is limited to. */
export interface SchemaFilter {
  /** Only these schemas; all but the system's when empty. */
  readonly schemas: readonly string[];
  readonly withSchema: boolean;
  readonly withData: boolean;
}

/**
 * Reads the entries of a database from its catalogue, in an order in which they can be created.
 * @throws ToolFailure naming objects of kinds that the stand-in can not dump, rather than leaving them out silently.
 */
export async function schemaEntries(client: Client, filter: SchemaFilter): Promise<readonly ArchiveEntry[]> {
  const schemas = filter.schemas.length === 0 ? null : filter.schemas;
  const { rows: strange } = await client.query(unsupportedObjects, [schemas]);
  if (strange.length > 0) {
    const names = strange.map((row) => unsupported.parse(row)).map(({ what, name }) => `${what} ${name}`);
    throw new ToolFailure(
      `pg_dump: error: the simulated pg_dump can not dump ${names.slice(0, 10).join(", ")}; install PostgreSQL's client tools`,
    );
  }
  const entries: ArchiveEntry[] = [];
  for (const { section, sql } of objectQueries) {
    const isWanted = section === "data" ? filter.withData : filter.withSchema;
    if (!isWanted) continue;
    const { rows } = await client.query(sql, [schemas]);
    for (const row of rows) entries.push({ ...found.parse(row), section, id: entries.length + 1 });
  }
  return entries;
}

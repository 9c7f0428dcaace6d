import type { Client } from "pg";
import { z } from "zod";

const fetchRows = 500;
const columnRow = z.object({ name: z.string(), shown: z.string(), identity: z.string() });
const textRow = z.array(z.string().nullable());

/** INSERT statements that hold all rows of a table, read in portions; the caller holds the transaction. */
export async function* insertStatements(
  client: Client,
  table: { schema: string; name: string },
): AsyncGenerator<string> {
  const relation = `${client.escapeIdentifier(table.schema)}.${client.escapeIdentifier(table.name)}`;
  const { rows } = await client.query(
    `select quote_ident(a.attname) as name, quote_ident(a.attname) || '::text' as shown, a.attidentity::text as identity
     from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     order by a.attnum`,
    [relation],
  );
  const columns = rows.map((row) => columnRow.parse(row));
  if (columns.length === 0) return;
  const names = columns.map((column) => column.name).join(", ");
  const overriding = columns.some((column) => column.identity !== "") ? " OVERRIDING SYSTEM VALUE" : "";
  await client.query(
    `declare dump_rows no scroll cursor for select ${columns.map((column) => column.shown).join(", ")} from only ${relation}`,
  );
  for (;;) {
    const fetched = await client.query({ text: `fetch ${fetchRows} from dump_rows`, rowMode: "array" });
    if (fetched.rows.length === 0) break;
    const tuples = fetched.rows.map((row) => {
      const values = textRow
        .parse(row)
        .map((value) => (value === null ? "NULL" : client.escapeLiteral(value).trimStart()));
      return `(${values.join(", ")})`;
    });
    yield `INSERT INTO ${relation} (${names})${overriding} VALUES\n${tuples.join(",\n")};`;
  }
  await client.query("close dump_rows");
}

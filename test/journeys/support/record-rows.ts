import { Client } from "pg";
import { z } from "zod";
import { recordedEventSchema } from "#src/upgrade/events.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";

const rowSchema = z
  .object({
    upgrade_id: z.string(),
    version: z.number(),
    data: z.unknown(),
    actor: z.unknown(),
    recorded_at: z.date(),
    previous: z.string(),
    hash: z.string(),
  })
  .transform(({ upgrade_id: upgradeId, data: event, recorded_at, ...rest }) =>
    recordedEventSchema.parse({ upgradeId, event, at: recorded_at.toISOString(), ...rest }),
  );

/** The record as somebody with the superuser's password sees it, past the bot. */
export interface Rows extends AsyncDisposable {
  /** Number of events, of one type or of all. */
  count(type?: string): Promise<number>;
  /** First 16 hexadecimal digits of the newest plan's digest, as buttons carry it. */
  newestPlan(): Promise<string>;
  newestId(): Promise<string>;
  events(id: string): Promise<readonly RecordedEvent[]>;
  sql(statement: string, values?: readonly unknown[]): Promise<readonly unknown[]>;
}

const planSchema = z.object({ digest: z.string() });
const idSchema = z.object({ id: z.string() });

export async function openRows(databaseUrl: string): Promise<Rows> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000, query_timeout: 10_000 });
  await client.connect();
  const sql: Rows["sql"] = async (statement, values = []) => (await client.query(statement, [...values])).rows;
  const first = async <Schema extends z.ZodType>(statement: string, schema: Schema): Promise<z.output<Schema>> =>
    schema.parse((await sql(statement))[0]);
  return {
    sql,
    count: async (type) => {
      const rows = await sql("select 1 from kong_upgrade.event where $1::text is null or type = $1", [type ?? null]);
      return rows.length;
    },
    newestPlan: async () => {
      const statement = `select data -> 'plan' ->> 'digest' as digest from kong_upgrade.event
         where type = 'plan_made' order by recorded_at desc, version desc limit 1`;
      return (await first(statement, planSchema)).digest.slice("sha256:".length, "sha256:".length + 16);
    },
    newestId: async () =>
      (await first("select id from kong_upgrade.upgrade order by requested_at desc, id desc limit 1", idSchema)).id,
    events: async (id) =>
      rowSchema
        .array()
        .parse(await sql("select * from kong_upgrade.event where upgrade_id = $1 order by version", [id])),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

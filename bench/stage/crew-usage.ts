import { Client } from "pg";
import { z } from "zod";
import type { Crew, Member } from "./crew.ts";
import { cpuMsOf, memoryOf, serverCpuMs } from "./usage-of.ts";

/** What the processes of a crew have used since their start; times in milliseconds of a processor. */
export interface Usage {
  readonly bots: readonly number[];
  readonly runners: readonly number[];
  readonly server: number;
  readonly transactions: number;
  readonly connections: number;
}

/** What was used up to now. */
export async function usageOf({ bots, runners, databaseDir }: Crew, database: Client): Promise<Usage> {
  return {
    bots: await cpuOfEach(bots),
    runners: await cpuOfEach(runners),
    server: await serverCpuMs(databaseDir),
    ...(await activityOf(database)),
  };
}

/** Of the largest of these processes now, in megabytes. */
export async function largestRss(members: readonly Member[]): Promise<number> {
  return Math.max(...(await Promise.all(members.map(async ({ pid }) => (await memoryOf(pid)).rssMb))));
}

function cpuOfEach(members: readonly Member[]): Promise<readonly number[]> {
  return Promise.all(members.map(({ pid }) => cpuMsOf(pid)));
}

const activitySchema = z.object({ transactions: z.coerce.number(), connections: z.coerce.number() });

async function activityOf(database: Client): Promise<z.infer<typeof activitySchema>> {
  const { rows } = await database.query(
    `select sum(xact_commit + xact_rollback) as transactions,
            (select count(*) from pg_stat_activity where backend_type = 'client backend') as connections
     from pg_stat_database`,
  );
  return activitySchema.parse(rows[0]);
}

/** A connection of its own, to see what PostgreSQL does. */
export async function openActivity(url: string): Promise<Client & AsyncDisposable> {
  const client = new Client(url);
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

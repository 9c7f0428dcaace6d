import { execute } from "./database.ts";
import type { Database } from "./database.ts";
import { storableText } from "./storable.ts";

/** Slack repeats a delivery for about half an hour (platform.md); a day is plenty, and a bound. */
const keptFor = "1 day";
const cleanEvery = 500;

/** Answers, once per key and for all replicas, that a delivery is new. */
export function createInbox(database: Database): (key: string) => Promise<boolean> {
  let sinceCleaning = cleanEvery;
  return async (key) => {
    sinceCleaning += 1;
    if (sinceCleaning > cleanEvery) {
      sinceCleaning = 0;
      await execute(
        database,
        `delete from kong_upgrade.slack_inbox where received_at < clock_timestamp() - interval '${keptFor}'`,
      );
    }
    const inserted = await execute(
      database,
      `insert into kong_upgrade.slack_inbox (dedup_key, received_at) values ($1, clock_timestamp())
       on conflict do nothing`,
      [storableText(key)],
    );
    return inserted.rowCount === 1;
  };
}

import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { KongFailure } from "#practice/kong/cli/failure.ts";
import type { KongDatabase } from "./connection.ts";

/** `ran`: the work was done under the lock. `held_elsewhere`: nothing was done, somebody else has or had the lock. */
export type LockOutcome = "ran" | "held_elsewhere";

/** Whether to wait for somebody else's lock (`up`, `bootstrap`) or to give up at once (`finish`). */
export type LockPatience = "waits" | "gives_up";

/** Pauses between two looks at a taken lock, in seconds; the last one repeats (transcript 05). */
const pausesSeconds = [0.1, 0.3, 0.9, 2] as const;

/**
 * Runs `work` under the row `migrations` of table `locks`. The row lives for `ttlSeconds` from the clock of this host and
 * is judged by the clock of the database; it is never renewed, and it stays when this process is killed.
 * @throws KongFailure `timeout` when the wait outlasts `ttlSeconds`; whatever `work` throws, after removing the row.
 */
export async function withMigrationLock(
  database: KongDatabase,
  options: { readonly ttlSeconds: number; readonly patience: LockPatience },
  work: () => Promise<void>,
): Promise<LockOutcome> {
  const owner = randomUUID();
  const startedAt = Date.now();
  if (!(await takeLock(database, owner, options.ttlSeconds))) {
    if (options.patience === "waits") await waitForRelease(database, startedAt, options.ttlSeconds);
    return "held_elsewhere";
  }
  try {
    await work();
  } finally {
    await database.client.query("delete from locks where key = 'migrations' and owner = $1", [owner]);
  }
  return "ran";
}

/** Puts the lock row there on behalf of `owner`; false when a row that has not expired is in the way. */
export async function takeLock(database: KongDatabase, owner: string, ttlSeconds: number): Promise<boolean> {
  const expiresAt = new Date(Date.now() + ttlSeconds * 1000).toISOString();
  await database.client.query("delete from locks where ttl < current_timestamp");
  const { rowCount } = await database.client.query(
    "insert into locks (key, owner, ttl) values ('migrations', $1, $2) on conflict do nothing",
    [owner, expiresAt],
  );
  return rowCount === 1;
}

async function waitForRelease(database: KongDatabase, startedAt: number, ttlSeconds: number): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    await delay((pausesSeconds[attempt] ?? 2) * 1000);
    const { rows } = await database.client.query(
      "select 1 from locks where key = 'migrations' and ttl >= current_timestamp",
    );
    if (rows.length === 0) return;
    if (Date.now() - startedAt > ttlSeconds * 1000) throw new KongFailure("[PostgreSQL error] timeout");
  }
}

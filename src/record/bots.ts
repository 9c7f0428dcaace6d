import { setTimeout as delay } from "node:timers/promises";
import type { Pool } from "pg";
import { z } from "zod";
import { errorMessage } from "#src/kernel/app-error.ts";
import { execute, select } from "./database.ts";
import type { Database } from "./database.ts";
import type { OnTrouble } from "./listen.ts";

/** One process of the Slack side. */
export interface BotInfo {
  readonly replica: string;
  /** Version of this program. */
  readonly version: string;
}

const announceEveryMs = 20_000;
/** Three announcements missed: the replica is gone, or its database is. */
const seenWithin = "1 minute";
const forgottenAfter = "1 day";

/** Says that this replica of the bot is there, and which version it has, until disposed. @throws AppError `database_unreachable` */
export async function announceBot(pool: Pool, bot: BotInfo, onTrouble: OnTrouble): Promise<AsyncDisposable> {
  const stop = new AbortController();
  await execute(
    pool,
    `delete from kong_upgrade.bot where last_seen < clock_timestamp() - interval '${forgottenAfter}'`,
  );
  await announce(pool, bot);
  const done = keepAnnouncing();

  async function keepAnnouncing(): Promise<void> {
    for (;;) {
      await delay(announceEveryMs, undefined, { signal: stop.signal }).catch(() => undefined);
      if (stop.signal.aborted) return;
      await announce(pool, bot).catch((cause: unknown) =>
        onTrouble(`bot ${bot.replica} could not say that it is there: ${errorMessage(cause)}`),
      );
    }
  }

  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await done;
      // Without it the row is forgotten a minute later.
      await execute(pool, "delete from kong_upgrade.bot where replica = $1", [bot.replica]).catch(() => undefined);
    },
  };
}

async function announce(pool: Pool, { replica, version }: BotInfo): Promise<void> {
  await execute(
    pool,
    `insert into kong_upgrade.bot (replica, version, last_seen) values ($1, $2, clock_timestamp())
     on conflict (replica) do update set version = excluded.version, last_seen = excluded.last_seen`,
    [replica, version],
  );
}

/** Versions of the bot's replicas that were seen within the last minute, each once. */
export async function readBotVersions(database: Database): Promise<readonly string[]> {
  const rows = await select(
    database,
    z.object({ version: z.string() }),
    `select distinct version from kong_upgrade.bot where last_seen > clock_timestamp() - interval '${seenWithin}' order by version limit 20`,
  );
  return rows.map(({ version }) => version);
}

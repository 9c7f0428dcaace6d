import { hostname, userInfo } from "node:os";
import { humanIdSchema, userIdSchema } from "#approvals/person.ts";
import type { Settings } from "#src/config/settings.ts";
import { AppError } from "#src/kernel/app-error.ts";
import type { Logger } from "#src/log.ts";
import { openPool } from "#src/record/database.ts";
import { requireOwnSchema } from "#src/record/migrate.ts";
import { takeAway } from "#src/step-up/person-row.ts";
import type { Printed } from "./run-word.ts";

const usage =
  "usage: kong-upgrade totp-reset HUMAN, the directory identity of the configuration (erin@example.com), or the Slack user id where none is mapped (U0ERIN001)";

/**
 * Takes the secret of one-time codes away from somebody who lost their phone; who did it is kept and logged. Before that
 * somebody has to make sure who asks: whoever enrols next under this identity can approve.
 * @throws AppError `usage`, `config_invalid`, `database_unreachable`, `record_invalid` (another version made it).
 */
export async function resetCodes(human: string | undefined, settings: Settings, log: Logger): Promise<Printed> {
  const isIdentity = humanIdSchema.safeParse(human).success || userIdSchema.safeParse(human).success;
  if (human === undefined || !isIdentity) throw new AppError("usage", usage);
  if (settings.databaseUrl === undefined)
    throw new AppError("config_invalid", "set DATABASE_URL to the database of the bot; the codes are kept there");
  const pool = openPool(settings.databaseUrl);
  try {
    await requireOwnSchema(pool);
    const by = `${userInfo().username}@${hostname()}`;
    // Not through the codes themselves: taking a secret away needs no key, and must not make one.
    const hadAny = await takeAway(pool, human, by, undefined);
    log.warn({ human, by, hadAny }, "one-time codes were reset at a terminal");
    return hadAny
      ? { text: `The secret of ${human} is gone. They enrol again with \`/kong-upgrade totp\` in Slack.`, status: 0 }
      : {
          text: `${human} has no one-time codes; nothing was changed. Is it the identity of kong-upgrade.yml?`,
          status: 1,
          isNo: true,
        };
  } finally {
    await pool.end();
  }
}

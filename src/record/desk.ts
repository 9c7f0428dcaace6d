import type { Pool } from "pg";
import { z } from "zod";
import { AppError, errorMessage } from "#src/kernel/app-error.ts";
import { no } from "#src/kernel/result.ts";
import type { Result } from "#src/kernel/result.ts";
import { databaseKey, databaseKeys } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Accepted, Desk } from "#src/upgrade/desk.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { Actor, Requester, UpgradeId } from "#src/upgrade/identity.ts";
import type { IntentOf } from "#src/upgrade/intents.ts";
import { refuse } from "#src/upgrade/refusals.ts";
import type { Refusal } from "#src/upgrade/refusals.ts";
import { refuseUnreviewed } from "#src/upgrade/review.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { select } from "./database.ts";
import { readEvents, takeId } from "./event-rows.ts";
import { readRunners } from "./runners.ts";
import { OpenElsewhere } from "./upgrade-log.ts";
import type { OnTrouble } from "./listen.ts";
import type { UpgradeLog } from "./upgrade-log.ts";

/** A list is for a page or a message; more than this nobody reads. */
const maxListed = 500;
const maxAttempts = 5;

/** The one door for writes, over the log in PostgreSQL. */
export function createDesk(pool: Pool, log: UpgradeLog, onTrouble: OnTrouble): Desk {
  const find = async (id: UpgradeId) => (await log.load(id)).fold?.upgrade;

  /** Told once each; lists are read several times a second. */
  const unreadable = new Set<UpgradeId>();

  /** One record that was tampered with must not hide all the others; it is told, and `verify` names what is wrong. */
  async function findReadable(id: UpgradeId): Promise<Upgrade | undefined> {
    try {
      return await find(id);
    } catch (cause) {
      if (cause instanceof AppError && cause.code === "database_unreachable") throw cause;
      if (!unreadable.has(id)) onTrouble(`${id} is left out, its record cannot be read: ${errorMessage(cause)}`);
      unreadable.add(id);
      return undefined;
    }
  }

  async function findOpen(environment: string): Promise<Upgrade | undefined> {
    const [row] = await select(
      pool,
      idRow,
      "select id from kong_upgrade.upgrade where environment = $1 and is_open and mode = 'plan'",
      [environment],
    );
    return row === undefined ? undefined : find(row.id);
  }

  async function list({ environment, isOpen, limit }: Parameters<Desk["list"]>[0]): Promise<readonly Upgrade[]> {
    const rows = await select(
      pool,
      headRow,
      `select id, head_hash as head from kong_upgrade.upgrade
       where ($1::text is null or environment = $1) and ($2::boolean is null or is_open = $2)
       order by requested_at desc, id desc limit $3`,
      [environment ?? null, isOpen ?? null, Math.min(limit, maxListed)],
    );
    // Lists are read several times a second by every process: what has not moved is not read again.
    const upgrades = await Promise.all(rows.map(async ({ id, head }) => log.foldedAt(id, head) ?? findReadable(id)));
    return upgrades.filter((upgrade) => upgrade !== undefined);
  }

  /** What is in the way of a new upgrade: one that only shares the database comes first, it can never be joined. */
  async function findInTheWay(environment: Environment): Promise<Upgrade | undefined> {
    const [row] = await select(
      pool,
      idRow,
      `select id from kong_upgrade.upgrade
       where is_open and mode = 'plan' and (environment = $1 or database_key = any($2) or id in (
         select upgrade_id from kong_upgrade.upgrade_lock_database where database_key = any($2)))
       order by environment = $1 limit 1`,
      [environment.name, databaseKeys(environment)],
    );
    return row === undefined ? undefined : find(row.id);
  }

  async function requestOnce(intent: IntentOf<"request">, actor: Actor): Promise<Result<Accepted, Refusal>> {
    const open = intent.mode === "plan" ? await findInTheWay(intent.environment) : undefined;
    if (open === undefined) return log.apply(await takeId(pool), intent, actor);
    const isSame = open.request.environment.name === intent.environment.name;
    const isUntouched = open.status === "surveying" || open.status === "planned";
    return isSame && isUntouched ? log.apply(open.id, intent, actor) : no(refuseSecond(open, intent.environment.name));
  }

  return {
    find,
    findOpen,
    list,
    events: (id, afterVersion) => readEvents(pool, id, afterVersion),
    runners: () => readRunners(pool),
    submit: (id, intent, actor) => log.apply(id, intent, actor),
    request: async (intent, actor) => {
      for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
        try {
          const answer = await requestOnce(intent, actor);
          if (answer.ok || answer.problem.code !== "review_needed") return answer;
          const unreviewed = await findUnreviewed(pool, intent.environment);
          const upgrade = unreviewed && (await find(unreviewed));
          // Where there is none any more, it was reviewed in this moment.
          if (upgrade !== undefined) return no(refuseUnreviewed(upgrade, intent.environment.name));
        } catch (cause) {
          // Somebody was faster: the next look finds what they opened.
          if (!(cause instanceof OpenElsewhere)) throw cause;
        }
      }
      throw new AppError(
        "record_conflict",
        `upgrades of ${intent.environment.name} were opened and closed ${maxAttempts} times in this moment; nothing was recorded, try again`,
      );
    },
  };
}

const idRow = z.object({ id: upgradeIdSchema });
const headRow = z.object({ id: upgradeIdSchema, head: z.string() });

/** The upgrade that must be reviewed before another of the environment, or of its database, begins. */
async function findUnreviewed(pool: Pool, environment: Environment): Promise<UpgradeId | undefined> {
  const [row] = await select(
    pool,
    idRow,
    `select id from kong_upgrade.upgrade where needs_review and not is_open and (environment = $1 or database_key = $2)
     order by requested_at limit 1`,
    [environment.name, databaseKey(environment)],
  );
  return row?.id;
}

function refuseSecond(open: Upgrade, environment: string): Refusal {
  const { request } = open;
  const where =
    request.environment.name === environment
      ? `${environment} has an open upgrade`
      : `${environment} shares its database with ${request.environment.name}, which has an open upgrade`;
  return refuse(
    "already_open",
    `${where}: ${open.id} to ${request.to}, asked for by ${nameOf(request.by)} at ${request.at}, is ${describe(open)}.`,
    `Wait until ${open.id} is closed, or close it with \`/kong-upgrade abort ${open.id}\`, then ask again.`,
  );
}

function describe(open: Upgrade): string {
  switch (open.status) {
    case "surveying":
      return "waiting for a look at the installation";
    case "planned":
      return "planned, not started";
    case "active":
      return open.rollback === undefined ? "being executed" : "being rolled back";
    case "closed":
      return "closed";
  }
}

function nameOf(by: Requester): string {
  if (by.kind === "terminal") return `${by.account} on ${by.host}`;
  return by.person.kind === "known" ? `${by.person.name} (${by.person.userId})` : by.person.userId;
}

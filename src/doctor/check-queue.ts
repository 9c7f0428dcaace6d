import { openSession } from "#src/record/database.ts";
import { hasPostgresQueue, inspectRedis } from "#src/run/queue/inspect.ts";
import { failed, ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** BullMQ wants Redis 6.2 or later (docs.bullmq.io, connections). */
const oldestRedis = [6, 2] as const;

/** The queue on Redis. Losing all of it costs time and no work: open upgrades are rung again from the record. */
export async function checkRedisQueue(redisUrl: string): Promise<readonly Finding[]> {
  const { version, evictionPolicy, isAofOn, role } = await inspectRedis(redisUrl);
  const replica = role === "replica" ? [failed(about("role"), "a replica, which takes no jobs", primaryWanted)] : [];
  return [checkVersion(version), ...replica, checkEviction(evictionPolicy), checkPersistence(isAofOn)];
}

const primaryWanted = "name the primary in REDIS_URL; after a failover that is the server which took over";
const about = (subject: string) => ({ area: "queue", subject }) as const;

function checkVersion(version: string | undefined): Finding {
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  const [oldestMajor, oldestMinor] = oldestRedis;
  const fix = `BullMQ wants Redis ${oldestMajor}.${oldestMinor} or later: upgrade the server, or unset REDIS_URL to use PostgreSQL`;
  if (version === undefined) return warning(about("redis"), "answers, but does not tell its version", fix);
  const isOld = major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
  return isOld ? failed(about("redis"), `Redis ${version} is too old`, fix) : ok(about("redis"), `Redis ${version}`);
}

function checkEviction(policy: string | undefined): Finding {
  const subject = about("maxmemory-policy");
  const fix = "set maxmemory-policy noeviction, or the server throws jobs away when its memory is full";
  if (policy === undefined) return warning(subject, "not told by the server", fix);
  return policy === "noeviction" ? ok(subject, policy) : failed(subject, policy, fix);
}

function checkPersistence(isAofOn: boolean | undefined): Finding {
  const subject = about("persistence");
  const fix = "set appendonly yes, so that a restart keeps what waits; without it a ring is repeated within seconds";
  if (isAofOn === undefined) return warning(subject, "not told by the server", fix);
  return isAofOn ? ok(subject, "append-only file is on") : warning(subject, "append-only file is off", fix);
}

/** The queue on PostgreSQL, beside the record. @throws AppError `database_unreachable` */
export async function checkPostgresQueue(url: string): Promise<readonly Finding[]> {
  await using session = await openSession(url);
  const subject = about("postgresql");
  return [
    (await hasPostgresQueue(session.client))
      ? ok(subject, "the queue's tables lie beside the record")
      : warning(subject, "there are no tables of the queue yet", "start the bot: it makes them"),
  ];
}

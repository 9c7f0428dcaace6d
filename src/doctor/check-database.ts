import type { Client } from "pg";
import { z } from "zod";
import { instantSchema, epochMsOf } from "#src/kernel/instant.ts";
import { formatDuration } from "#src/kernel/duration.ts";
import { openSession, select } from "#src/record/database.ts";
import { instantSql } from "#src/record/instant-sql.ts";
import { readMigrationState } from "#src/record/migrate.ts";
import { readRunners } from "#src/record/runners.ts";
import { failed, ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** jsonpath operators of the append came with PostgreSQL 12; 13 and older get no fixes any more (postgresql.org, versioning policy). */
const oldestMajor = 12;
const oldestSupportedMajor = 14;
/** Beyond this a runner starts nothing approved (src/run/clock-difference.ts). */
const maxDifferenceMs = 30_000;
const notableDifferenceMs = 5_000;

export interface DatabaseLook {
  readonly url: string;
  readonly environments: readonly string[];
  /** The server is one that this project brought, where our role is the only one. */
  readonly isEmbedded: boolean;
  readonly now: () => number;
}

const about = (subject: string) => ({ area: "database", subject }) as const;

/** The database of the record, on one connection of its own; nothing is written. @throws AppError `database_unreachable` */
export async function checkDatabase(look: DatabaseLook): Promise<readonly Finding[]> {
  await using session = await openSession(look.url);
  const { client } = session;
  const findings = [await checkServer(client), await checkClock(client, look.now)];
  const state = await readMigrationState(client);
  if (state.applied.length === 0) return [...findings, await checkMayCreate(client)];
  return [
    ...findings,
    checkMigrations(state),
    await checkTrigger(client),
    ...(await checkRole(client, look.isEmbedded)),
    ...(state.missing.length > 0 ? [] : await checkRunners(client, look)),
  ];
}

async function checkServer(client: Client): Promise<Finding> {
  const [row] = await select(
    client,
    z.object({ version: z.string(), number: z.coerce.number(), place: z.string() }),
    `select current_setting('server_version') as version, current_setting('server_version_num') as number,
            current_database() as place`,
  );
  const major = Math.floor((row?.number ?? 0) / 10_000);
  const seen = `PostgreSQL ${row?.version ?? "?"}, database ${row?.place ?? "?"}`;
  const fix = `upgrade the server; ${oldestSupportedMajor} or later gets fixes`;
  if (major < oldestMajor) return failed(about("server"), `${seen} is too old`, fix);
  return major < oldestSupportedMajor
    ? warning(about("server"), `${seen} gets no fixes any more`, fix)
    : ok(about("server"), seen);
}

async function checkClock(client: Client, now: () => number): Promise<Finding> {
  const asked = now();
  const [row] = await select(
    client,
    z.object({ now: instantSchema }),
    `select ${instantSql("clock_timestamp()")} as now`,
  );
  const difference = row === undefined ? 0 : (asked + now()) / 2 - epochMsOf(row.now);
  return clockFinding("this host and the database", difference);
}

/** How far this host's clock is ahead (negative: behind) of another one, in milliseconds. */
export function clockFinding(subject: string, differenceMs: number): Finding {
  const clock = { area: "clock", subject } as const;
  const apart = Math.abs(differenceMs);
  const seen = `${formatDuration(apart)} apart${apart < 1 ? "" : `; this host is ${differenceMs > 0 ? "ahead" : "behind"}`}`;
  const fix = "keep the clocks right with NTP (chrony, systemd-timesyncd) on every machine";
  if (apart > maxDifferenceMs) return failed(clock, `${seen}: a runner here starts nothing that was approved`, fix);
  return apart > notableDifferenceMs ? warning(clock, seen, fix) : ok(clock, seen);
}

async function checkMayCreate(client: Client): Promise<Finding> {
  const [row] = await select(
    client,
    z.object({ may: z.boolean(), role: z.string() }),
    "select has_database_privilege(current_database(), 'CREATE') as may, current_user as role",
  );
  return row?.may === true
    ? warning(about("schema"), "there is no schema kong_upgrade yet", "start the bot: it makes the schema")
    : failed(
        about("schema"),
        `there is no schema kong_upgrade, and the role ${row?.role ?? ""} may not create it`,
        "let an administrator run: create schema kong_upgrade authorization <role>",
      );
}

function checkMigrations({
  applied,
  missing,
  unknown,
  edited,
}: Awaited<ReturnType<typeof readMigrationState>>): Finding {
  const subject = about("migrations");
  if (edited.length > 0)
    return failed(
      subject,
      `applied with other contents: ${edited.join(", ")}`,
      "install the version of kong-upgrade that belongs to this database",
    );
  if (unknown.length > 0)
    return failed(
      subject,
      `made by a newer kong-upgrade: ${unknown.join(", ")}`,
      "install the version that the bot has; an older one must not write here",
    );
  return missing.length > 0
    ? warning(subject, `not applied yet: ${missing.join(", ")}`, "start the bot of this version: it applies them")
    : ok(subject, `all ${applied.length} applied`);
}

async function checkTrigger(client: Client): Promise<Finding> {
  const [row] = await select(
    client,
    z.object({ enabled: z.string() }),
    `select tgenabled::text as enabled from pg_trigger
     where tgrelid = to_regclass('kong_upgrade.event') and tgname = 'event_is_append_only' and not tgisinternal`,
  );
  // O: in every ordinary session, A: always (PostgreSQL, pg_trigger).
  const isOn = row !== undefined && ["O", "A"].includes(row.enabled);
  return isOn
    ? ok(about("append-only"), "a trigger forbids to change or delete events")
    : failed(
        about("append-only"),
        row === undefined
          ? "the trigger event_is_append_only is gone"
          : "the trigger event_is_append_only is switched off",
        "find out who did that and why, verify every record (`kong-upgrade verify KU-…`), then: alter table kong_upgrade.event enable trigger event_is_append_only, or restore it from src/record/sql/0001_events.sql",
      );
}

async function checkRole(client: Client, isEmbedded: boolean): Promise<readonly Finding[]> {
  const [row] = await select(
    client,
    z.object({ role: z.string(), is_superuser: z.boolean(), lacks: z.array(z.string()) }),
    `select current_user as role, (select rolsuper from pg_roles where rolname = current_user) as is_superuser,
            array(
              select privilege || ' on ' || relname::text
              from pg_class join pg_namespace on pg_namespace.oid = relnamespace,
                   unnest(array['select', 'insert']) as privilege
              where nspname = 'kong_upgrade' and relkind = 'r' and not has_table_privilege(pg_class.oid, privilege)
              order by 1
            ) as lacks`,
  );
  const { role = "?", is_superuser: isSuperuser = false, lacks = [] } = row ?? {};
  const subject = about("role");
  if (lacks.length > 0)
    return [
      failed(
        subject,
        `${role} lacks ${lacks.slice(0, 5).join(", ")}`,
        "grant it, or make the role the owner of the schema kong_upgrade",
      ),
    ];
  return isSuperuser && !isEmbedded
    ? [
        warning(
          subject,
          `${role} is a superuser, who can switch triggers off`,
          "give bot and runners a role of their own",
        ),
      ]
    : [ok(subject, `${role} has what it needs`)];
}

async function checkRunners(client: Client, { environments }: DatabaseLook): Promise<readonly Finding[]> {
  const runners = await readRunners(client);
  return environments.map((environment) => {
    const subject = { area: "runners", subject: environment } as const;
    const own = runners.filter((runner) => runner.environments.includes(environment));
    const alive = own.filter(({ isAlive }) => isAlive);
    if (alive.length > 0)
      return ok(subject, alive.map(({ id, host, version }) => `${id} on ${host}, version ${version}`).join("; "));
    const last = own.toSorted((left, right) => (left.lastSeen < right.lastSeen ? 1 : -1))[0];
    return failed(
      subject,
      last === undefined
        ? "no runner ever served it"
        : `no runner lives; ${last.id} on ${last.host} was seen last at ${last.lastSeen}`,
      `start one near its Kong: kong-upgrade runner --environment ${environment}`,
    );
  });
}

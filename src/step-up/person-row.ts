import type { ClientBase } from "pg";
import { z } from "zod";
import { instantSchema } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { execute, select } from "#src/record/database.ts";
import type { Database } from "#src/record/database.ts";
import { instantSql } from "#src/record/instant-sql.ts";
import type { SealedSecret } from "./encryption.ts";

/** What `kong_upgrade.step_up` says of a person at one moment. Whoever is not known yet has nothing in it. */
export interface PersonRow {
  readonly identity: string;
  /** Of the database's clock, or the moment that a test gave. */
  readonly now: Instant;
  /** The secret that codes are checked with. */
  readonly enrolled: { readonly secret: SealedSecret; readonly since: Instant } | undefined;
  /** A secret that waits for its first code; absent too when its time is over. */
  readonly pending: { readonly secret: SealedSecret; readonly until: Instant } | undefined;
  readonly wrongAt: readonly Instant[];
  /** Absent too when the lock is over. */
  readonly lockedUntil: Instant | undefined;
  readonly reset: { readonly by: string; readonly at: Instant } | undefined;
}

/** An enrolment that nobody confirmed in this time is void. Longer than a lock, so that it can be finished after one. */
const pendingFor = "1 hour";
/** Bounds the time that one sweep takes. */
const sweptAtOnce = 100;

const rowSchema = z.object({
  now: instantSchema,
  enrolled_key_id: z.string().nullable(),
  enrolled_secret: z.instanceof(Uint8Array).nullable(),
  enrolled_at: instantSchema.nullable(),
  pending_key_id: z.string().nullable(),
  pending_secret: z.instanceof(Uint8Array).nullable(),
  pending_until: instantSchema.nullable(),
  wrong_at: z.array(z.date()).nullable(),
  locked_until: instantSchema.nullable(),
  reset_at: instantSchema.nullable(),
  reset_by: z.string().nullable(),
});

/** Reads a person's row, without waiting for anybody. */
export async function readPerson(database: Database, identity: string, now: Instant | undefined): Promise<PersonRow> {
  const [row] = await select(
    database,
    rowSchema,
    `select ${instantSql("given.now")} as now,
            enrolled_key_id, enrolled_secret, ${instantSql("enrolled_at")} as enrolled_at,
            pending_key_id, pending_secret,
            case when pending_until > given.now then ${instantSql("pending_until")} end as pending_until, wrong_at,
            case when locked_until > given.now then ${instantSql("locked_until")} end as locked_until,
            ${instantSql("reset_at")} as reset_at, reset_by
     from (select coalesce($2::timestamptz(3), clock_timestamp()) as now) as given
     left join kong_upgrade.step_up on identity = $1`,
    [identity, now ?? null],
  );
  if (row === undefined) throw new Error("a left join gave no row");
  const enrolled = sealedFrom(row.enrolled_key_id, row.enrolled_secret);
  const pending = sealedFrom(row.pending_key_id, row.pending_secret);
  const { enrolled_at, pending_until, reset_at, reset_by } = row;
  return {
    identity,
    now: row.now,
    enrolled: enrolled === undefined || enrolled_at === null ? undefined : { secret: enrolled, since: enrolled_at },
    pending: pending === undefined || pending_until === null ? undefined : { secret: pending, until: pending_until },
    wrongAt: (row.wrong_at ?? []).map((at) => at.toISOString()),
    lockedUntil: row.locked_until ?? undefined,
    reset: reset_at === null || reset_by === null ? undefined : { by: reset_by, at: reset_at },
  };
}

function sealedFrom(keyId: string | null, bytes: Uint8Array | null): SealedSecret | undefined {
  return keyId === null || bytes === null ? undefined : { keyId, bytes };
}

/** Reads a person's row and holds it until the transaction ends: codes of one person are judged one after the other. */
export async function holdPerson(client: ClientBase, identity: string, now: Instant | undefined): Promise<PersonRow> {
  await execute(client, "select from kong_upgrade.step_up where identity = $1 for update", [identity]);
  return readPerson(client, identity, now);
}

/** Makes the row of a person who begins. One that is there already is held, so that no sweep takes it in between. */
export async function makePerson(client: ClientBase, identity: string): Promise<void> {
  await execute(
    client,
    `insert into kong_upgrade.step_up (identity) values ($1)
     on conflict (identity) do update set identity = excluded.identity`,
    [identity],
  );
}

/** Keeps a secret until its person confirms it; answers until when. */
export async function keepPending(
  client: ClientBase,
  { identity, now }: PersonRow,
  { keyId, bytes }: SealedSecret,
): Promise<Instant> {
  const [kept] = await select(
    client,
    z.object({ until: instantSchema }),
    `update kong_upgrade.step_up set pending_key_id = $2, pending_secret = $3,
       pending_until = $4::timestamptz + interval '${pendingFor}'
     where identity = $1 returning ${instantSql("pending_until")} as until`,
    [identity, keyId, bytes, now],
  );
  if (kept === undefined) throw new Error("the row was not held");
  return kept.until;
}

/** Makes the pending secret, encrypted as given, the one that codes are checked with. Its first code is used up. */
export async function enrol(
  client: ClientBase,
  { identity, now }: PersonRow,
  step: number,
  { keyId, bytes }: SealedSecret,
): Promise<void> {
  await execute(
    client,
    `update kong_upgrade.step_up set enrolled_key_id = $2, enrolled_secret = $3, enrolled_at = $4, last_step = $5,
       pending_key_id = null, pending_secret = null, pending_until = null
     where identity = $1`,
    [identity, keyId, bytes, now, step],
  );
}

/** Uses up a time step, and every earlier one; false when that was done before. Stores the secret as given. */
export async function useStep(
  client: ClientBase,
  { identity }: PersonRow,
  step: number,
  { keyId, bytes }: SealedSecret,
): Promise<boolean> {
  const { rowCount } = await execute(
    client,
    `update kong_upgrade.step_up set last_step = $2, enrolled_key_id = $3, enrolled_secret = $4
     where identity = $1 and (last_step is null or last_step < $2)`,
    [identity, step, keyId, bytes],
  );
  return rowCount === 1;
}

/** Remembers when wrong codes came, or until when none is looked at. */
export async function rememberWrong(
  client: ClientBase,
  { identity }: PersonRow,
  wrongAt: readonly Instant[],
  lockedUntil: Instant | undefined,
): Promise<void> {
  await execute(
    client,
    "update kong_upgrade.step_up set wrong_at = $2::timestamptz[], locked_until = $3 where identity = $1",
    [identity, wrongAt, lockedUntil ?? null],
  );
}

/** Takes away what a person has; only who did it, and when, is kept. False when there was nothing. */
export async function takeAway(
  database: Database,
  identity: string,
  by: string,
  now: Instant | undefined,
): Promise<boolean> {
  const { rowCount } = await execute(
    database,
    `update kong_upgrade.step_up set enrolled_key_id = null, enrolled_secret = null, enrolled_at = null,
       pending_key_id = null, pending_secret = null, pending_until = null, last_step = null, wrong_at = '{}',
       locked_until = null, reset_by = $2, reset_at = coalesce($3::timestamptz, clock_timestamp())
     where identity = $1 and (enrolled_at is not null or pending_until is not null)`,
    [identity, by, now ?? null],
  );
  return rowCount === 1;
}

/** Forgets enrolments that were begun and never confirmed. Rows that somebody holds are left for the next time. */
export async function sweepAbandoned(database: Database, now: Instant | undefined): Promise<void> {
  await execute(
    database,
    `delete from kong_upgrade.step_up where identity in (
       select identity from kong_upgrade.step_up
       where enrolled_at is null and reset_at is null and pending_until <= coalesce($1::timestamptz, clock_timestamp())
       limit ${sweptAtOnce} for update skip locked
     )`,
    [now ?? null],
  );
}

import { chainStart, seal } from "#src/record/chain.ts";
import type { RecordedEvent, UpgradeEvent } from "#src/upgrade/events.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { Actor } from "#src/upgrade/identity.ts";
import type { Rows } from "./record-rows.ts";

/** Works on the table of events as a superuser who takes the trigger away, and puts everything back afterwards. */
export async function whileTampered(
  rows: Rows,
  id: string,
  tamper: (rows: Rows) => Promise<unknown>,
  look: () => Promise<void>,
): Promise<void> {
  const events = "kong_upgrade.event";
  await rows.sql(`create table public.kept as select * from ${events} where upgrade_id = $1`.replace("$1", `'${id}'`));
  await rows.sql(`alter table ${events} disable trigger event_is_append_only`);
  try {
    await tamper(rows);
    await look();
  } finally {
    await rows.sql(`delete from ${events} where upgrade_id = $1`, [id]);
    await rows.sql(`insert into ${events} select * from public.kept`);
    await rows.sql(`alter table ${events} enable trigger event_is_append_only`);
    await rows.sql("drop table public.kept");
  }
}

/** Appends an event with a right chain, as somebody could who holds the database's password, and wakes everybody up. */
export async function forge(rows: Rows, id: string, event: UpgradeEvent): Promise<RecordedEvent> {
  const recorded = await rows.events(id);
  const head = recorded.at(-1);
  const actor: Actor = head?.actor ?? { kind: "bot", replica: "forger" };
  const at = new Date().toISOString();
  const previous = head?.hash ?? chainStart(upgradeIdSchema.parse(id));
  const forged = seal({
    upgradeId: upgradeIdSchema.parse(id),
    version: recorded.length + 1,
    at,
    actor,
    event,
    previous,
  });
  await rows.sql(
    `insert into kong_upgrade.event (upgrade_id, version, type, data, actor, recorded_at, previous, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, forged.version, event.type, event, actor, at, forged.previous, forged.hash],
  );
  await rows.sql("select pg_notify('kong_upgrade', $1)", [
    JSON.stringify({ id, version: forged.version, environment: "practice" }),
  ]);
  return forged;
}

import { Client } from "pg";
import { expect, test } from "vitest";
import { exportRecord } from "#src/record/export.ts";
import { openRecord } from "#src/record/record.ts";
import { signCheckpoint } from "#src/record/sign-checkpoint.ts";
import { verifyExport, verifyStored } from "#src/record/verify.ts";
import { soleKey } from "#src/signing/key-ring.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import { createDatabase } from "#test/support/database.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { busyUpgrade, must, requestUpgrade } from "./walk.ts";

test("checkpoints at milestones are stored, exported and verified", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const key = generateKey();
  const { id } = await requestUpgrade(record);
  const early = await signCheckpoint(record, id, soleKey(key));
  await must(record, id, { intent: "add_note", text: "nul \u0000 and 😀", by: inSlack(alice) });
  const late = await signCheckpoint(record, id, soleKey(key));
  const again = await signCheckpoint(record, id, soleKey(key));

  expect([early.size, late.size, again]).toEqual([1, 2, late]);
  const checkpoints = await record.checkpoints(id);
  expect(checkpoints.map(({ size }) => size)).toEqual([1, 2]);
  const { json } = exportRecord(await record.events(id, 0), checkpoints, [key.publicKey]);
  const options = { trustedKeys: [key.publicKey], head: late.head };
  expect(verifyExport(json, options)).toMatchObject({
    ok: true,
    value: { checkpoints: 2, anchoredUpTo: 2, headAt: 2 },
  });
  expect(await verifyStored(record, id, { ownKeys: [key.publicKey] })).toMatchObject({ ok: true });
});

test.each([
  ["edited", 3, "update kong_upgrade.event set data = data || '{\"x\": 1}' where version = 3"],
  ["edited", 2, "update kong_upgrade.event set recorded_at = recorded_at - interval '1 hour' where version = 2"],
  ["dropped", 2, "delete from kong_upgrade.event where version = 2"],
  ["reordered", 2, exchange(2, 3)],
  ["cut", 5, "delete from kong_upgrade.event where version > 4"],
])(
  "T18: an event that is %s in the database (event %i) is found there, and nothing is signed any more",
  async (kind, version, sql) => {
    await using database = await createDatabase();
    await using record = await openRecord({ url: database.url });
    const key = generateKey();
    const [first] = await busyUpgrade(record);
    if (first === undefined) throw new Error("no events");
    await signCheckpoint(record, first.upgradeId, soleKey(key));
    await asForger(database.url, sql);

    const found = await verifyStored(record, first.upgradeId, { ownKeys: [key.publicKey] });

    // Exchanged numbers leave the order intact when read; the contents do not fit them any more.
    expect(found).toMatchObject({ ok: false, problem: { kind: kind === "reordered" ? "edited" : kind, version } });
    await expect(signCheckpoint(record, first.upgradeId, soleKey(key))).rejects.toMatchObject({
      code: "record_invalid",
    });
  },
);

test("events exchanged between two records are found in both", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const [one] = await busyUpgrade(record, "one");
  const [two] = await busyUpgrade(record, "two");
  if (one === undefined || two === undefined) throw new Error("no events");
  await asForger(
    database.url,
    `update kong_upgrade.event set upgrade_id = 'KU-0000-0000' where upgrade_id = '${one.upgradeId}' and version = 2;
     update kong_upgrade.event set upgrade_id = '${one.upgradeId}' where upgrade_id = '${two.upgradeId}' and version = 2;
     update kong_upgrade.event set upgrade_id = '${two.upgradeId}' where upgrade_id = 'KU-0000-0000'`,
  );

  for (const { upgradeId } of [one, two]) {
    expect(await verifyStored(record, upgradeId, { ownKeys: [] })).toMatchObject({ problem: { version: 2 } });
  }
});

function exchange(left: number, right: number): string {
  return `update kong_upgrade.event set version = -1 * version where version in (${left}, ${right});
          update kong_upgrade.event set version = ${left + right} + version where version < 0`;
}

/** Somebody with all rights on the database, who switches the trigger off. */
async function asForger(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    `alter table kong_upgrade.event disable trigger event_is_append_only;
     alter table kong_upgrade.event drop constraint event_version_check`,
  );
  await client.query(sql);
  await client.end();
}

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openRecord } from "#src/record/record.ts";
import { generateKey, publicKeyPem } from "#src/signing/signing-key.ts";
import { withClient } from "#test/chaos/world/with-client.ts";
import { checkpointAt } from "#test/src/record/sealed.ts";
import { busyUpgrade } from "#test/src/record/walk.ts";
import { createDatabase } from "#test/support/database.ts";
import { judgeByCommandLine, judgeChain, judgeRecord } from "./record.ts";

/** A record in a real database, with a checkpoint over all of it, and what somebody does to its events behind its back. */
async function given() {
  await using stack = new AsyncDisposableStack();
  const { url } = stack.use(await createDatabase());
  const record = stack.use(await openRecord({ url }));
  const folder = await mkdtemp(join(tmpdir(), "kong-upgrade-judged-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const events = await busyUpgrade(record);
  const [first] = events;
  if (first === undefined) throw new Error("nothing was recorded");
  const { upgradeId: id } = first;
  const key = generateKey();
  const keysFile = join(folder, "signing-key.pub.pem");
  await writeFile(keysFile, publicKeyPem(key.publicKey));
  await record.saveCheckpoint(id, checkpointAt(events, events.length, key));
  const closing = stack.move();
  return {
    id,
    record,
    judge: () => judgeRecord(record, id, keysFile),
    byCommandLine: () => judgeByCommandLine(record, id, keysFile),
    spoil: (sql: string) =>
      withClient(url, async (client) => {
        await client.query("alter table kong_upgrade.event disable trigger event_is_append_only");
        await client.query(sql);
      }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

test("a record that nobody touched is in order, also for the command line; one that was cut off is in order for neither", async () => {
  await using world = await given();
  expect(await world.judge()).toEqual([]);
  expect(await world.byCommandLine()).toEqual([]);
  await world.spoil("delete from kong_upgrade.event where version = (select max(version) from kong_upgrade.event)");
  // What is left follows from what is before it: only the checkpoint tells.
  expect(await judgeChain(world.record, world.id)).toEqual([]);
  expect(await world.judge()).toEqual([expect.stringMatching(/the exported record does not verify/u)]);
  expect(await world.byCommandLine()).toEqual([expect.stringMatching(/kong-upgrade verify ends with 1/u)]);
});

test.each([
  ["dropped", "delete from kong_upgrade.event where version = 4", /event 4 is missing/u],
  ["edited", "update kong_upgrade.event set recorded_at = recorded_at - interval '1 hour' where version = 4", /4/u],
  ["gone, all of them", "delete from kong_upgrade.event", /holds no event at all/u],
])("an event that was %s is found", async (_, sql, sentence) => {
  await using world = await given();
  await world.spoil(sql);
  expect(await world.judge()).toEqual([expect.stringMatching(sentence)]);
});

import { databaseOf } from "#src/plan/databases-of.ts";
import { Client } from "pg";
import { expect, test } from "vitest";
import { openRecord } from "#src/record/record.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import { createDatabase } from "#test/support/database.ts";
import { request } from "#test/support/given.ts";
import { alice, inSlack, sampleEnvironment } from "#test/support/samples.ts";

test("a record that was tampered with is left out of lists, told once, and hides no other upgrade", async () => {
  await using database = await createDatabase();
  const troubles: string[] = [];
  await using writer = await openRecord({ url: database.url });
  const actor = actorOf(inSlack(alice));
  const other = sampleEnvironment({
    name: "other",
    database: { ...databaseOf(sampleEnvironment()), name: "kong_other" },
  });
  await writer.request(request, actor);
  await writer.request({ ...request, environment: other }, actor);

  await tamper(database.url, "KU-%-0001");
  // Another process: nothing of the old record is in its memory.
  await using reader = await openRecord({ url: database.url, onTrouble: (problem) => troubles.push(problem) });
  const listed = async (): Promise<readonly string[]> =>
    (await reader.list({ isOpen: true, limit: 10 })).map((upgrade) => upgrade.request.environment.name);

  expect(await listed()).toEqual(["other"]);
  expect(await listed()).toEqual(["other"]);
  expect(troubles.filter((problem) => problem.includes("cannot be read"))).toHaveLength(1);
});

async function tamper(url: string, idPattern: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("alter table kong_upgrade.event disable trigger event_is_append_only");
    const { rowCount } = await client.query(
      `update kong_upgrade.event set data = data - 'to' where version = 1 and upgrade_id like $1`,
      [idPattern],
    );
    expect(rowCount).toBe(1);
  } finally {
    await client.end();
  }
}

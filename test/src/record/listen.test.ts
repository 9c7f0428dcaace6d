import { Client } from "pg";
import { expect, test } from "vitest";
import type { Change } from "#src/record/listen.ts";
import { openRecord } from "#src/record/record.ts";
import { createDatabase } from "#test/support/database.ts";
import { alice, inSlack } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { must, requestUpgrade } from "./walk.ts";

test("everybody who listens hears of every append, whichever process made it", async () => {
  await using database = await createDatabase();
  await using writer = await openRecord({ url: database.url });
  await using reader = await openRecord({ url: database.url });
  const heard: Change[] = [];
  await using _listening = reader.listen((change) => heard.push(change));
  await waitUntil("the first gap", () => heard.length > 0);

  const { id, version } = await requestUpgrade(writer);

  await waitUntil("the change", () => heard.length > 1);
  expect(heard).toEqual([{ kind: "gap" }, { kind: "changed", id, version, environment: "practice" }]);
});

test("a lost connection is opened again and announced as a gap", async () => {
  await using database = await createDatabase();
  const troubles: string[] = [];
  await using record = await openRecord({ url: database.url, onTrouble: (problem) => troubles.push(problem) });
  const heard: Change[] = [];
  await using _listening = record.listen((change) => heard.push(change));
  await waitUntil("the first gap", () => heard.length > 0);

  await killConnections(database.url);

  await waitUntil("the second gap", () => heard.length > 1);
  const { id } = await waitUntil("a working pool", () => requestUpgrade(record).catch(() => undefined));
  await waitUntil("the change", () => heard.some((change) => change.kind === "changed" && change.id === id));
  expect(troubles.join()).toContain("not hearing changes");
});

test("a submit whose connection is killed again and again is recorded exactly once", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const { id, version } = await requestUpgrade(record);
  const done = new AbortController();
  const killing = (async () => {
    while (!done.signal.aborted) await killConnections(database.url);
  })();
  const texts = Array.from({ length: 20 }, (_, index) => `note ${index}`);

  const outcomes: boolean[] = [];
  for (const text of texts) {
    const answer = await record
      .submit(id, { intent: "add_note", text, by: inSlack(alice) }, { kind: "bot", replica: "b1" })
      .catch(() => undefined);
    outcomes.push(answer?.ok ?? false);
  }
  done.abort();
  await killing;

  const events = await waitUntil("the database", () => record.events(id, version).catch(() => undefined));
  const stored = events.flatMap(({ event }) => (event.type === "note_added" ? [event.text] : []));
  expect(new Set(stored).size).toBe(stored.length);
  expect(stored).toEqual(expect.arrayContaining(texts.filter((_, index) => outcomes[index] === true)));
  await must(record, id, { intent: "add_note", text: "afterwards", by: inSlack(alice) });
});

test("a database that is not there is told with what to do", async () => {
  await expect(openRecord({ url: "postgres://nobody:nothing@127.0.0.1:1/none" })).rejects.toMatchObject({
    code: "database_unreachable",
    message: expect.stringContaining("DATABASE_URL"),
  });
});

test("a wrong password does not appear in the error", async () => {
  await using database = await createDatabase();
  const url = new URL(database.url);
  url.password = "not-the-password";
  await expect(openRecord({ url: url.href })).rejects.toMatchObject({
    code: "database_unreachable",
    message: expect.not.stringContaining("not-the-password"),
  });
});

/** Ends every connection of this project to the database, as a restart of PostgreSQL does. */
async function killConnections(url: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: "killer" });
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'kong-upgrade'`,
  );
  await client.end();
}

import { Client } from "pg";
import { expect, test } from "vitest";
import { chainStart, seal } from "#src/record/chain.ts";
import { openRecord } from "#src/record/record.ts";
import { replay } from "#src/upgrade/evolve.ts";
import { createDatabase } from "#test/support/database.ts";
import { alice, factsWith, inSlack, sampleFacts, sampleFinding, sampleQuestion } from "#test/support/samples.ts";
import { aliceActs, busyUpgrade, must, requestFor, requestUpgrade, startUpgrade } from "./walk.ts";

const note = (text: string) => ({ intent: "add_note", text, by: inSlack(alice) }) as const;

test("events are numbered from 1 and chained by hash to the upgrade's id", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const events = await busyUpgrade(record);

  expect(events.map((event) => event.version)).toEqual(events.map((_, index) => index + 1));
  let previous = chainStart(events[0]?.upgradeId ?? "KU-0000-0000");
  for (const event of events) {
    const { hash, ...hashed } = event;
    expect(event.previous).toBe(previous);
    expect(hash).toBe(seal(hashed).hash);
    previous = hash;
  }
});

test("the answer of a submit is what replaying the stored events gives", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const answered = await startUpgrade(record);

  expect(replay(await record.events(answered.id, 0))).toEqual(answered);
  await using another = await openRecord({ url: database.url });
  expect(await another.find(answered.id)).toEqual(answered);
});

test("ids count up within the year", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const year = async () => (await record.now()).slice(0, 4);
  const before = await year();
  const ids = [(await requestUpgrade(record, "one")).id, (await requestUpgrade(record, "two")).id];
  // In the night in which the year ends they are of the old one, of the new one or of both.
  const either = [...new Set([before, await year()])].join("|");
  expect(ids).toEqual([
    expect.stringMatching(new RegExp(`^KU-(?:${either})-0001$`, "u")),
    expect.stringMatching(
      new RegExp(`^KU-(?:${either})-000${ids[0]?.slice(3, 7) === ids[1]?.slice(3, 7) ? 2 : 1}$`, "u"),
    ),
  ]);
});

test("many concurrent writers on several replicas lose nothing and take one version each", async () => {
  await using database = await createDatabase();
  await using first = await openRecord({ url: database.url });
  await using second = await openRecord({ url: database.url });
  const { id, version } = await requestUpgrade(first);
  const texts = Array.from({ length: 6 }, (_, index) => `note ${index}`);

  const answers = await Promise.allSettled(
    texts.map((text, index) => (index % 2 === 0 ? first : second).submit(id, note(text), aliceActs)),
  );
  const accepted = answers.filter((answer) => answer.status === "fulfilled" && answer.value.ok).length;

  const events = await first.events(id, version);
  const stored = events.flatMap(({ event }) => (event.type === "note_added" ? [event.text] : []));
  expect(new Set(stored).size).toBe(stored.length);
  expect(stored).toHaveLength(accepted);
  expect(accepted).toBeGreaterThanOrEqual(5);
  expect(events.map((event) => event.version)).toEqual(stored.map((_, index) => version + 1 + index));
});

test("characters that PostgreSQL cannot hold are replaced before anything is hashed", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const { id } = await requestUpgrade(record);
  const odd =
    "nul \u0000 · lone \ud83d · pair 😀 · bidi \u202e · combining e\u0301 · line \u2028 · \u007f · quote \"'\\";
  await must(record, id, note(odd));

  const [event] = (await record.events(id, 0)).slice(-1);
  expect(event?.event).toMatchObject({
    text: odd.replace("\u0000", "\uFFFD").replace("\ud83d ", "\uFFFD "),
  });
  if (event === undefined) return;
  const { hash, ...hashed } = event;
  expect(seal(hashed).hash).toBe(hash);
});

test("odd numbers and keys in facts keep their hash through PostgreSQL", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const { id } = await requestUpgrade(record);
  const { database: measured } = sampleFacts();
  if (measured === undefined) throw new Error("the sample has a database");
  const counts = { "a\u0000b": -0, big: 1e21, small: 5e-324, third: 1 / 3, max: Number.MAX_SAFE_INTEGER };
  await must(record, id, {
    intent: "report_survey",
    facts: sampleFacts({ database: { ...measured, counts }, configuration: { "": "", ж: "\u2028" } }),
  });

  await using another = await openRecord({ url: database.url });
  for (const { hash, ...event } of await another.events(id, 0)) expect(seal(event).hash).toBe(hash);
  expect(await another.find(id)).toEqual(await record.find(id));
});

test.each([
  "update kong_upgrade.event set type = 'x'",
  "delete from kong_upgrade.event",
  "truncate kong_upgrade.event",
])("T18: the database refuses to `%s`", async (sql) => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  await requestUpgrade(record);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    await expect(client.query(sql)).rejects.toThrow("the record is append-only");
  } finally {
    await client.end();
  }
});

test("a refusal records nothing", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const { id, version } = await requestUpgrade(record);

  const answer = await record.submit(id, { intent: "pause", reason: "", by: inSlack(alice) }, aliceActs);

  expect(answer.ok).toBe(false);
  expect(await record.events(id, version)).toEqual([]);
});

test("an unknown upgrade is answered politely", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });

  expect(await record.find("KU-2026-9999")).toBeUndefined();
  expect(await record.submit("KU-2026-9999", note("x"), aliceActs)).toMatchObject({
    ok: false,
    problem: { code: "not_found" },
  });
});

test("lists are newest first, filtered, and bounded", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const one = await requestUpgrade(record, "one");
  const two = await requestUpgrade(record, "two");
  await must(record, one.id, { intent: "abort", reason: "", leaveAsIs: false, by: inSlack(alice) });

  const ids = async (filter: Parameters<typeof record.list>[0]) => (await record.list(filter)).map(({ id }) => id);
  expect(await ids({ limit: 10 })).toEqual([two.id, one.id]);
  expect(await ids({ limit: 1 })).toEqual([two.id]);
  expect(await ids({ limit: 10, isOpen: true })).toEqual([two.id]);
  expect(await ids({ limit: 10, isOpen: false })).toEqual([one.id]);
  expect(await ids({ limit: 10, environment: "one" })).toEqual([one.id]);
});

test("a record whose chain was broken behind our back is not folded", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const { id } = await requestUpgrade(record);
  await must(record, id, note("first"));
  await must(record, id, note("second"));
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query("alter table kong_upgrade.event disable trigger event_is_append_only");
  await client.query("delete from kong_upgrade.event where version = 2");
  await client.end();

  await using another = await openRecord({ url: database.url });
  await expect(another.find(id)).rejects.toMatchObject({ code: "record_invalid" });
});

test("in whatever order the table holds its rows, events come in that of their versions", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const { id } = await requestUpgrade(record);
  for (const text of ["one", "two", "three"]) await must(record, id, note(text));
  const events = await record.events(id, 0);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query("alter table kong_upgrade.event disable trigger event_is_append_only");
  await client.query("create temporary table kept as select * from kong_upgrade.event");
  await client.query("delete from kong_upgrade.event");
  await client.query("insert into kong_upgrade.event select * from kept order by version desc");
  // As PostgreSQL does by itself with large tables: it reads them from their beginning.
  await client.query(
    "do $$ begin execute format('alter database %I set enable_indexscan = off', current_database()); end $$",
  );
  await client.end();

  await using another = await openRecord({ url: database.url });
  expect(await another.events(id, 0)).toEqual(events);
  expect(await another.find(id)).toEqual(replay(events));
  // Here the newest is known already, and comes last.
  expect((await must(record, id, note("four"))).version).toBe(events.length + 1);
});

test("a database that was restored to an earlier state is believed, not the cache", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const { id } = await requestUpgrade(record);
  const earlier = await must(record, id, note("kept"));
  await must(record, id, note("lost with the restore"));
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query("alter table kong_upgrade.event disable trigger event_is_append_only");
  await client.query("delete from kong_upgrade.event where version = 3");
  await client.end();

  expect(await record.find(id)).toEqual(earlier);
  expect((await must(record, id, note("anew"))).version).toBe(3);
});

test.each(["check", "dry_run"] as const)("a %s opens nothing that is in anybody's way", async (mode) => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  await requestUpgrade(record);

  const asked = await record.request(requestFor("practice", { mode }), aliceActs);

  expect(asked).toMatchObject({ ok: true, value: { upgrade: { status: "surveying", version: 1 } } });
});

test("answers and the plan to compare with come back from the database as they went in", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  await using other = await openRecord({ url: database.url });
  const facts = factsWith([sampleFinding(), sampleQuestion()]);
  const dry = await record.request(requestFor("practice", { mode: "dry_run" }), aliceActs);
  if (!dry.ok) throw new Error(dry.problem.sentence);
  const { id: older } = dry.value.upgrade;
  const closed = await must(record, older, { intent: "report_survey", facts });
  const plan = closed.status === "closed" ? closed.plan : undefined;
  if (plan === undefined) throw new Error("the dry run has no plan");

  const compareWith = { upgradeId: older, plan };
  const made = await record.request(requestFor("practice", { compareWith }), aliceActs);
  if (!made.ok) throw new Error(made.problem.sentence);
  const { id } = made.value.upgrade;
  await must(record, id, { intent: "report_survey", facts });
  const answered = await must(record, id, {
    intent: "answer_question",
    questionId: sampleQuestion().id,
    answer: "not_applicable",
    note: "no scripts",
    by: inSlack(alice),
  });

  const read = await other.find(id);
  expect(read).toEqual(answered);
  expect(read?.request.compareWith).toEqual(compareWith);
  expect([...(read?.answers ?? [])]).toEqual([
    [sampleQuestion().id, expect.objectContaining({ answer: "not_applicable", note: "no scripts" })],
  ]);
  expect(await other.find(older)).toEqual(closed);
});

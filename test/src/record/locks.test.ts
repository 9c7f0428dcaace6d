import { databaseOf } from "#src/plan/databases-of.ts";
import { Client } from "pg";
import { expect, test } from "vitest";
import { openRecord } from "#src/record/record.ts";
import { createDatabase } from "#test/support/database.ts";
import { alice, inSlack, sampleFacts } from "#test/support/samples.ts";
import { aliceActs, must, requestFor, requestUpgrade, runnerActs, runStep, startStep, startUpgrade } from "./walk.ts";

test("of many simultaneous requests for one environment one opens an upgrade and the others join its plan", async () => {
  await using database = await createDatabase();
  await using first = await openRecord({ url: database.url });
  await using second = await openRecord({ url: database.url });

  const answers = await Promise.all(
    [first, second, first, second].map((record) => record.request(requestFor("practice"), aliceActs)),
  );

  const ids = answers.map((answer) => (answer.ok ? answer.value.upgrade.id : answer.problem.code));
  expect(new Set(ids).size).toBe(1);
  expect(await first.list({ limit: 10 })).toHaveLength(1);
  expect(await first.lockOf("practice")).toMatchObject({ upgradeId: ids[0] });
});

test("a plan that was not started is superseded under the same id", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const { id } = await requestUpgrade(record);
  await must(record, id, { intent: "report_survey", facts: sampleFacts() });

  const again = await record.request(requestFor("practice"), aliceActs);

  expect(again).toMatchObject({ ok: true, value: { upgrade: { id, status: "surveying" } } });
});

test("a second upgrade of an environment is refused with id, person, time and state of the first", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const { id, request } = await startUpgrade(record);

  const answer = await record.request(requestFor("practice"), aliceActs);

  if (answer.ok) throw new Error("a second upgrade was opened");
  expect(answer.problem.code).toBe("already_open");
  for (const part of [id, "U0ALICE01", request.at, "being executed", "3.4.2"]) {
    expect(answer.problem.sentence).toContain(part);
  }
  expect(answer.problem.help).toContain(`/kong-upgrade abort ${id}`);
});

test("two environments that share a database are never upgraded at the same time", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const blue = requestFor("blue");
  const green = { ...blue, environment: { ...blue.environment, name: "green" } };

  const answers = await Promise.all([record.request(blue, aliceActs), record.request(green, aliceActs)]);

  expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
  const refused = answers.find((answer) => !answer.ok);
  expect(refused).toMatchObject({ problem: { code: "already_open" } });
  expect(JSON.stringify(refused)).toContain("shares its database");
});

test("a plan that is asked for again with another database takes that lock, unless it is somebody else's", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const { id } = await requestUpgrade(record, "blue");
  const other = await requestUpgrade(record, "green");

  expect(await record.request(blueOn("kong_green"), aliceActs)).toMatchObject({
    problem: { code: "already_open", sentence: expect.stringContaining(other.id) },
  });
  expect(await record.request(blueOn("kong_moved"), aliceActs)).toMatchObject({ value: { upgrade: { id } } });
  expect(await record.lockOf("blue")).toMatchObject({ databaseKey: "127.0.0.1:5432/kong_moved" });
});

test("closing an upgrade frees environment and database, and the next lock has a higher fence", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const first = await requestUpgrade(record);
  const before = await record.lockOf("practice");
  await must(record, first.id, { intent: "abort", reason: "not today", leaveAsIs: false, by: inSlack(alice) });
  expect(await record.lockOf("practice")).toBeUndefined();

  const second = await requestUpgrade(record);

  expect(second.id).not.toBe(first.id);
  const after = await record.lockOf("practice");
  expect(Number(after?.fence)).toBeGreaterThan(Number(before?.fence));
});

test("T25: of many runners that claim one step exactly one gets it", async () => {
  await using database = await createDatabase();
  await using first = await openRecord({ url: database.url });
  await using second = await openRecord({ url: database.url });
  const upgrade = await startUpgrade(first);
  const runners = Array.from({ length: 8 }, (_, index) => `runner-${index}`);

  const answers = await Promise.all(
    runners.map((runner, index) =>
      (index % 2 === 0 ? first : second).submit(upgrade.id, startStep(upgrade, runner), {
        kind: "runner",
        runnerId: runner,
      }),
    ),
  );

  expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
  const starts = (await first.events(upgrade.id, 0)).filter(({ event }) => event.type === "step_started");
  expect(starts).toHaveLength(1);
});

test("T25: the claim is a row of its own: a second start is impossible even for a forged fold", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const upgrade = await startUpgrade(record);
  const start = startStep(upgrade, "r1");
  await using client = await connect(database.url);
  await client.query("insert into kong_upgrade.step_claim values ($1, 'forward', $2, $3, 'ghost', now())", [
    upgrade.id,
    start.stepId,
    start.attempt,
  ]);

  expect(await record.submit(upgrade.id, start, runnerActs)).toMatchObject({
    ok: false,
    problem: { code: "conflict" },
  });
  expect(await record.events(upgrade.id, upgrade.version)).toEqual([]);
});

test("T24: no step starts when the lock belongs to somebody else", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const upgrade = await startUpgrade(record);
  await using client = await connect(database.url);
  await client.query("update kong_upgrade.upgrade_lock set upgrade_id = 'KU-2026-9999'");

  const answer = await record.submit(upgrade.id, startStep(upgrade, "r1"), runnerActs);

  expect(answer).toMatchObject({ ok: false, problem: { code: "conflict" } });
  expect(await record.events(upgrade.id, upgrade.version)).toEqual([]);
});

test("T24: a start names the lock under which it was permitted, and neither event nor claim is there under another one", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const one = await startUpgrade(record, "one");
  const two = await startUpgrade(record, "two");
  const [first, second] = [await record.lockOf("one"), await record.lockOf("two")];
  if (first === undefined || second === undefined) throw new Error("no lock");
  await using client = await connect(database.url);
  const claims = async () => (await client.query("select from kong_upgrade.step_claim")).rowCount;

  const foreign = await record.submit(one.id, { ...startStep(one, "r1"), fence: second.fence }, runnerActs);
  await client.query(
    "update kong_upgrade.upgrade_lock set fence = nextval('kong_upgrade.fence') where environment = 'one'",
  );
  const moved = await record.submit(one.id, { ...startStep(one, "r1"), fence: first.fence }, runnerActs);

  for (const answer of [foreign, moved])
    expect(answer).toMatchObject({ ok: false, problem: { sentence: expect.stringContaining("was taken anew") } });
  expect([await record.events(one.id, one.version), await claims()]).toEqual([[], 0]);
  const now = await record.lockOf("one");
  const held = await record.submit(one.id, { ...startStep(one, "r1"), fence: now?.fence }, runnerActs);
  const other = await record.submit(two.id, { ...startStep(two, "r2"), fence: second.fence }, runnerActs);
  expect([held.ok, other.ok, await claims()]).toEqual([true, true, 2]);
});

/** The same, with a second cluster on a database of its own. */
function withGreen(request: ReturnType<typeof requestFor>, host: string): ReturnType<typeof requestFor> {
  const { environment } = request;
  const database = { ...databaseOf(environment), host, name: "kong" };
  return { ...request, environment: { ...environment, green: { database, nodes: [] } } };
}

test("a database is held once, whether as that of an environment or of its second cluster, in any spelling of the host", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const host = "db-new.internal";
  const owner = requestFor("owner");
  const ofOwner = { ...databaseOf(owner.environment), host, name: "kong" };
  const plain = { ...owner, environment: { ...owner.environment, database: ofOwner } };
  const blue = withGreen(requestFor("blue"), "DB-new.internal.");
  const other = withGreen(requestFor("other"), host);

  const answers = await Promise.all([plain, blue, other].map((request) => record.request(request, aliceActs)));

  expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
  const sentences = answers.flatMap((answer) => (answer.ok ? [] : [answer.problem.sentence]));
  for (const sentence of sentences) expect(sentence).toContain("shares its database with");
  const holder = answers.find((answer) => answer.ok);
  const id = holder?.ok === true ? holder.value.upgrade.id : undefined;
  for (const { environment } of [plain, blue, other])
    expect(await record.lockOn(environment)).toMatchObject({ upgradeId: id });

  if (id === undefined) throw new Error("nobody holds it");
  await must(record, id, { intent: "abort", reason: "", leaveAsIs: false, by: inSlack(alice) });
  expect(await record.lockOn(blue.environment)).toBeUndefined();
  expect(await record.request(other, aliceActs)).toMatchObject({ ok: true });
});

test("no step starts while a database of its environment is in another lock", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const one = await startUpgrade(record, "one");
  const two = await startUpgrade(record, "two");
  await using client = await connect(database.url);
  await client.query("update kong_upgrade.upgrade_lock_database set upgrade_id = $1 where upgrade_id = $2", [
    two.id,
    one.id,
  ]);

  const answer = await record.submit(one.id, startStep(one, "r1"), runnerActs);

  expect(answer).toMatchObject({
    ok: false,
    problem: { sentence: expect.stringContaining("held by another upgrade") },
  });
  expect(await record.events(one.id, one.version)).toEqual([]);
});

test("a lock that is released frees the environment, and nothing starts under it afterwards, whatever was permitted before", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const held = await startUpgrade(record);
  const before = await record.lockOf("practice");
  const permitted = { ...startStep(held, "r1"), fence: before?.fence };
  const release = { intent: "release_lock", reason: "scrapped", evenIfUnsettled: false, by: inSlack(alice) } as const;

  await must(record, held.id, release);

  expect(await record.lockOf("practice")).toBeUndefined();
  expect(await record.submit(held.id, permitted, runnerActs)).toMatchObject({ ok: false, problem: { code: "closed" } });
  const next = await startUpgrade(record);
  const after = await record.lockOf("practice");
  expect(after?.fence).not.toBe(before?.fence);
  const old = await record.submit(next.id, { ...startStep(next, "r1"), fence: before?.fence }, runnerActs);
  expect(old).toMatchObject({ ok: false, problem: { sentence: expect.stringContaining("was taken anew") } });
});

test("summaries and locks are rebuilt from the events alone", async () => {
  await using database = await createDatabase();
  await using record = await openRecord({ url: database.url });
  const one = await startUpgrade(record, "one");
  await runStep(record, one);
  const running = await startUpgrade(record, "two");
  await must(record, running.id, startStep(running, "r1"));
  const closed = await requestUpgrade(record, "three");
  await must(record, closed.id, { intent: "abort", reason: "", leaveAsIs: false, by: inSlack(alice) });
  await using client = await connect(database.url);
  const tables = () =>
    Promise.all([
      client.query("select * from kong_upgrade.upgrade order by id").then(({ rows }) => rows),
      client
        .query("select environment, database_key, upgrade_id from kong_upgrade.upgrade_lock order by environment")
        .then(({ rows }) => rows),
      client.query("select * from kong_upgrade.upgrade_lock_database order by 1").then(({ rows }) => rows),
    ]);
  const before = await tables();
  await client.query("delete from kong_upgrade.upgrade; delete from kong_upgrade.upgrade_lock");

  expect(await record.rebuildSummaries()).toBe(3);

  expect(await tables()).toEqual(before);
});

function blueOn(database: string): ReturnType<typeof requestFor> {
  const blue = requestFor("blue");
  const { environment } = blue;
  return { ...blue, environment: { ...environment, database: { ...databaseOf(environment), name: database } } };
}

async function connect(url: string): Promise<Client & AsyncDisposable> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

import { expect, test } from "vitest";
import { addMs, instantOf } from "#src/kernel/instant.ts";
import { createAlarms } from "#src/run/alarms.ts";
import type { Logger } from "#src/run/ports.ts";
import { openDoorbell } from "#src/run/queue/doorbell.ts";
import { createPorter } from "#src/run/queue/porter.ts";
import { signEnvelope } from "#src/signing/dsse.ts";
import { signRing } from "#src/signing/ring.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import { id, request } from "#test/support/given.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import { createDatabase } from "#test/support/database.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const key = generateKey();
const now = "2026-11-21T03:00:00.000Z";
const ring = { environment: "practice", upgradeId: id, at: now } as const;
const genuine = signRing(ring, key);

/** A porter at the queue of `practice`, where one upgrade is open. */
async function atTheDoor() {
  const desk = new MemoryDesk(() => Date.parse(now));
  await desk.request(request, { kind: "bot", replica: "test" });
  const visited: string[] = [];
  const errors: string[] = [];
  const infos: string[] = [];
  const warnings: string[] = [];
  const log: Logger = {
    info: (fields, message) => infos.push(`${message} ${JSON.stringify(fields)}`),
    warn: (_, message) => warnings.push(message),
    error: (_, message) => errors.push(message),
  };
  let nowMs = Date.parse(now);
  const porter = createPorter({
    publicKeys: [key.publicKey],
    record: desk,
    alarms: createAlarms(desk, "r1", log),
    log,
    nowMs: () => nowMs,
    visit: (upgrade) => visited.push(upgrade),
  });
  let turns = 0;
  return {
    visited,
    errors,
    infos,
    warnings,
    hear: async (data: unknown, environment = "practice") => {
      porter.hear({ environment, data });
      turns += 1;
      // Everything that the porter asks is in memory: a genuine ring that follows is answered after it.
      const last = signRing({ ...ring, at: addMs(instantOf(nowMs), -turns) }, key);
      const before = visited.length;
      porter.hear({ environment: "practice", data: last });
      await waitUntil("the ring that follows", () => visited.length > before);
      visited.pop();
    },
    wait: (ms: number) => {
      nowMs += ms;
    },
    alarms: async () =>
      (await desk.events(id, 0)).flatMap(({ event }) => (event.type === "alarm_raised" ? [event.what] : [])),
  };
}

test("a ring of the bot makes the runner look at its upgrade, and says nothing", async () => {
  const door = await atTheDoor();
  await door.hear(genuine);
  expect([door.visited, await door.alarms(), door.errors]).toEqual([[id], [], []]);
});

test.each<readonly [string, unknown]>([
  ["an order to run something", { upgradeId: id, stepId: "migrations-finish", argv: ["kong", "migrations", "finish"] }],
  ["a bare id", { upgradeId: id }],
  ["a ring with something beside it", { ...genuine, upgradeId: id, approved: true }],
  ["a ring that somebody else signed", { ...signRing(ring, generateKey()), upgradeId: id }],
])("T20: %s that names an upgrade is dropped without a look, and its thread is told once", async (_, data) => {
  const door = await atTheDoor();
  await door.hear(data);
  await door.hear(data);
  expect(door.visited).toEqual([]);
  expect(await door.alarms()).toEqual([expect.stringMatching(/in the queue of practice is no ring of the bot/u)]);
});

test.each<readonly [string, unknown]>([
  ["nothing", undefined],
  ["a text", "KU-2026-0001"],
  ["what is no upgrade", { step: "not even an upgrade" }],
  ["an upgrade that does not exist", { upgradeId: "KU-2026-9999" }],
  ["a ring that somebody else signed", signRing(ring, generateKey())],
  ["a signature over another kind of thing", signEnvelope("text/plain", Buffer.from(JSON.stringify(ring)), key)],
])("T20: a job that holds %s is dropped without a look and told in the log, not once for each", async (_, data) => {
  const door = await atTheDoor();
  for (let job = 0; job < 50; job += 1) await door.hear(data);
  expect([door.visited, await door.alarms()]).toEqual([[], []]);
  expect(door.errors).toEqual([expect.stringMatching(/^alarm: a job in the queue is no ring of the bot/u)]);
  door.wait(60_000);
  await door.hear(data);
  expect(door.errors).toHaveLength(2);
});

test.each<readonly [string, unknown]>([
  ["another field", signEnvelope(genuine.payloadType, Buffer.from(JSON.stringify({ ...ring, urgent: true })), key)],
  ["another type", signEnvelope("application/vnd.kong-upgrade.ring.v2+json", Buffer.from("{}"), key)],
])("a ring of the bot with %s tells of another version, and not of a forgery", async (_, data) => {
  const door = await atTheDoor();
  await door.hear(data);
  expect([door.visited, await door.alarms(), door.errors]).toEqual([[], [], []]);
  expect(door.warnings).toEqual([expect.stringContaining("install the bot's version on this runner")]);
});

test("a genuine ring for an upgrade that does not exist is told in the log", async () => {
  const door = await atTheDoor();
  await door.hear(signRing({ ...ring, upgradeId: "KU-2026-9999" }, key));
  expect([door.visited, door.errors.length]).toEqual([[], 1]);
});

test("a ring for another environment is not one for this", async () => {
  const door = await atTheDoor();
  await door.hear(genuine, "prod");
  await door.hear(signRing({ ...ring, environment: "prod" }, key), "prod");
  expect(door.visited).toEqual([]);
  expect(door.errors).toHaveLength(1);
});

test("T21: a ring that is heard again or is older than ten minutes is counted and ignored", async () => {
  const door = await atTheDoor();
  await door.hear(genuine);
  await door.hear(genuine);
  door.wait(10 * 60_000 + 1);
  await door.hear(signRing({ ...ring, at: addMs(now, -1) }, key));
  expect([door.visited, await door.alarms(), door.errors]).toEqual([[id], [], []]);
  expect(door.infos).toEqual([expect.stringContaining('"repeated":1'), expect.stringContaining('"repeated":2')]);
});

test("what lies in the queue reaches the porter as it is, through a real queue", async () => {
  await using database = await createDatabase();
  const bell = await openDoorbell({ databaseUrl: database.url });
  try {
    const door = await atTheDoor();
    const jobs: unknown[] = [];
    await using _attending = await bell.attend(["practice"], ({ data }) => jobs.push(data));
    await bell.ring("practice", id, genuine);
    await waitUntil("the job", () => jobs.length === 1);
    await door.hear(jobs[0]);
    expect(door.visited).toEqual([id]);
  } finally {
    await bell.close();
  }
});

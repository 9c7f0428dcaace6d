import { votesOf } from "#test/support/standings.ts";
import { expect, test } from "vitest";
import { openRecord } from "#src/record/record.ts";
import { sealingDesk, signingOfSealed } from "#src/serve/sealed-votes.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import { verifyStanding } from "#src/signing/sign-standing.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { createDatabase } from "#test/support/database.ts";
import { id } from "#test/support/given.ts";
import { carol, dave, erin } from "#test/support/samples.ts";
import { appendRaw } from "#test/src/run/seed-upgrade.ts";
import { atGate, granted } from "./stage.ts";

const replica = { kind: "bot", replica: "test" } as const;

test("votes that came through Slack are signed together", async () => {
  const story = atGate();
  await using record = await recordOf(story.events);
  const key = generateKey();
  const standing = standingOf(story.events);
  await vote(sealingDesk(record, key), standing);

  const envelope = await signingOfSealed(record, key, replica)(standing);

  expect(envelope === undefined ? undefined : verifyStanding(envelope, [key.publicKey])).toMatchObject({ ok: true });
  expect(await alarmsOf(record)).toEqual([]);
});

test("votes written into the database by another way are not signed; the thread gets one alarm", async () => {
  const story = granted();
  await using record = await recordOf(story.events);
  const sign = signingOfSealed(record, generateKey(), replica);
  const standing = standingOf(story.events);

  expect(await sign(standing)).toBeUndefined();
  expect(await sign(standing)).toBeUndefined();

  expect(await alarmsOf(record)).toMatchObject([{ what: expect.stringContaining("was not signed") }]);
});

test.each<readonly [string, (standing: SignedStanding) => Partial<SignedStanding>]>([
  ["step", () => ({ stepId: "decommission" })],
  ["attempt", ({ attempt }) => ({ attempt: attempt + 1 })],
  ["digest", () => ({ digest: `sha256:${"0".repeat(64)}` })],
  ["person", () => votesOf([carol, erin, dave])],
])("a vote cannot be used for another %s", async (_, changes) => {
  const story = atGate();
  await using record = await recordOf(story.events);
  const key = generateKey();
  const standing = standingOf(story.events);
  await vote(sealingDesk(record, key), standing);

  expect(await signingOfSealed(record, key, replica)({ ...standing, ...changes(standing) })).toBeUndefined();
});

test("a seal of another installation counts for nothing", async () => {
  const story = atGate();
  await using record = await recordOf(story.events);
  const standing = standingOf(story.events);
  await vote(sealingDesk(record, generateKey()), standing);

  expect(await signingOfSealed(record, generateKey(), replica)(standing)).toBeUndefined();
});

async function recordOf(events: readonly UpgradeEvent[]): Promise<Desk & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  const record = stack.use(await openRecord({ url: database.url }));
  await appendRaw(database.url, id, events);
  const owned = stack.move();
  return { ...record, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}

/** What the conductor asks to be signed when carol and erin have approved what is asked now. */
function standingOf(events: readonly UpgradeEvent[]): SignedStanding {
  const asked = events.findLast((event) => event.type === "approval_requested");
  if (asked?.type !== "approval_requested") throw new Error("nothing was asked");
  const { stepId, attempt, digest, expiresAt } = asked;
  return {
    upgradeId: id,
    environment: "practice",
    stepId,
    attempt,
    digest,
    ...votesOf([carol, erin]),
    checkedAt: expiresAt,
    expiresAt,
  };
}

async function vote(desk: Desk, { stepId, attempt, digest }: SignedStanding): Promise<void> {
  for (const voter of [carol, erin]) {
    const told = await desk.submit(
      id,
      { intent: "vote", stepId, attempt, voter, decision: "approve", digest },
      replica,
    );
    if (!told.ok) throw new Error(told.problem.sentence);
  }
}

async function alarmsOf(desk: Desk): Promise<readonly UpgradeEvent[]> {
  const events = await desk.events(id, 0);
  return events.map(({ event }) => event).filter((event) => event.type === "alarm_raised");
}

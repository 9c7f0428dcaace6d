import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import { tally } from "#approvals/tally.ts";
import { AppError } from "#src/kernel/app-error.ts";
import { instantOf } from "#src/kernel/instant.ts";
import { openLog } from "#src/log.ts";
import { databaseOf } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Plan } from "#src/plan/plan.ts";
import { openRecord } from "#src/record/record.ts";
import type { Record } from "#src/record/record.ts";
import { verifyChain } from "#src/record/verify-chain.ts";
import { startRunner } from "#src/run/runner.ts";
import { startConductor } from "#src/serve/conductor.ts";
import { sealingDesk, signingOfSealed } from "#src/serve/sealed-votes.ts";
import { whyNotGenuine } from "#src/signing/genuine-standing.ts";
import { soleKey } from "#src/signing/key-ring.ts";
import { verifyStanding } from "#src/signing/sign-standing.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { replay } from "#src/upgrade/evolve.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { next } from "#src/upgrade/next.ts";
import type { ApprovalRequest, Upgrade } from "#src/upgrade/state.ts";
import { seedUpgrade } from "#test/src/run/seed-upgrade.ts";
import {
  createEnvironment,
  createFolder,
  createPlan,
  createStep,
  permits,
  present,
  shell,
  silentLog,
} from "#test/src/run/stage.ts";
import { createDatabase } from "#test/support/database.ts";
import { carol, dave, erin, frank } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";

const rounds = 50;
/** Whose dozen clicks each share a few connections: who waits for one for 5 s is told that the database does not answer. */
const atOnce = 4;
const clicksEach = 3;
const people = [carol, dave, erin, frank];
const policy = {
  ...quorumPolicy({ users: people.map(({ userId }) => userId), groups: [], quorum: 2, expiresAfterMs: 3_600_000 }),
  denyThreshold: 2,
};

/** The same numbers for the same seed (mulberry32). */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Round {
  readonly id: UpgradeId;
  readonly environment: Environment;
  readonly plan: Plan;
  readonly file: string;
}

/** Upgrades whose only step is irreversible and leaves a line behind each time it runs. */
function makeRound(number: number, databaseUrl: string, folder: string): Round {
  const name = `round-${number}`;
  const file = join(folder, name);
  const base = createEnvironment(databaseUrl, { name, policies: { irreversible: policy } });
  const environment = { ...base, database: { ...databaseOf(base), name: `kong_${number}` } };
  const step = createStep({
    class: "irreversible",
    action: { kind: "commands", commands: [shell(`echo ran >> ${file}`)] },
    proof: [present(file)],
  });
  const id: UpgradeId = `KU-2026-${String(number).padStart(4, "0")}`;
  return { id, environment, plan: createPlan(environment, [step]), file };
}

/** Everybody clicks at once, each through whichever replica the request comes to. */
async function clickAll(id: UpgradeId, desks: readonly Desk[], seed: number): Promise<void> {
  const pick = numbersFrom(seed);
  const clicks = people.flatMap((voter) => Array.from({ length: clicksEach }, () => ({ voter, choice: pick(10) })));
  await Promise.all(
    clicks.map(async ({ voter, choice }) => {
      for (let turns = pick(30); turns > 0; turns -= 1) await new Promise((resolve) => setImmediate(resolve));
      const desk = desks[pick(desks.length)];
      if (desk !== undefined) await clickOnce(desk, id, { voter, choice }).catch(ignoreBusy);
    }),
  );
}

/** Whoever is told that others were faster five times, or that nobody answers, clicks again, or not. */
function ignoreBusy(thrown: unknown): void {
  const isBusy = thrown instanceof AppError && ["record_conflict", "database_unreachable"].includes(thrown.code);
  if (!isBusy) throw thrown;
}

async function clickOnce(
  desk: Desk,
  id: UpgradeId,
  who: { readonly voter: Person; readonly choice: number },
): Promise<void> {
  const approval = approvalOf(await desk.find(id));
  if (approval !== undefined) await click(desk, id, { ...who, approval });
}

/** Mostly approvals; refusals are part of the game. */
async function click(
  desk: Desk,
  id: UpgradeId,
  { voter, choice, approval }: { readonly voter: Person; readonly choice: number; readonly approval: ApprovalRequest },
): Promise<void> {
  const ref = { stepId: "work", attempt: 1, voter, digest: approval.digest };
  const actor = { kind: "person", userId: voter.userId, teamId: "T0ACME001", name: voter.userId } as const;
  if (choice < 6) await desk.submit(id, { intent: "vote", ...ref, decision: "approve" }, actor);
  else if (choice < 9) await desk.submit(id, { intent: "withdraw_vote", ...ref }, actor);
  else await desk.submit(id, { intent: "vote", ...ref, decision: "reject", reason: "wait" }, actor);
}

function approvalOf(upgrade: Upgrade | undefined): ApprovalRequest | undefined {
  const progress = upgrade !== undefined && "forward" in upgrade ? upgrade.forward?.steps.get("work") : undefined;
  return progress === undefined || progress.kind === "waiting" ? undefined : progress.approval;
}

/** What must be true of a record when everybody has let go of it. */
async function check(round: Round, records: readonly Record[], keys: ReturnType<typeof soleKey>): Promise<string> {
  const { id, file } = round;
  const [first] = records;
  if (first === undefined) throw new Error("no replica");
  // The bot may still tell people that a gate is open again, so the looks are repeated until none fell in between.
  const { events, folds } = await waitUntil("a moment in which nothing is added", async () => {
    const before = await first.events(id, 0);
    const seen = await Promise.all(records.map((record) => record.find(id)));
    const isQuiet = (await first.events(id, before.length)).length === 0;
    return isQuiet && { events: before, folds: seen };
  });
  const whole = replay(events);
  for (const fold of folds) expect(fold).toEqual(whole);
  expect(verifyChain(id, await first.rawEvents(id))).toMatchObject({ ok: true });

  expect(events.flatMap(({ event }) => (event.type === "alarm_raised" ? [event.what] : []))).toEqual([]);
  const starts = events.filter(({ event }) => event.type === "step_started");
  const lines = await readFile(file, "utf8").catch(() => "");
  expect(lines.split("\n").length - 1).toBe(starts.length);
  expect(starts.length).toBeLessThanOrEqual(1);
  const outcome = approvalOf(whole)?.outcome.kind ?? "none";
  const [start] = starts;
  // Nothing that was granted is left lying there, and nothing else was used.
  expect(start === undefined ? ["open", "refused"] : ["consumed"]).toContain(outcome);
  if (start !== undefined) expectGranted(events.slice(0, start.version - 1), start, keys);
  return outcome;
}

/** By the order of the log alone, with nothing that the program folded on the way: enough people, and sealed votes. */
function expectGranted(before: readonly RecordedEvent[], start: RecordedEvent, keys: ReturnType<typeof soleKey>): void {
  const approval = approvalOf(replay(before));
  if (approval?.outcome.kind !== "granted" || approval.outcome.signed === undefined) throw new Error("not granted");
  const voters = new Map<string, string>();
  for (const { event } of before) {
    if (event.type === "ballot_withdrawn") voters.delete(event.by.userId);
    if (event.type === "ballot_cast") voters.set(event.ballot.voter.userId, event.ballot.decision);
  }
  const said = [...voters.values()];
  expect(said.filter((decision) => decision === "approve").length).toBeGreaterThanOrEqual(2);
  expect(said.filter((decision) => decision === "reject").length).toBeLessThan(2);
  expect(tally(approval, approval.ballots, start.at).kind).toBe("granted");
  const opened = verifyStanding(approval.outcome.signed.envelope, keys.trusted);
  if (!opened.ok) throw new Error(opened.problem.sentence);
  expect(whyNotGenuine(opened.value, before, keys.trusted)).toBeUndefined();
  for (const { userId } of opened.value.approvals) expect(voters.get(userId)).toBe("approve");
}

test(`T03: ${rounds} rounds of simultaneous clicks through three replicas, with two runners at the start: one standing, one start`, async () => {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  const folder = stack.use(await createFolder());
  const open = async (): Promise<Record> => stack.use(await openRecord({ url: database.url }));
  const records = [await open(), await open(), await open()];
  const keys = soleKey(generateKey());
  const desks = records.map((record) => sealingDesk(record, keys, () => instantOf(Date.now())));
  const all = Array.from({ length: rounds }, (_, index) => makeRound(index + 1, database.url, folder.path));
  const known = new Map<string, Person>(people.map((person) => [person.userId, person]));
  for (const [index, record] of records.slice(0, 2).entries()) {
    const replica = `replica-${index}`;
    stack.use(
      startConductor({
        desk: record,
        replica,
        isFirst: () => true,
        log: openLog("silent", "test"),
        now: () => record.now(),
        listen: (onChange) => record.listen(onChange),
        traceOf: (upgrade) => record.traceOf(upgrade),
        lostSteps: async () => [],
        heldSteps: async () => [],
        ring: async () => undefined,
        channelReach: async () => "own",
        fence: async ({ request }) => (await record.lockOf(request.environment.name))?.fence,
        lookUp: async (userId) => known.get(userId) ?? { kind: "unknown", userId, problem: "nobody" },
        listed: async () => ({ people, unreadGroups: [] }),
        lookUpFor: async (userId) => known.get(userId) ?? { kind: "unknown", userId, problem: "nobody" },
        rosterOf: async () => ({ people, unreadGroups: [], leftOut: 0 }),
        environments: [],
        calendarOf: () => undefined,
        wakes: { set: async () => undefined, hear: async () => ({ [Symbol.asyncDispose]: async () => undefined }) },
        sign: signingOfSealed(record, keys, { actor: { kind: "bot", replica }, now: () => instantOf(Date.now()) }),
        project: () => undefined,
        checkpoint: async () => undefined,
      }),
    );
  }
  const plans = new Map(all.map(({ id, plan }) => [id, plan]));
  for (const runnerId of ["left", "right"]) {
    const runner = await startRunner(
      {
        runnerId,
        version: "0.0.0",
        environments: new Map(all.map(({ environment }) => [environment.name, environment])),
        record: await open(),
        doorbell: { attend: async () => ({ [Symbol.asyncDispose]: async () => undefined }) },
        publicKeys: keys.trusted,
        resolveSecret: async () => "secret",
        dataDir: join(folder.path, runnerId),
        log: silentLog,
        permits,
      },
      ({ id }) => plans.get(id),
    );
    stack.defer(() => runner.stop(10_000));
  }

  const outcomes = new Map<string, number>();
  const play = async (round: Round, seed: number): Promise<void> => {
    const [record] = records;
    if (record === undefined) throw new Error("no replica");
    await seedUpgrade(database.url, round);
    await clickAll(round.id, desks, seed);
    // A dozen rounds share the machine with all other tests.
    await waitUntil(
      `round ${seed} to come to rest`,
      async () => {
        const upgrade = await record.find(round.id);
        const todo = upgrade === undefined ? undefined : next(upgrade, await record.now()).do;
        return todo === "wait" || todo === "nothing";
      },
      150_000,
    );
    const outcome = await check(round, records, keys);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const by = { kind: "terminal", account: "bob", host: "test" } as const;
    await record.submit(round.id, { intent: "abort", reason: "over", leaveAsIs: true, by }, by);
  };
  const queue = [...all.entries()];
  const worker = async (): Promise<void> => {
    for (let turn = queue.shift(); turn !== undefined; turn = queue.shift()) await play(turn[1], turn[0]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));

  // Every way of ending was really there, so the rounds said something about each.
  expect([...outcomes.keys()].toSorted()).toEqual(expect.arrayContaining(["consumed", "open"]));
});

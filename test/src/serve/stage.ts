import type { Person } from "#approvals/person.ts";
import { instantOf } from "#src/kernel/instant.ts";
import type { Logger } from "#src/log.ts";
import { openLog } from "#src/log.ts";
import { execute, openSession } from "#src/record/database.ts";
import { openRecord } from "#src/record/record.ts";
import type { Record } from "#src/record/record.ts";
import { recheckApproval, startConductor } from "#src/serve/conductor.ts";
import type { ConductorParts } from "#src/serve/conductor.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import type { SigningKey } from "#src/signing/signing-key.ts";
import { signStanding } from "#src/signing/sign-standing.ts";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import type { EventType } from "#src/upgrade/events.ts";
import { next } from "#src/upgrade/next.ts";
import { createDatabase } from "#test/support/database.ts";
import { Story, id, request } from "#test/support/given.ts";
import { alice, carol, erin, inSlack, sampleFacts } from "#test/support/samples.ts";
import { appendRaw } from "#test/src/run/seed-upgrade.ts";

/** A real record that holds one upgrade, and conductors on it with the edges recorded instead of Slack and the queue. */
export interface Stage extends AsyncDisposable {
  readonly record: Record;
  readonly key: SigningKey;
  /** Who was looked up, in order. */
  readonly lookedUp: string[];
  /** Environments whose runners were rung, by an append or by a conductor. */
  readonly rung: string[];
  readonly projected: string[];
  readonly checkpointed: string[];
  /** What Slack answers about somebody from now on. */
  answer(person: Person): void;
  /** Ends with the stage, or before where that is asked for. */
  conduct(over?: Partial<ConductorParts>): AsyncDisposable;
  /** The second look that a click asks for. */
  recheck(over?: Partial<ConductorParts>): Promise<void>;
  typesSince(version: number): Promise<readonly EventType[]>;
  /** A runner that holds its life and gives no sign of it. */
  standStill(runnerId: string): Promise<StandingRunner>;
}

export interface StandingRunner extends AsyncDisposable {
  /** It gives a sign of life. */
  beat(): Promise<void>;
}

async function standStill(url: string, runnerId: string): Promise<StandingRunner> {
  const session = await openSession(url);
  await execute(session.client, "select pg_advisory_lock(hashtextextended($1, 0))", [runnerId]);
  await execute(
    session.client,
    `insert into kong_upgrade.runner (id, environments, host, pid, version, labels, started_at, last_seen, lock_key)
     values ($1, '{practice}', 'kong-eu-1', 4711, '0.1.0', '{}', clock_timestamp(),
             clock_timestamp() - interval '1 minute', hashtextextended($1, 0))`,
    [runnerId],
  );
  return {
    beat: async () => {
      const beat = "update kong_upgrade.runner set last_seen = clock_timestamp() where id = $1";
      await execute(session.client, beat, [runnerId]);
    },
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

export async function openStage(events: readonly UpgradeEvent[]): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  const rung: string[] = [];
  const record = stack.use(
    await openRecord({
      url: database.url,
      bell: { kind: "afterwards", ring: async (environment) => void rung.push(environment) },
    }),
  );
  await appendRaw(database.url, id, events);
  const key = generateKey();
  const people = new Map<string, Person>([carol, erin].map((person) => [person.userId, person]));
  const seen = {
    lookedUp: [] as string[],
    rung,
    projected: [] as string[],
    checkpointed: [] as string[],
  };
  const log: Logger = openLog("silent", "test");
  let replicas = 0;
  const conductors = stack.use(new AsyncDisposableStack());
  const parts = (): ConductorParts => ({
    desk: record,
    replica: `replica-${(replicas += 1)}`,
    isFirst: () => true,
    log,
    now: () => record.now(),
    listen: (onChange) => record.listen(onChange),
    traceOf: (upgrade) => record.traceOf(upgrade),
    lostSteps: () => record.lostRunners(),
    heldSteps: () => record.heldSteps(),
    ring: async (environment) => void seen.rung.push(environment),
    fence: async () => "1",
    channelReach: async () => "own",
    lookUp: async (userId) => {
      seen.lookedUp.push(userId);
      return people.get(userId) ?? { kind: "unknown", userId, problem: "not answered" };
    },
    listed: async () => ({ people: [...people.values()], unreadGroups: [] }),
    lookUpFor: async (userId) => people.get(userId) ?? { kind: "unknown", userId, problem: "not answered" },
    rosterOf: async () => ({ people: [...people.values()], unreadGroups: [], leftOut: 0 }),
    environments: [],
    calendarOf: () => undefined,
    wakes: { set: async () => undefined, hear: async () => ({ [Symbol.asyncDispose]: async () => undefined }) },
    sign: async (standing) => signStanding(standing, key),
    project: (upgrade) => void seen.projected.push(upgrade),
    checkpoint: async (upgrade) => void seen.checkpointed.push(upgrade),
  });
  const owned = stack.move();
  return {
    record,
    key,
    ...seen,
    answer: (person) => void people.set(person.userId, person),
    conduct: (over = {}) => {
      const one = new AsyncDisposableStack();
      one.use(startConductor({ ...parts(), ...over }));
      return conductors.use(one);
    },
    recheck: (over = {}) => recheckApproval({ ...parts(), ...over }, id),
    standStill: (runnerId) => standStill(database.url, runnerId),
    typesSince: async (version) => (await record.events(id, version)).map(({ event }) => event.type),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** An upgrade that was started this long ago and waits at its first irreversible step. */
export function atGate(startedAgoMs = 0): Story {
  const story = new Story();
  story.now = instantOf(Date.now() - startedAgoMs);
  return story
    .must(request)
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntilIrreversible();
}

/** The same with both votes given: the bot has to look again and sign. */
export function granted(startedAgoMs = 0): Story {
  const story = atGate(startedAgoMs);
  for (let votes = 0; votes < 2 && next(story.active, story.now).do !== "sign"; votes += 1) story.advance();
  return story;
}

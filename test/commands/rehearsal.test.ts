import { expect, test } from "vitest";
import { readCommand } from "#commands/table.ts";
import { findRehearsal } from "#commands/rehearsal.ts";
import { recommended } from "#src/plan/choose-strategy.ts";
import type { Environment } from "#src/plan/environment.ts";
import { chainStart, seal } from "#src/record/chain.ts";
import type { Desk } from "#src/upgrade/desk.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import { actorOf, upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { Story, request, started } from "#test/support/given.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import { alice, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";

const prod = sampleEnvironment({ name: "prod", preproduction: "practice" });
const wanted = { to: "3.4.2", strategy: "in-place" };

/** Ended records of the practice environment, newest first. */
class Archive extends MemoryDesk implements Desk {
  readonly #stories: readonly (readonly [UpgradeId, Story])[];

  constructor(stories: readonly (readonly [UpgradeId, Story])[]) {
    super();
    this.#stories = stories;
  }

  override async list({ environment, limit }: Parameters<Desk["list"]>[0]): ReturnType<Desk["list"]> {
    return this.#stories
      .flatMap(([id, { upgrade }]) => (upgrade === undefined ? [] : [Object.assign({}, upgrade, { id })]))
      .filter(({ request: { environment: own } }) => own.name === environment)
      .slice(0, limit);
  }

  override async events(id: UpgradeId): Promise<readonly RecordedEvent[]> {
    const story = this.#stories.find(([own]) => own === id)?.[1];
    const recorded: RecordedEvent[] = [];
    for (const { event, at, version } of story?.occurred ?? []) {
      const previous = recorded.at(-1)?.hash ?? chainStart(id);
      recorded.push(seal({ upgradeId: id, version, at, actor: actorOf(inSlack(alice)), event, previous }));
    }
    return recorded;
  }
}

const completed = (): Story => started().runUntil();

test("the newest completed upgrade to the same version is found, with the moments of its start and end and the hash of its end", async () => {
  const newer = completed().wait(3_600_000);
  newer.must({ intent: "add_note", text: "went well", by: inSlack(alice) });
  const desk = new Archive([
    ["KU-2026-0009", newer],
    ["KU-2026-0008", completed()],
  ]);
  const events = await desk.events("KU-2026-0009");
  const end = events.find(({ event }) => event.type === "upgrade_completed");
  expect(await findRehearsal(desk, prod, wanted)).toEqual({
    upgradeId: "KU-2026-0009",
    environment: "practice",
    from: "2.8.5",
    to: "3.4.2",
    strategy: "in-place",
    startedAt: started().now,
    completedAt: end?.at,
    recordHead: end?.hash,
  });
  expect(await findRehearsal(desk, prod, { to: "3.4.2", strategy: recommended })).toBeDefined();
});

test("what was not completed, went elsewhere or by another strategy, or belongs to nobody's preproduction is none", async () => {
  const aborted = started().must({ intent: "abort", reason: "", leaveAsIs: true, by: inSlack(alice) });
  const checked = new Story()
    .must({ ...request, mode: "check" })
    .must({ intent: "report_survey", facts: sampleFacts() });
  const ended = new Archive([
    ["KU-2026-0003", aborted],
    ["KU-2026-0002", checked],
  ]);
  expect(await findRehearsal(ended, prod, wanted)).toBeUndefined();
  const desk = new Archive([["KU-2026-0001", completed()]]);
  expect(await findRehearsal(desk, prod, { ...wanted, to: "3.4.1" })).toBeUndefined();
  expect(await findRehearsal(desk, prod, { ...wanted, strategy: "dual-cluster" })).toBeUndefined();
  expect(await findRehearsal(desk, { ...prod, preproduction: "sandbox" }, wanted)).toBeUndefined();
  expect(await findRehearsal(desk, sampleEnvironment(), wanted)).toBeUndefined();
});

interface Typed {
  readonly desk: MemoryDesk;
  readonly environments: readonly Environment[];
  readonly line: string;
}

async function type({ desk, environments, line }: Typed): Promise<string> {
  const read = readCommand(
    line,
    environments.map(({ name }) => name),
  );
  if (!read.ok) throw new Error(read.reply.content.text);
  const { kind, content } = await read.run({
    now: Date.now,
    desk,
    environments,
    names: { person: (id) => id, group: (id) => id },
    records: {
      exportRecord: () => Promise.reject(new Error("not asked")),
      verifyRecord: () => Promise.reject(new Error("not asked")),
    },
    by: inSlack(alice),
    channel: undefined,
  });
  return `${kind}: ${content.text}`;
}

test("the word plan hands the rehearsal on, the word check does not", async () => {
  const desk = new Archive([["KU-2026-0009", completed()]]);
  const ask = async (line: string) => {
    const text = await type({ desk, environments: [prod], line });
    const id = upgradeIdSchema.parse(/KU-\d{4}-\d{4}/u.exec(text)?.[0]);
    return (await desk.find(id))?.request.rehearsal;
  };
  expect(await ask("check prod --to 3.4.2")).toBeUndefined();
  expect(await ask("plan prod --to 3.4.2")).toMatchObject({ upgradeId: "KU-2026-0009", environment: "practice" });
});

test("a copy that would take the place of production itself is refused before anybody looks", async () => {
  const staging = sampleEnvironment({ name: "staging", copyOf: "prod" });
  const line = "plan staging --to 3.4.2";
  const environments = [staging, prod];
  expect(await type({ desk: new MemoryDesk(), environments, line })).toMatch(
    /^refused: staging is to be rebuilt from prod, but both use/u,
  );
  const { database } = staging;
  const apart = { ...staging, ...(database === undefined ? {} : { database: { ...database, name: "kong_staging" } }) };
  expect(await type({ desk: new MemoryDesk(), environments: [apart, prod], line })).toMatch(/^accepted/u);
});

import { expect, test } from "vitest";
import type { HeldLock, Setting } from "#commands/command.ts";
import { readCommand } from "#commands/table.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { next } from "#src/upgrade/next.ts";
import { report } from "#test/support/given.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import { alice, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";

const id: UpgradeId = "KU-2026-0001";
const practice = sampleEnvironment();
const legacy = sampleEnvironment({ name: "legacy", channel: "C0LEGACY1" });
const free = sampleEnvironment({ name: "free", channel: "C0FREE001" });
const runner = { kind: "runner", runnerId: "r1" } as const;

class Room {
  readonly desk = new MemoryDesk();
  /** legacy uses the database of practice. */
  readonly #lock: HeldLock = { environment: "practice", upgradeId: id, fence: "7", since: "2026-11-21T03:00:00.000Z" };

  async type(line: string, channel = "C0PRACTCE"): Promise<string> {
    const read = readCommand(line, ["practice", "legacy", "free"]);
    if (!read.ok) return `mistake: ${read.reply.content.text}`;
    const setting: Setting = {
      desk: this.desk,
      environments: [practice, legacy, free],
      names: { person: (userId) => userId, group: (group) => group },
      records: {
        exportRecord: () => Promise.reject(new Error("not asked")),
        verifyRecord: () => Promise.reject(new Error("not asked")),
        lockOn: async ({ name }) => (name === "free" ? undefined : this.#lock),
      },
      now: Date.now,
      by: inSlack(alice),
      channel,
    };
    const { kind, content } = await read.run(setting);
    return `${kind}: ${content.text}`;
  }

  async started(): Promise<this> {
    await this.type("plan practice --to 3.4.2");
    await this.desk.submit(id, { intent: "report_survey", facts: sampleFacts() }, runner);
    await this.type("start");
    return this;
  }
}

test("`where` tells holder, reason, since, by whom, number, running step and its runner, Kong's lock, and who may release", async () => {
  const room = await new Room().started();
  const upgrade = await room.desk.find(id);
  const todo = upgrade === undefined ? undefined : next(upgrade, upgrade.updatedAt);
  if (todo?.do !== "run") throw new Error("nothing runs");
  const ref = { stepId: todo.step.id, attempt: 1, runnerId: "r1" };
  await room.desk.submit(id, { intent: "start_step", ...ref, digest: todo.digest }, runner);
  const running = await room.type("where");
  expect(running).toContain(`*practice* is held by *${id}*, since <!date^1795230000^`);
  expect(running).toContain("lock number 7");
  expect(running).toContain("Why: plan to 3.4.2, asked for by");
  expect(running).toMatch(/Running step: “.*” on runner r1, since/u);
  expect(running).toContain(`It can be released by <@${alice.userId}>`);

  const lock = {
    kind: "migration_lock_free",
    verdict: "not_ok",
    summary: "Kong's migration lock is held by n7 for 31 s more",
    details: [],
  } as const;
  await room.desk.submit(
    id,
    { intent: "finish_step", ...ref, report: { ...report("failed"), precheck: [lock] } },
    runner,
  );
  expect(await room.type("where practice")).toContain(
    "Kong's migration lock: Kong's migration lock is held by n7 for 31 s more",
  );
});

test("an environment that is held through another one says through which, and a free one that it is free", async () => {
  const room = await new Room().started();
  const all = await room.type("where", "C0RANDOM1");
  expect(all).toContain(`*legacy* is held by *${id}*, through *practice*, which shares a database with it`);
  expect(all).toContain("*free* is free");
  expect(await room.type("where free", "C0FREE001")).not.toContain("practice");
});

test("`release` closes the upgrade as it stands, with its reason", async () => {
  const room = await new Room().started();
  expect(await room.type("release KU-2026-0001")).toContain("needs `--reason`");
  expect(await room.type('release ku-2026-0001 --reason "host scrapped"')).toContain(
    "environment and database are free",
  );
  const types = (await room.desk.events(id, 0)).map(({ event }) => event.type);
  expect(types.slice(-2)).toEqual(["lock_released", "upgrade_aborted"]);
});

test("a terminal is told of every environment, however many there are", async () => {
  const environments = Array.from({ length: 25 }, (_, index) => sampleEnvironment({ name: `env-${index}` }));
  const read = readCommand("where", []);
  if (!read.ok) throw new Error("where is a word");
  const setting: Setting = {
    desk: new MemoryDesk(),
    environments,
    names: { person: (userId) => userId, group: (group) => group },
    records: {
      exportRecord: () => Promise.reject(new Error("not asked")),
      verifyRecord: () => Promise.reject(new Error("not asked")),
      lockOn: async () => undefined,
    },
    now: Date.now,
    by: { kind: "terminal", account: "root", host: "ops-1" },
    channel: undefined,
  };
  const { data } = await read.run(setting);
  expect(data?.kind === "where" && data.locks).toHaveLength(25);
});

test("an installation that a runner does not look at is told as that, until one does", async () => {
  const room = new Room();
  await room.type("plan practice --to 3.4.2");
  await room.desk.submit(id, { intent: "raise_alarm", what: "the configurations differ" }, runner);
  for (const word of ["where", "status", "list --state waiting"])
    expect(await room.type(word)).toContain("The installation is not looked at: the alarm in the thread says why");
  await room.desk.submit(id, { intent: "report_survey", facts: sampleFacts() }, runner);
  expect(await room.type("status")).not.toContain("alarm");
});

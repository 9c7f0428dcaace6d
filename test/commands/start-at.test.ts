import { expect, test } from "vitest";
import type { Setting } from "#commands/command.ts";
import { readCommand } from "#commands/table.ts";
import type { Person } from "#approvals/person.ts";
import { instantOf } from "#src/kernel/instant.ts";
import type { Calendar } from "#src/plan/calendar.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import { alice, frank, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";

const id: UpgradeId = "KU-2026-0001";

/** A room in which a plan is ready, on Saturday, 21 November 2026, at 03:00 UTC. */
class Room {
  now = Date.UTC(2026, 10, 21, 3);
  readonly desk = new MemoryDesk(() => this.now);
  readonly environment;
  zoneInSlack: string | undefined;

  constructor(calendar?: Calendar) {
    this.environment = sampleEnvironment(calendar === undefined ? {} : { calendar });
  }

  async planned(): Promise<this> {
    await this.type("plan practice --to 3.4.2");
    await this.desk.submit(id, { intent: "report_survey", facts: sampleFacts() }, { kind: "runner", runnerId: "r1" });
    return this;
  }

  async type(line: string, by: Person = alice): Promise<string> {
    const read = readCommand(line, ["practice"]);
    if (!read.ok) return `mistake: ${read.reply.content.text}`;
    const setting: Setting = {
      desk: this.desk,
      environments: [this.environment],
      names: { person: (userId) => userId, group: (group) => group },
      records: {
        exportRecord: () => Promise.reject(new Error("not asked")),
        verifyRecord: () => Promise.reject(new Error("not asked")),
      },
      now: () => this.now,
      by: inSlack(by),
      channel: "C0PRACTCE",
      people: { lookUp: async () => by, listed: async () => ({ people: [], unreadGroups: [], leftOut: 0 }) },
      timeZoneOf: async () => this.zoneInSlack,
    };
    const { kind, content } = await read.run(setting);
    return `${kind}: ${content.text}`;
  }

  async scheduledFor(): Promise<string | undefined> {
    const upgrade = await this.desk.find(id);
    return upgrade?.status === "planned" ? upgrade.schedule?.at : undefined;
  }
}

const seconds = (at: string): string => `<!date^${Date.parse(at) / 1_000}^`;

test.each([
  ["start --at 22:00", "2026-11-21T22:00:00.000Z"],
  ["start practice --at 2026-12-01 22:00", "2026-12-01T22:00:00.000Z"],
  ['start --at "2026-12-01 22:00" practice', "2026-12-01T22:00:00.000Z"],
  ["start --at=2026-12-01T22:00+01:00 practice", "2026-12-01T21:00:00.000Z"],
  ["start --at in 2h practice", "2026-11-21T05:00:00.000Z"],
  ["start practice --at in 2 hours", "2026-11-21T05:00:00.000Z"],
  ["start practice —in 90m", "2026-11-21T04:30:00.000Z"],
  ["start KU-2026-0001 --at tomorrow 6:30 America/New_York", "2026-11-21T11:30:00.000Z"],
])("`%s` schedules the start, and the answer says when and by whose clock", async (line, at) => {
  const room = await new Room().planned();
  const answer = await room.type(line);
  expect(answer).toContain(`accepted: *${id}* of practice starts ${seconds(at)}`);
  expect(await room.scheduledFor()).toBe(at);
});

test("a time is meant by the clock of the environment, else of the person, else by UTC", async () => {
  const told = async (room: Room) => `${await room.type("start --at 22:00")} ${await room.scheduledFor()}`;
  const configured = await new Room({ freezes: [], timeZone: "Europe/Berlin" }).planned();
  configured.zoneInSlack = "Asia/Tokyo";
  expect(await told(configured)).toMatch(
    /in Europe\/Berlin \(the time zone of practice\).* 2026-11-21T21:00:00\.000Z$/u,
  );
  const own = await new Room().planned();
  own.zoneInSlack = "Asia/Tokyo";
  expect(await told(own)).toMatch(/in Asia\/Tokyo \(your time zone in Slack\).* 2026-11-21T13:00:00\.000Z$/u);
  const none = await new Room().planned();
  none.zoneInSlack = "Atlantis";
  expect(await told(none)).toMatch(/in UTC .* 2026-11-21T22:00:00\.000Z$/u);
});

test.each([
  ["start --at 2026-11-20 22:00", "has passed already"],
  ["start --at soon", "“soon” is no time that I can read"],
  ["start --at 2026-02-30", "no such day"],
  ["start --at 2027-11-20", "more than 60 days ahead"],
  ["start --at 2027-03-28 02:30", "does not exist in Europe/Berlin"],
  ["start --at 2026-10-25 02:30", "happens twice in Europe/Berlin"],
  ["start --at", "needs a value"],
  ["start --at --in", "needs a value"],
  ["start --at 22:00 --in 2h", "both say when"],
])("`%s` is answered with what is wrong: %s", async (line, why) => {
  const room = await new Room({ freezes: [], timeZone: "Europe/Berlin" }).planned();
  expect(await room.type(line)).toContain(why);
});

test("a start outside of the windows is scheduled, and told that it will wait", async () => {
  const nights = { days: ["sat"], from: "23:00", to: "02:00", timeZone: "Europe/Berlin" } as const;
  const maintenance = { windows: [nights], bind: "impacting", mayLift: { users: [], groups: [] } } as const;
  const room = await new Room({ freezes: [], maintenance, timeZone: "Europe/Berlin" }).planned();
  const answer = await room.type("start --at 21:00");
  expect(answer).toContain("No maintenance window is open then");
  expect(answer).toContain(seconds("2026-11-21T22:00:00.000Z"));
  expect(await room.type("start --at 23:30")).not.toContain("No maintenance window");
});

test("a start into a freeze is refused with its dates, and scheduled once somebody who may has lifted it", async () => {
  const freeze = {
    name: "year end",
    from: "2026-11-21T20:00:00.000Z",
    to: "2026-11-23T06:00:00.000Z",
    reason: "the shop",
    mayLift: { users: [frank.userId], groups: [] },
    yieldsToBrokenGlass: false,
  };
  const room = await new Room({ freezes: [freeze] }).planned();
  const no = await room.type("start --at 22:00");
  expect(no).toContain(seconds(freeze.from));
  expect(no).toContain(seconds(freeze.to));
  expect(no).toContain(`<@${frank.userId}>`);
  expect(await room.type('lift --reason "board" --freeze "year end"')).toContain("cannot be lifted by you");
  expect(await room.type("lift --freeze yearend --reason board", frank)).toContain("Did you mean “year end”?");
  expect(await room.type("lift --reason board", frank)).toContain("Nothing in the calendar holds");
  expect(await room.type('lift practice --freeze "Year End" --reason board', frank)).toContain(
    "It is recorded with your name",
  );
  expect(await room.type("start --at 22:00")).toContain("accepted");
});

test("a freeze that only the present configuration knows refuses a start, too", async () => {
  const room = await new Room().planned();
  const freeze = {
    name: "new",
    from: instantOf(room.now),
    to: instantOf(room.now + 1_000),
    reason: "",
    mayLift: { users: [], groups: [] },
    yieldsToBrokenGlass: false,
  };
  Object.assign(room.environment, { calendar: { freezes: [freeze] } });
  // The plan was asked for before, so its record does not know of it.
  const line = await room.type("start");
  expect(line).toContain("freeze “new”");
});

test("`unschedule` takes the time back, and says so where there is none", async () => {
  const room = await new Room().planned();
  expect(await room.type("unschedule")).toContain("No start of KU-2026-0001 is scheduled");
  await room.type("start --at 22:00");
  expect(await room.type("unschedule --reason moved")).toContain("is not scheduled any more");
  expect(await room.scheduledFor()).toBeUndefined();
});

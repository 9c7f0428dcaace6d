import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Directory } from "#approvals/directory.ts";
import { emptyDirectory } from "#approvals/directory.ts";
import { createClients } from "#src/slack/clients.ts";
import type { ReadRoster } from "#src/slack/group-members.ts";
import { People } from "#src/slack/people.ts";
import { MemoryLog } from "./bot.ts";
import { fakeSlack, userOf } from "./fake-slack.ts";

const directory: Directory = {
  people: [
    { human: "carol@example.com", accounts: [{ userId: "U0CAROL01" }, { userId: "U0CAROL02", teamId: "T0ACME001" }] },
    { human: "erin", accounts: [{ userId: "U0ERIN001" }, { userId: "U0ERIN0X1", teamId: "T0OTHER01" }] },
  ],
  rosters: [{ name: "on-call", source: { kind: "file", path: "/etc/on-call" } }],
};

async function stage(over: { readonly directory?: Directory; readonly readRoster?: ReadRoster } = {}) {
  const groups = new Map<string, readonly string[]>([["S0APPROVE", ["U0CAROL01", "U0DAVE001"]]]);
  const fake = await fakeSlack({
    "users.info": ({ user = "" }) => ({ ok: true, user: userOf(user) }),
    "usergroups.users.list": ({ usergroup = "" }) => {
      const users = groups.get(usergroup);
      return users === undefined ? { ok: false, error: "no_such_subteam" } : { ok: true, users };
    },
  });
  const log = new MemoryLog();
  const clock = { nowMs: 1_000_000 };
  const { interactive } = createClients("xoxb-practice-x", fake.apiUrl, log);
  const people = new People({
    client: interactive,
    home: { teamId: "T0ACME001" },
    directory,
    readRoster: () => Promise.reject(new Error("the file is away")),
    log,
    now: () => clock.nowMs,
    ...over,
  });
  const lookUp = (userId: string, ...asked: readonly string[]) =>
    people.lookUp({ userId, groups: asked, isFresh: true });
  return {
    fake,
    groups,
    log,
    clock,
    people,
    lookUp,
    count: (method: string) => fake.calls.filter((call) => call.method === method).length,
  };
}

const roster = (...entries: readonly string[]): { readonly readRoster: ReadRoster } => ({
  readRoster: async () => entries,
});

test("an account that the configuration maps carries its human; others carry none", async () => {
  const { lookUp } = await stage();
  expect(await lookUp("U0CAROL02")).toMatchObject({ human: "carol@example.com" });
  expect(await lookUp("U0ERIN001")).toMatchObject({ human: "erin" });
  expect(await lookUp("U0DAVE001")).not.toHaveProperty("human");
});

test("a roster holds Slack ids and identities, which stand for all accounts of our workspace", async () => {
  const { lookUp, log } = await stage(roster("U0DAVE001", "Carol@Example.com", "erin", "nobody@example.com"));
  for (const userId of ["U0DAVE001", "U0CAROL01", "U0CAROL02", "U0ERIN001"])
    expect(await lookUp(userId, "roster:on-call")).toMatchObject({ groups: ["roster:on-call"] });
  for (const userId of ["U0ERIN0X1", "U0FRANK01"])
    expect(await lookUp(userId, "roster:on-call")).toMatchObject({ groups: [] });
  expect(log.lines[0]).toMatchObject({
    level: "warn",
    context: { roster: "on-call", entries: ["nobody@example.com"] },
  });
});

test.each([
  ["is away", {}, "the file is away"],
  ["holds a display name", roster("Carol"), "neither a Slack user id"],
  ["is not configured", { directory: emptyDirectory }, "no roster on-call"],
])("a roster that %s leaves membership open, and the log says why", async (_, over, problem) => {
  const { lookUp, log } = await stage(over);
  const person = await lookUp("U0CAROL01", "roster:on-call", "S0APPROVE");
  expect(person).toMatchObject({ groups: ["S0APPROVE"], unreadGroups: ["roster:on-call"] });
  expect(JSON.stringify(log.lines)).toContain(problem);
});

test.each([
  ["no_such_subteam", "enable it in Slack, or correct the policy"],
  ["missing_scope", "install the app from manifest.yml again"],
  ["plan_upgrade_required", "name people or a roster"],
  ["something_new", "see Slack's documentation"],
])(
  "a user group that answers %s is asked once and leaves membership open; the log says what to do",
  async (error, remedy) => {
    const { fake, lookUp, log, count } = await stage();
    fake.answers.set("usergroups.users.list", () => ({ ok: false, error }));
    expect(await lookUp("U0CAROL01", "S0APPROVE")).toMatchObject({ groups: [], unreadGroups: ["S0APPROVE"] });
    expect(count("usergroups.users.list")).toBe(1);
    expect(log.lines).toMatchObject([{ level: "warn", context: { group: "S0APPROVE" } }]);
    expect(JSON.stringify(log.lines)).toContain(error);
    expect(JSON.stringify(log.lines)).toContain(remedy);
  },
);

test.each([
  ["takes no more calls", "users.info", { status: 429, ok: false, error: "ratelimited" }, "no more look-ups for 30 s"],
  ["fails", "users.info", { status: 503 }, "503"],
  ["does not know somebody", "users.info", { ok: false, error: "user_not_found" }, "nobody has this id"],
])("when Slack %s, it is asked once and the person is unknown", async (_, method, answer, problem) => {
  const { fake, lookUp, count } = await stage();
  fake.answers.set(method, () => answer);
  expect(await lookUp("U0CAROL01")).toMatchObject({ kind: "unknown", problem: expect.stringContaining(problem) });
  expect(count(method)).toBe(1);
});

test("a Slack that does not answer counts as no within three seconds", async () => {
  const { fake, lookUp } = await stage();
  fake.answers.set("users.info", () => "silence");
  // A timer of the same process: where the machine stands still, both are late.
  const answer = await Promise.race([lookUp("U0CAROL01"), delay(3_000, "too late", { ref: false })]);
  expect(answer).toMatchObject({ kind: "unknown" });
});

test("when Slack takes no more questions about groups, what was told in the last minute counts, and nothing older", async () => {
  const { fake, lookUp, count, clock } = await stage();
  expect(await lookUp("U0CAROL01", "S0APPROVE")).toMatchObject({ groups: ["S0APPROVE"] });
  for (const method of ["usergroups.users.list", "usergroups.list"])
    fake.answers.set(method, () => ({ status: 429, ok: false, error: "ratelimited" }));
  clock.nowMs += 20_000;
  expect(await lookUp("U0CAROL01", "S0APPROVE")).toMatchObject({ groups: ["S0APPROVE"] });
  clock.nowMs += 20_000;
  expect(await lookUp("U0CAROL01", "S0APPROVE")).toMatchObject({ groups: ["S0APPROVE"] });
  // Slack said to wait for 30 s, so it was not asked a third time.
  expect(count("usergroups.users.list")).toBe(2);
  clock.nowMs += 20_001;
  expect(await lookUp("U0CAROL01", "S0APPROVE")).toMatchObject({ groups: [], unreadGroups: ["S0APPROVE"] });
});

test("look-ups of one moment share their calls; those of a later click do not, even while the first is under way", async () => {
  const { clock, lookUp, count } = await stage();
  const first = [lookUp("U0CAROL01", "S0APPROVE"), lookUp("U0DAVE001", "S0APPROVE"), lookUp("U0CAROL01", "S0APPROVE")];
  clock.nowMs += 251;
  const later = lookUp("U0CAROL01", "S0APPROVE");
  await Promise.all([...first, later]);
  expect(count("users.info")).toBe(3);
  expect(count("usergroups.users.list")).toBe(2);
});

test("an answer that was asked for earlier does not replace a later one", async () => {
  const waiting = Promise.withResolvers<readonly string[]>();
  const answers: (() => Promise<readonly string[]>)[] = [() => waiting.promise, async () => []];
  const { clock, people } = await stage({ readRoster: async () => (await answers.shift()?.()) ?? ["U0FRANK01"] });
  const ask = (isFresh: boolean) => people.lookUp({ userId: "U0CAROL01", groups: ["roster:on-call"], isFresh });
  const early = ask(true);
  clock.nowMs += 251;
  expect(await ask(true)).toMatchObject({ groups: [] });
  waiting.resolve(["U0CAROL01"]);
  expect(await early).toMatchObject({ groups: ["roster:on-call"] });
  expect(await ask(false)).toMatchObject({ groups: [] });
});

test("members of lists are everybody whom they name, once, with the groups they are in", async () => {
  const { people } = await stage(roster("erin"));
  const lists = { users: ["U0ERIN001", "U0FRANK01"], groups: ["S0APPROVE", "roster:on-call"] };
  expect((await people.listed(lists)).people).toMatchObject([
    { userId: "U0ERIN001", human: "erin", groups: ["roster:on-call"] },
    { userId: "U0FRANK01", groups: [] },
    { userId: "U0CAROL01", groups: ["S0APPROVE"] },
    { userId: "U0DAVE001", groups: ["S0APPROVE"] },
  ]);
});

test("lists that cannot be read, and people beyond two hundred, are told", async () => {
  const { people, groups, log, count } = await stage();
  groups.set(
    "S0HUGE001",
    Array.from({ length: 230 }, (_, index) => `U0MANY${String(index).padStart(3, "0")}`),
  );
  const listed = await people.listed({ users: ["U0ERIN001"], groups: ["S0HUGE001", "S0GONE001"] });
  expect(listed).toMatchObject({ unreadGroups: ["S0GONE001"], leftOut: 31 });
  expect(listed.people).toHaveLength(200);
  expect(listed.people[0]).toMatchObject({ userId: "U0ERIN001" });
  expect(count("users.info")).toBe(200);
  expect(log.lines.some(({ message }) => message.includes("more people than are looked up"))).toBe(true);
});

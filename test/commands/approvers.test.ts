import { expect, test } from "vitest";
import { quorumPolicy } from "#approvals/policy.ts";
import type { ListedPeople, Setting } from "#commands/command.ts";
import { readCommand } from "#commands/table.ts";
import type { Environment } from "#src/plan/environment.ts";
import { kindOf } from "#src/plan/step-kinds.ts";
import { actorOf } from "#src/upgrade/identity.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import type { Requester, UpgradeId } from "#src/upgrade/identity.ts";
import { report } from "#test/support/given.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import {
  alice,
  bob,
  carol,
  dave,
  dora,
  erin,
  gina,
  inSlack,
  sampleEnvironment,
  sampleFacts,
} from "#test/support/samples.ts";

const ID: UpgradeId = "KU-2026-0001";
const runner = { kind: "runner", runnerId: "r1" } as const;
const oneOf = (...users: readonly string[]) =>
  quorumPolicy({ users: [...users], groups: [], quorum: 1, expiresAfterMs: 3_600_000 });

/** A channel with an environment whose irreversible steps need two of S0APPROVE and erin. */
class Room {
  readonly desk = new MemoryDesk();
  readonly asked: string[] = [];
  listed: Partial<ListedPeople> = { people: [carol, dave, dora, erin] };
  environment: Environment = sampleEnvironment();

  async type(line: string, by: Requester = inSlack(alice)): Promise<string> {
    const read = readCommand(line, ["practice"]);
    if (!read.ok) throw new Error(read.reply.content.text);
    const setting: Setting = {
      now: Date.now,
      desk: this.desk,
      environments: [this.environment],
      names: { person: (id) => id, group: (id) => id },
      records: {
        exportRecord: () => Promise.reject(new Error("not asked")),
        verifyRecord: () => Promise.reject(new Error("not asked")),
      },
      by,
      channel: "C0PRACTCE",
      rosterOf: async ({ name }) => {
        this.asked.push(name);
        return { people: [], unreadGroups: [], leftOut: 0, ...this.listed };
      },
    };
    const { kind, content } = await read.run(setting);
    return `${kind}: ${content.text}`;
  }

  async planned(by = inSlack(alice)): Promise<this> {
    const said = await this.type("plan --to 3.4.2", by);
    if (!said.startsWith("accepted")) throw new Error(said);
    await this.desk.submit(ID, { intent: "report_survey", facts: sampleFacts() }, runner);
    return this;
  }

  /** Steps are done, or confirmed as alice where a person does them, until an irreversible one has its turn. */
  async runUntilIrreversible(): Promise<void> {
    for (let round = 0; round < 60; round += 1) {
      const upgrade = await this.desk.find(ID);
      const current = upgrade?.status === "active" ? currentStep(upgrade) : undefined;
      if (upgrade === undefined || current === undefined) throw new Error("not active");
      if (current.step.class === "irreversible") return;
      const todo = next(upgrade, upgrade.updatedAt);
      const ref = { stepId: current.step.id, attempt: 1 };
      if (todo.do === "run") {
        const running = { ...ref, runnerId: "r1" };
        await this.desk.submit(ID, { intent: "start_step", ...running, digest: todo.digest }, runner);
        await this.desk.submit(ID, { intent: "finish_step", ...running, report: report("done") }, runner);
      } else {
        const by = inSlack(alice);
        await this.desk.submit(ID, { intent: "confirm_manual_step", ...ref, note: "done", by }, actorOf(by));
      }
    }
    throw new Error("never came to an irreversible step");
  }
}

test("T31: a plan that the people who exist could not approve is refused before anybody looks, with names", async () => {
  const room = new Room();
  room.listed = { people: [carol, dora, erin] };
  expect(await room.type("plan --to 3.4.2", inSlack(carol))).toBe(
    "refused: 2 of @S0APPROVE or U0ERIN001 are needed to approve irreversible steps: only u0erin001 can (u0carol01 asked for this upgrade; u0dora001 is deactivated). 1 more of @S0APPROVE or U0ERIN001 is missing.\nLet somebody ask for a plan who is not needed to approve it.",
  );
  expect(await room.desk.list({ limit: 5 })).toEqual([]);
  expect(await room.type("plan --to 3.4.2", inSlack(alice))).toMatch(/^accepted/u);
});

test("where nobody else could ask either, the configuration is what to change", async () => {
  const room = new Room();
  room.listed = { people: [dora, erin] };
  expect(await room.type("plan --to 3.4.2")).toContain(
    "Name more people in the policies of practice in kong-upgrade.yml, or add them to the groups named there.",
  );
});

test("a look-up that failed refuses as such, and says to try again; what suffices without it is not held up", async () => {
  const room = new Room();
  room.listed = { people: [erin], unreadGroups: ["S0APPROVE"] };
  const said = await room.type("plan --to 3.4.2");
  expect(said).toMatch(/^refused: .*the members of @S0APPROVE could not be looked up/u);
  expect(said).toContain("Please try again in a moment.");
  room.listed = { people: [carol, { kind: "unknown", userId: "U0ERIN001", problem: "timeout" }] };
  expect(await room.type("plan --to 3.4.2")).toMatch(/U0ERIN001 could not be looked up[^]*try again in a moment/u);
  room.listed = { people: [carol, dave], unreadGroups: ["S0OTHERS1"] };
  expect(await room.type("plan --to 3.4.2")).toMatch(/^accepted/u);
});

test("every policy of the environment must be one that can be met, and each that cannot is told", async () => {
  const room = new Room();
  const { irreversible } = room.environment.policies;
  room.environment = sampleEnvironment({
    policies: { irreversible, disruptive: oneOf("U0DORA001"), steps: { "restore-database": oneOf("U0GUEST01") } },
  });
  room.listed = { people: [carol, dave, dora, erin, gina] };
  const said = await room.type("plan --to 3.4.2");
  expect(said).toContain("1 of U0DORA001 is needed to approve disruptive steps: nobody can (u0dora001 is deactivated)");
  expect(said).toContain("needed to approve the step restore-database: nobody can (u0guest01 is a guest)");
  expect(said).not.toContain("irreversible");
});

test("other people than for the step before are counted for the two irreversible steps of a plan", async () => {
  const room = new Room();
  const { irreversible } = room.environment.policies;
  room.environment = sampleEnvironment({ policies: { irreversible: { ...irreversible, needsOtherPeople: true } } });
  expect(await room.type("plan --to 3.4.2")).toContain("each time by other people than the time before");
});

test("T31: a step that wants other people than the one before it is counted with the policy of that one", async () => {
  const room = new Room();
  const two = quorumPolicy({ users: [carol.userId, dave.userId], groups: [], quorum: 2, expiresAfterMs: 3_600_000 });
  const another = { ...oneOf(carol.userId, dave.userId), needsOtherPeople: true };
  room.environment = sampleEnvironment({ policies: { irreversible: two, steps: { decommission: another } } });
  room.listed = { people: [carol, dave] };
  await room.planned();
  const said = await room.type("start");
  expect(said).toMatch(/^refused: .*needed to approve the step decommission, each time by other people/u);
  room.listed = { people: [carol, dave, erin] };
  expect(await room.type("start")).toMatch(/^refused: /u);
  const three = {
    ...another,
    alternatives: [[{ count: 1, users: [carol.userId, dave.userId, erin.userId], groups: [] }]],
  };
  const wider = new Room();
  wider.environment = sampleEnvironment({ policies: { irreversible: two, steps: { decommission: three } } });
  wider.listed = { people: [carol, dave, erin] };
  await wider.planned();
  expect(await wider.type("start")).toContain("is started");
});

test("a policy that wants other people and is asked for once, first, is met by the people of one step", async () => {
  const room = new Room();
  const first = { ...oneOf(carol.userId), needsOtherPeople: true };
  const policies = { irreversible: oneOf(dave.userId), steps: { "migrations-finish": first } };
  room.environment = sampleEnvironment({ policies });
  room.listed = { people: [carol, dave] };
  expect(await room.type("plan --to 3.4.2")).toMatch(/^accepted/u);
  const planned = new Room();
  planned.environment = room.environment;
  planned.listed = room.listed;
  await planned.planned();
  expect(await planned.type("start")).toContain("is started");
});

test("checks and dry runs ask nobody, and whoever may not operate is told that instead", async () => {
  const room = new Room();
  room.listed = { people: [] };
  expect(await room.type("check --to 3.4.2")).toMatch(/^accepted/u);
  expect(await room.type("plan --to 3.4.2 --dry-run")).toMatch(/^accepted/u);
  expect(await room.type("plan --to 3.4.2", inSlack(gina))).toContain("Guests cannot operate");
  expect(room.asked).toEqual([]);
});

test("a start that would exclude the last approvers is refused before, and somebody else can start", async () => {
  const room = await new Room().planned();
  room.listed = { people: [carol, erin] };
  const said = await room.type("start", inSlack(erin));
  expect(said).toMatch(
    /^refused: If you start it, nobody is left who can approve it\. .*only u0carol01 can \(u0erin001 would have started it\)/u,
  );
  expect(said).toContain("Let somebody start it who is not needed to approve it.");
  expect((await room.desk.find(ID))?.status).toBe("planned");
  expect(await room.type("start", inSlack(bob))).toContain("is started");
});

test("who left since the plan was made is seen at the start", async () => {
  const room = await new Room().planned();
  room.listed = { people: [carol] };
  expect(await room.type("start")).toMatch(/^refused: 2 of .* only u0carol01 can\. /u);
});

test("a start looks at the policies that the steps of the plan use, those of single kinds of steps among them", async () => {
  const room = new Room();
  const { irreversible } = room.environment.policies;
  const steps = { "migrations-finish": oneOf("U0BOB0001"), "restore-database": oneOf("U0BOB0001") };
  room.environment = sampleEnvironment({ policies: { irreversible, steps } });
  room.listed = { people: [carol, dave, erin, bob] };
  await room.planned();
  const upgrade = await room.desk.find(ID);
  const kinds = upgrade?.status === "planned" ? upgrade.plan.steps.map((step) => kindOf(step)) : [];
  expect(kinds).toContain("migrations-finish");
  expect(kinds).not.toContain("restore-database");
  room.listed = { people: [carol, dave, erin] };
  const said = await room.type("start");
  expect(said).toContain("needed to approve the step migrations-finish: nobody can");
  expect(said).not.toContain("restore-database");
});

test("a way back is begun whoever can approve it, with a warning", async () => {
  const room = new Room();
  await room.planned();
  expect(await room.type("start")).toContain("is started");
  await room.runUntilIrreversible();
  room.listed = { people: [carol] };
  const said = await room.type("rollback --reason enough");
  expect(said).toMatch(/^accepted: .*is on its way back/u);
  expect(said).toContain(
    "\n⚠️ 2 of @S0APPROVE or U0ERIN001 are needed to approve irreversible steps: only u0carol01 can. 1 more of @S0APPROVE or U0ERIN001 is missing. The way back waits there until that changes.",
  );
  const upgrade = await room.desk.find(ID);
  expect(upgrade?.status === "active" && upgrade.rollback !== undefined).toBe(true);
});

test("a way back that can be approved is begun without a warning", async () => {
  const room = await new Room().planned();
  await room.type("start");
  await room.runUntilIrreversible();
  expect(await room.type("rollback --reason enough")).not.toContain("⚠️");
});

test("whoever has a step tried again is told when nobody is left who could approve that", async () => {
  const room = new Room();
  room.environment = sampleEnvironment({ policies: { irreversible: oneOf(carol.userId) } });
  room.listed = { people: [carol] };
  await room.planned();
  await room.type("start");
  await room.runUntilIrreversible();
  const upgrade = await room.desk.find(ID);
  const current = upgrade?.status === "active" ? currentStep(upgrade) : undefined;
  if (current?.progress.kind !== "ready" || current.progress.approval === undefined) throw new Error("no gate");
  const ref = { stepId: current.step.id, attempt: 1 };
  const no = { voter: carol, decision: "reject", digest: current.progress.approval.digest, reason: "not yet" } as const;
  expect(await room.desk.submit(ID, { intent: "vote", ...ref, ...no }, actorOf(inSlack(carol)))).toHaveProperty(
    "ok",
    true,
  );
  const said = await room.type("retry", inSlack(carol));
  expect(said).toMatch(/^accepted: .*is at a new attempt of its step/u);
  expect(said).toContain(
    "is needed to approve “kong migrations finish”: nobody can (u0carol01 asked for this upgrade). 1 more of U0CAROL01 is missing. Whoever has a step tried again does not approve it: cancel the request, and let somebody retry who is not needed to approve it.",
  );
});

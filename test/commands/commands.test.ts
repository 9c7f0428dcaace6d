import { expect, test } from "vitest";
import type { Setting, Verification } from "#commands/command.ts";
import { readCommand } from "#commands/table.ts";
import type { Facts } from "#src/kong/facts.ts";
import type { Requester, UpgradeId } from "#src/upgrade/identity.ts";
import { next } from "#src/upgrade/next.ts";
import { report } from "#test/support/given.ts";
import { MemoryDesk, sampleRunner } from "#test/support/memory-desk.ts";
import {
  alice,
  bob,
  factsWith,
  gina,
  inSlack,
  sampleEnvironment,
  sampleFacts,
  sampleFinding,
  sampleQuestion,
} from "#test/support/samples.ts";

const practice = sampleEnvironment({ description: "where we rehearse" });
const legacy = sampleEnvironment({ name: "legacy", channel: "C0LEGACY1" });
const ID: UpgradeId = "KU-2026-0001";

class Room {
  readonly desk = new MemoryDesk();
  readonly exported: UpgradeId[] = [];
  verification: Verification = { kind: "ok", events: 3, head: "sha256:abc", witnessed: 2 };

  /** Types a line and gives the kind of the answer and its text. */
  async type(
    line: string,
    over: { readonly by?: Requester; readonly channel?: string | undefined } = {},
  ): Promise<string> {
    const read = readCommand(line, ["practice", "legacy"]);
    if (!read.ok) return `mistake: ${read.reply.content.text}`;
    const setting: Setting = {
      desk: this.desk,
      environments: [practice, legacy],
      names: { person: (id) => id, group: (id) => id },
      records: {
        exportRecord: async (id) => {
          this.exported.push(id);
          return { files: [`${id}.md`, `${id}.json`], events: 3 };
        },
        verifyRecord: async () => this.verification,
      },
      now: Date.now,
      by: over.by ?? inSlack(alice),
      channel: "channel" in over ? over.channel : "C0PRACTCE",
    };
    const { kind, content } = await read.run(setting);
    return `${kind}: ${content.text}`;
  }

  async survey(id: UpgradeId = ID, facts: Facts = sampleFacts()): Promise<void> {
    const runner = { kind: "runner", runnerId: "r1" } as const;
    await this.desk.submit(id, { intent: "report_survey", facts }, runner);
  }

  async fail(): Promise<void> {
    const upgrade = await this.desk.find(ID);
    const todo = upgrade === undefined ? undefined : next(upgrade, upgrade.updatedAt);
    if (todo?.do !== "run") throw new Error("nothing to run");
    const runner = { kind: "runner", runnerId: "r1" } as const;
    const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
    await this.desk.submit(ID, { intent: "start_step", ...ref, digest: todo.digest }, runner);
    await this.desk.submit(ID, { intent: "finish_step", ...ref, report: report("failed") }, runner);
  }
}

test("the whole way of an upgrade by words", async () => {
  const room = new Room();
  expect(await room.type("plan practice --to 3.4.2")).toMatch(
    /^accepted: \*KU-2026-0001\*: a runner now looks at practice/u,
  );
  expect(await room.type("start")).toContain("has no plan yet");
  await room.survey();
  expect(await room.type("status")).toMatch(/Planned: \d+ steps/u);
  expect(await room.type("start", { by: inSlack(bob) })).toContain("is started");
  expect(await room.type("pause --reason “traffic peak”")).toContain("is paused");
  expect(await room.type("pause")).toContain("refused: KU-2026-0001 is already paused");
  expect(await room.type("resume")).toContain("is resumed");
  await room.fail();
  expect(await room.type("retry")).toContain("new attempt");
  await room.fail();
  expect(await room.type("note watch the error rate")).toContain("Noted");
  expect(await room.type("abort")).toContain("refused");
  expect(await room.type("rollback --reason enough")).toContain("on its way back");
  expect(await room.type("environments")).toContain("KU-2026-0001");
  expect(await room.type("abort --leave-as-is --reason “practice over”")).toContain("is aborted");
  expect(await room.type("start")).toContain("There is no open upgrade of practice");
  expect(await room.type("status")).toContain("Aborted by");
});

test.each([
  ["plan nowhere --to 3.4.2", "There is no environment “nowhere”. \nKnown environments: practice, legacy"],
  ["plan practise --to 3.4.2", "Did you mean “practice”?"],
  ["plan legacy --to 3.4.2", "Please type this in <#C0LEGACY1>"],
  ["plan practice --to latest", "is not a Kong version"],
  ["plan practice --to 3.4.99", "no Kong OSS release 3.4.99 is known"],
  ["plan practice --to 3.10.0", "3.9 is the last OSS line"],
  ["plan practice --to 3.4.3.99", "no Kong Enterprise release 3.4.3.99 is known"],
  ["start KU-2026-0099", "There is no upgrade KU-2026-0099"],
  ["start", "There is no open upgrade of practice"],
  ["help pln", "Did you mean “plan”?"],
])("refuses at once: %s", async (line, expected) => {
  const said = await new Room().type(line);
  expect(said).toMatch(/^refused: /u);
  expect(said.replace("”.\n", "”. \n").toLowerCase()).toContain(expected.toLowerCase());
});

test("a channel of no environment is told where to type; help, environments, verify and a bare status work there", async () => {
  const room = new Room();
  const channel = "C0GENERAL";
  expect(await room.type("plan --to 3.4.2", { channel })).toContain("practice in <#C0PRACTCE>");
  expect(await room.type("plan practice --to 3.4.2", { channel })).toContain("Please type this in <#C0PRACTCE>");
  expect(await room.type("help", { channel })).toContain("/kong-upgrade plan [environment] --to &lt;version&gt;");
  expect(await room.type("help plan", { channel })).toContain("Example: `/kong-upgrade plan practice --to 3.4.2`");
  expect(await room.type("environments", { channel })).toContain("where we rehearse");
  expect(await room.type("status", { channel })).toContain("Nothing is open");
  await room.type("plan practice --to 3.4.2");
  expect(await room.type("status", { channel })).toContain("KU-2026-0001");
  expect(await room.type("status practice", { channel })).toContain("Please type this in");
  expect(await room.type(`verify ${ID}`, { channel })).toContain("is whole: 3 events");
  expect(await room.type("verify practice", { channel })).toContain("agrees with all 2 heads");
});

test("a bare status that cannot list everything that is open says so, and how to see it", async () => {
  const room = new Room();
  const channel = "C0GENERAL";
  const open = async (count: number): Promise<void> => {
    for (let number = 1; number <= count; number += 1) {
      const environment = sampleEnvironment({ name: `env-${number}` });
      const by = inSlack(alice);
      const request = { intent: "request", mode: "check", environment, to: "3.4.2", by, channel } as const;
      await room.desk.request(
        { ...request, strategy: "recommended", options: { order: "test-first" } },
        { kind: "bot", replica: "test" },
      );
    }
  };
  await open(20);
  expect(await room.type("status", { channel })).not.toContain("more");
  await open(5);
  expect(await room.type("status", { channel })).toContain("…and more; `/kong-upgrade list --state open --limit 40`");
});

test("guests and people who cannot be looked up plan nothing", async () => {
  const room = new Room();
  expect(await room.type("plan practice --to 3.4.2", { by: inSlack(gina) })).toContain("Guests cannot operate");
  const unknown = inSlack({ kind: "unknown", userId: "U0ALICE01", problem: "timeout" });
  expect(await room.type("plan practice --to 3.4.2", { by: unknown })).toContain("could not tell who you are");
  expect(await room.desk.list({ limit: 5 })).toEqual([]);
});

test("a record is exported of the newest upgrade, closed or not, and a broken one is called so", async () => {
  const room = new Room();
  await room.type("check practice --to 3.4.2");
  await room.survey();
  expect(await room.type("record")).toContain("KU-2026-0001.md, KU-2026-0001.json");
  expect(room.exported).toEqual([ID]);
  room.verification = { kind: "broken", problem: "event 2 was edited <!channel>" };
  const said = await room.type("verify");
  expect(said).toContain("*not* what was recorded: event 2 was edited &lt;!channel&gt;");
});

test("at a terminal every environment can be named, and what a terminal may not is refused", async () => {
  const room = new Room();
  await room.type("plan practice --to 3.4.2");
  const by: Requester = { kind: "terminal", account: "root", host: "ops-1" };
  expect(await room.type("status practice", { by, channel: undefined })).toContain("KU-2026-0001");
  expect(await room.type("start practice", { by, channel: undefined })).toContain(
    "A terminal can show, pause, cancel and abort",
  );
  expect(await room.type("abort practice --reason “Slack is down”", { by, channel: undefined })).toContain(
    "is aborted",
  );
});

test("questions of the plan are answered by the word, by who may, and a typo is answered with what is near", async () => {
  const room = new Room();
  const type = (line: string, by = inSlack(alice)) => room.type(line, { by });
  expect(await type("answer 30-post-targets no")).toContain("There is no open upgrade of practice");
  await type("plan practice --to 3.4.2");
  expect(await type("answer 30-post-targets no")).toContain("has no plan yet");
  await room.survey(ID, factsWith([sampleFinding(), sampleQuestion(), sampleQuestion({ id: "34-old-tls" })]));
  expect(await type("answer practice 30-post-targetts no")).toContain("Did you mean `30-post-targets`?");
  expect(await type("answer zzz no")).toContain("It asks: `30-post-targets`, `34-old-tls`");
  expect(await type("answer 30-route-regex-tilde yes")).toContain("is no question");
  expect(await type("answer 30-POST-targets n/a")).toContain("needs a note");
  expect(await type("answer 30-post-targets no", inSlack(gina))).toContain("Guests cannot operate");
  expect(await type("answer 30-post-targets no we changed the scripts", inSlack(bob))).toBe(
    "accepted: *no* to `30-post-targets` is in the record of *KU-2026-0001*: 1 of 2 questions answered (1 no).",
  );
  expect(await type("answer 34-old-tls YES")).toContain("2 of 2 questions answered (1 yes, 1 no)");
  const upgrade = await room.desk.find(ID);
  expect(upgrade?.answers.get("30-post-targets")).toMatchObject({ answer: "no", note: "we changed the scripts" });
  const by: Requester = { kind: "terminal", account: "root", host: "ops-1" };
  expect(await room.type("answer practice 34-old-tls no", { by, channel: undefined })).toContain(
    "everything else is decided in Slack",
  );
});

test("a dry run stands beside an open plan and cannot be started", async () => {
  const room = new Room();
  await room.type("plan practice --to 3.4.2");
  await room.survey();
  expect(await room.type("plan --to 3.4.2 --dry-run")).toContain("*KU-2026-0002*: a runner now looks at practice");
  await room.survey("KU-2026-0002");
  expect(await room.type("status KU-2026-0002")).toContain("Dry run 2.8.5 → 3.4.2");
  expect(await room.type("start KU-2026-0002")).toContain("is closed");
  expect(await room.type("start")).toContain("*KU-2026-0001* of practice is started");
});

test("a plan is compared with an older one by its id, or with the newest that there is", async () => {
  const room = new Room();
  expect(await room.type("plan --to 3.4.2 --diff previous")).toContain("no earlier plan to compare with");
  expect(await room.type("plan --to 3.4.2 --diff nonsense")).toContain("There is no upgrade nonsense to compare with");
  await room.type("plan --to 3.4.2 --dry-run");
  expect(await room.type("plan --to 3.4.2 --diff KU-2026-0001")).toContain("KU-2026-0001 has no plan");
  await room.survey();
  await room.type("check --to 3.4.2");
  expect(await room.type("plan --to 3.4.2 --diff previous")).toContain("*KU-2026-0003*: a runner now looks");
  const compared = (await room.desk.find("KU-2026-0003"))?.request.compareWith;
  const dryRun = await room.desk.find(ID);
  expect(compared).toEqual({ upgradeId: ID, plan: dryRun?.status === "closed" ? dryRun.plan : undefined });
  const elsewhere = await room.type("plan --to 3.4.2 --diff KU-2026-0001", { channel: "C0LEGACY1" });
  expect(elsewhere).toContain("belongs to practice, not to legacy");
});

test("status tells which runners live, what they do, and who is missing", async () => {
  const room = new Room();
  room.desk.known = [
    sampleRunner({ id: "r1", labels: { zone: "eu" }, running: [{ upgradeId: ID, stepId: "backup-database" }] }),
    sampleRunner({ id: "r2", isDraining: true }),
    sampleRunner({ id: "<!here>", isAlive: false }),
    sampleRunner({ id: "r9", environments: ["legacy"] }),
  ];
  const idle = await room.type("status");
  expect(idle).toContain("There is no open upgrade of practice");
  expect(idle).toContain("*r1* alive · on host-1 · 0.1.0 · zone=eu · runs backup-database of KU-2026-0001");
  expect(idle).toContain("*r2* draining: finishes what it runs, takes nothing new · on host-1");
  expect(idle).toContain("*&lt;!here&gt;* gone, last seen <!date^");
  expect(idle).not.toContain("r9");
  expect(idle).not.toContain("⚠️");
});

test("whoever asks for something that nobody would run is told at once, with what to start", async () => {
  const room = new Room();
  room.desk.known = [];
  const warning =
    "no runner of practice is alive, so nothing of it is looked at or run; start one near its Kong: kong-upgrade runner --environment practice";
  expect(await room.type("plan practice --to 3.4.2")).toContain(warning);
  await room.survey();
  for (const line of ["start", "status", "environments", "where", "retry", "rollback --reason x"]) {
    expect({ line, told: await room.type(line) }).toEqual({
      line,
      told: expect.stringMatching(new RegExp(`⚠️ ${warning}|refused`, "u")),
    });
  }
  expect(await room.type("status", { channel: "C0GENERAL" })).toContain(warning);
  for (const line of ["status", "show", "list"]) {
    expect(await room.type(line)).toContain(
      `Who must act: whoever looks after the runners, and then it goes on by itself: ${warning}`,
    );
  }
  room.desk.known = [sampleRunner({ problem: "version 0.1.0 does not fit" })];
  expect(await room.type("status")).toContain("no runner of practice takes a step (r1: version 0.1.0 does not fit)");
});

import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import type { EnrolmentState, Setting } from "#commands/command.ts";
import type { Reply } from "#commands/reply.ts";
import { readCommand } from "#commands/table.ts";
import { acknowledgeStepId } from "#src/upgrade/answers.ts";
import type { Requester, UpgradeId } from "#src/upgrade/identity.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import { validateView } from "#src/slack/block-kit/validate.ts";
import { report } from "#test/support/given.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import {
  alice,
  bob,
  carol,
  dave,
  dora,
  erin,
  frank,
  gina,
  inSlack,
  mallory,
  sampleEnvironment,
  sampleFacts,
} from "#test/support/samples.ts";

const ID: UpgradeId = "KU-2026-0001";
const workspace: readonly Person[] = [alice, bob, carol, dave, dora, erin, frank, gina, mallory];

/** A room in which frank may break the glass. */
class Room {
  readonly desk = new MemoryDesk();
  readonly environment;
  readonly sentTo: string[] = [];
  state: EnrolmentState = { state: "none" };
  unreadGroups: readonly string[] = [];
  /** Somebody whom Slack could not tell just now. */
  unknown: string | undefined;

  constructor(over: Partial<Policy> = {}) {
    const irreversible = quorumPolicy(
      { users: ["U0ERIN001"], groups: ["S0APPROVE"], quorum: 2, expiresAfterMs: 3_600_000 },
      { breakGlass: ["U0FRANK01"], ...over },
    );
    this.environment = sampleEnvironment({ policies: { irreversible } });
  }

  async reply(line: string, by: Requester = inSlack(alice)): Promise<Reply> {
    const read = readCommand(line, ["practice"]);
    if (!read.ok) return read.reply;
    const setting: Setting = {
      desk: this.desk,
      environments: [this.environment],
      names: { person: (id) => id, group: (id) => id },
      records: {
        exportRecord: () => Promise.reject(new Error("not asked")),
        verifyRecord: () => Promise.reject(new Error("not asked")),
      },
      now: Date.now,
      by,
      channel: by.kind === "slack" ? "C0PRACTCE" : undefined,
      ...(by.kind === "slack" ? this.#inSlack() : {}),
    };
    return read.run(setting);
  }

  async type(line: string, by: Person = alice): Promise<string> {
    const { kind, content } = await this.reply(line, inSlack(by));
    return `${kind}: ${content.text}`;
  }

  #inSlack(): Pick<Setting, "people" | "codes"> {
    const find = (userId: string): Person =>
      workspace.find((each) => each.userId === userId) ?? { kind: "unknown", userId, problem: "user_not_found" };
    return {
      people: {
        lookUp: async (userId) => find(userId),
        listed: async ({ users, groups }) => ({
          people: workspace
            .filter(
              (each) =>
                users.includes(each.userId) || (each.kind === "known" && each.groups.some((id) => groups.includes(id))),
            )
            .map((each) =>
              each.userId === this.unknown ? { kind: "unknown", userId: each.userId, problem: "timeout" } : each,
            ),
          unreadGroups: this.unreadGroups,
          leftOut: 0,
        }),
      },
      codes: {
        stateOf: async () => this.state,
        enrol: async ({ userId }) => {
          this.sentTo.push(userId);
          return "sent";
        },
      },
    };
  }

  /** Plans, starts and runs as alice until an irreversible step has its turn. */
  async untilApproval(): Promise<this> {
    await this.type("plan practice --to 3.4.2");
    const runner = { kind: "runner", runnerId: "r1" } as const;
    await this.desk.submit(ID, { intent: "report_survey", facts: sampleFacts() }, runner);
    await this.type("start");
    for (let round = 0; round < 60; round += 1) {
      const upgrade = await this.desk.find(ID);
      if (upgrade?.status !== "active") throw new Error(`${ID} is ${upgrade?.status}`);
      const current = currentStep(upgrade);
      if (current?.step.class === "irreversible") return this;
      const todo = next(upgrade, upgrade.updatedAt);
      if (current === undefined || current.progress.kind === "waiting") throw new Error(todo.do);
      const ref = { stepId: current.step.id, attempt: current.progress.attempt };
      const by = inSlack(alice);
      if (todo.do === "run") {
        await this.desk.submit(ID, { intent: "start_step", ...ref, runnerId: "r1", digest: todo.digest }, runner);
        await this.desk.submit(ID, { intent: "finish_step", ...ref, runnerId: "r1", report: report("done") }, runner);
      } else if (current.step.id === acknowledgeStepId || todo.do === "wait") {
        await this.desk.submit(ID, { intent: "confirm_manual_step", ...ref, note: "", by }, runner);
      }
    }
    throw new Error("never came to an approval");
  }
}

test("an approver hands their vote on by a mention, for a time, and takes it back", async () => {
  const room = await new Room().untilApproval();
  expect(await room.type("delegate <@U0DAVE001|dave> --for 8h", carol)).toMatch(
    /^accepted: <@U0DAVE001> votes in your place in \*KU-2026-0001\* until <!date/u,
  );
  expect(await room.type("status")).toContain("u0dave001 votes in the place of u0carol01 until");
  expect(await room.type("delegate practice <@U0ERIN001> --for 1d", carol)).toContain("already votes in your place");
  expect(await room.type("delegate --end", carol)).toContain("accepted: ");
  expect(await room.type("status")).not.toContain("in the place of");
  expect(await room.type("delegate --end", carol)).toContain("No vote is handed on");
});

test.each([
  ["delegate @dave --for 8h", "“@dave” is nobody that Slack knows. \nType @ and choose"],
  ["delegate dave --for 8h", "“dave” is nobody that Slack knows"],
  ["delegate <!subteam^S0APPROVE|@kong-approvers> --for 8h", "That is a group; one person is needed"],
  ["delegate <@U0NOBODY1|x> --for 8h", "Slack could not tell who <@U0NOBODY1> is"],
  ["delegate <@U0DAVE001|dave>", "Say who votes in your place and for how long"],
  ["delegate --for 8h", "Say who votes in your place and for how long"],
  ["delegate <@U0DAVE001|dave> --for soon", "Say who votes in your place and for how long"],
  ["delegate <@U0DAVE001|dave> --for 8d", "at most 7 days"],
  ["delegate <@U0DAVE001|dave> --end", "Say who votes in your place and for how long"],
  ["delegate <@U0MALLO01|carol> --for 8h", "is named nowhere"],
  ["delegate <@U0ALICE01|alice> --for 8h", "asked for this upgrade"],
  ["hand-over @bob", "“@bob” is nobody that Slack knows"],
  ["hand-over", "needs a person"],
  ["hand-over <@U0GUEST01|gina>", "cannot run this upgrade"],
  ["review all is fine", "No upgrade of practice waits for a review"],
  ["break-glass", "You are not named for breaking the glass of this step. \nThe configuration names <@U0FRANK01>"],
])("is refused with what would help: %s", async (line, expected) => {
  const room = await new Room().untilApproval();
  const said = await room.type(line, carol);
  expect(said).toMatch(/^refused: /u);
  expect(said.replace(".\n", ". \n")).toContain(expected);
});

test("an upgrade is handed over by an operator, and the card says who runs it", async () => {
  const room = await new Room().untilApproval();
  expect(await room.type("hand-over practice <@U0BOB0001|bob>")).toBe(
    "accepted: <@U0BOB0001> runs *KU-2026-0001* of practice from now on.",
  );
  const status = await room.reply("status");
  expect(JSON.stringify(status.content.blocks)).toContain("handed over to u0bob0001");
  expect(await room.type("hand-over <@U0BOB0001|bob>")).toContain("already runs this upgrade");
});

test("the dialog of a broken glass shows exactly what starts and who is not waited for, and Slack takes it", async () => {
  const room = await new Room().untilApproval();
  const { dialog, kind } = await room.reply("break-glass practice", inSlack(frank));
  expect(kind).toBe("answered");
  expect(dialog && validateView({ ...dialog })).toEqual([]);
  const shown = JSON.stringify(dialog);
  for (const part of ["migrations", "irreversible", "u0carol01, u0dave001, u0erin001", "INC-4711", "practice"])
    expect(shown).toContain(part);
  // Dora is deactivated, so nobody waited for her.
  expect(shown).not.toContain("U0DORA001");
  expect(shown).not.toContain("One-time code");
  room.unreadGroups = ["roster:on-call"];
  const again = await room.reply("break-glass practice", inSlack(frank));
  expect(JSON.stringify(again.dialog)).toContain("who is in @roster:on-call could not be read, so they are not told");
  room.unknown = carol.userId;
  expect(JSON.stringify((await room.reply("break-glass practice", inSlack(frank))).dialog)).toContain("U0CAROL01");
  const inputs = dialog?.blocks.filter(({ type }) => type === "input").map((block) => block.block_id);
  expect(inputs).toEqual(["words", "incident", "environment"]);
});

test("where the policy asks for codes, the dialog asks for one, and whoever has none is told first", async () => {
  const room = await new Room({ stepUp: "totp" }).untilApproval();
  expect(await room.type("break-glass", frank)).toContain("This step takes a one-time code, and you have none");
  room.state = { state: "enrolled", since: "2026-11-21T03:00:00.000Z" };
  const { dialog } = await room.reply("break-glass", inSlack(frank));
  expect(JSON.stringify(dialog)).toContain("One-time code");
  expect(dialog && validateView({ ...dialog })).toEqual([]);
});

async function breakAndAbort(room: Room): Promise<void> {
  const upgrade = await room.desk.find(ID);
  const current = upgrade?.status === "active" ? currentStep(upgrade) : undefined;
  if (current?.progress.kind !== "ready" || current.progress.approval === undefined) throw new Error("no gate");
  const { digest } = current.progress.approval;
  const ref = { stepId: current.step.id, attempt: current.progress.attempt, digest };
  const said = { reason: "all down", incident: "INC-9", stepUp: "confirm", skipped: [carol.userId] } as const;
  const actor = { kind: "bot", replica: "test" } as const;
  await room.desk.submit(ID, { intent: "break_glass", ...ref, person: frank, ...said }, actor);
  await room.type("abort --leave-as-is --reason enough");
}

test("after a broken glass a plan is refused with the way to review and its button; the review is a word with a note", async () => {
  const room = await new Room().untilApproval();
  await breakAndAbort(room);
  expect(await room.type("status")).toContain("Glass broken by u0frank01 (INC-9); review open");
  const refused = await room.reply("plan practice --to 3.4.2");
  expect(refused.kind).toBe("refused");
  expect(refused.content.text).toContain(
    "in KU-2026-0001 <@U0FRANK01> broke the glass (INC-9), and nobody has reviewed that",
  );
  expect(JSON.stringify(refused.content.blocks)).toContain("ku_review");
  expect(await room.type("check practice --to 3.4.2")).toContain("accepted: *KU-2026-0002*");
  expect(await room.type("review")).toContain("needs a note");
  expect(await room.type("review I think it was right")).toContain("You had a part in this upgrade");
  expect(await room.type("review practice read everything, it was right", bob)).toContain(
    "accepted: The review of *KU-2026-0001* is closed",
  );
  expect(await room.type("status KU-2026-0001")).toContain("review closed by u0bob0001");
  expect(await room.type("review KU-2026-0001 again", bob)).toContain("already reviewed");
  expect(await room.type("plan practice --to 3.4.2")).toContain("accepted: ");
});

test("codes are set up once, told about, and replaced through a dialog", async () => {
  const room = new Room();
  expect(await room.type("totp status", erin)).toContain("You have no one-time codes");
  expect(await room.type("totp replace", erin)).toContain("refused: ");
  expect(await room.type("totp", erin)).toContain("I sent you a direct message");
  expect(room.sentTo).toEqual([erin.userId]);
  room.state = { state: "pending", until: "2026-11-21T04:00:00.000Z" };
  expect(await room.type("totp status", erin)).toContain("waits for its first code");
  room.state = { state: "enrolled", since: "2026-11-21T03:00:00.000Z" };
  expect(await room.type("totp", erin)).toContain("are set up since");
  expect(room.sentTo).toHaveLength(1);
  const { dialog } = await room.reply("totp replace", inSlack(erin));
  expect(dialog && validateView({ ...dialog })).toEqual([]);
  for (const who of [gina, dora]) expect(await room.type("totp", who)).toContain("refused: ");
  expect(room.sentTo).toHaveLength(1);
});

test("at a terminal these words say where they work", async () => {
  const by: Requester = { kind: "terminal", account: "root", host: "ops-1" };
  const room = await new Room().untilApproval();
  for (const line of ["break-glass practice", "delegate practice --end", "hand-over practice <@U0BOB0001>", "totp"]) {
    const { kind, content } = await room.reply(line, by);
    expect([line, kind]).toEqual([line, "refused"]);
    expect(content.text).toMatch(/in Slack/u);
  }
});

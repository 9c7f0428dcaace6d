import { expect, test } from "vitest";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Setting } from "#commands/command.ts";
import { readCommand } from "#commands/table.ts";
import { validateMessage } from "#src/slack/block-kit/validate.ts";
import { currentStep } from "#src/upgrade/next.ts";
import { next } from "#src/upgrade/next.ts";
import type { Requester, UpgradeId } from "#src/upgrade/identity.ts";
import type { Environment } from "#src/plan/environment.ts";
import { report } from "#test/support/given.ts";
import { MemoryDesk } from "#test/support/memory-desk.ts";
import { alice, carol, erin, frank, gina, inSlack, sampleEnvironment, sampleFacts } from "#test/support/samples.ts";

const hourMs = 3_600_000;
const environmentOf = (name: string, hours: number): Environment =>
  sampleEnvironment({
    name,
    channel: `C0${name.toUpperCase()}`,
    policies: {
      irreversible: quorumPolicy({
        users: ["U0ERIN001"],
        groups: ["S0APPROVE"],
        quorum: 2,
        expiresAfterMs: hours * hourMs,
      }),
    },
  });
const practice = environmentOf("practice", 3);
const legacy = environmentOf("legacy", 1);
const runner = { kind: "runner", runnerId: "r1" } as const;
const bot = { kind: "bot", replica: "test" } as const;

/** An upgrade of this environment that waits at its first irreversible step. */
async function waiting(desk: MemoryDesk, environment: Environment): Promise<UpgradeId> {
  const by = inSlack(alice);
  const asked = await desk.request(
    {
      intent: "request",
      mode: "plan",
      environment,
      to: "3.4.2",
      strategy: "in-place",
      options: { order: "test-first" },
      channel: environment.channel,
      by,
    },
    bot,
  );
  if (!asked.ok) throw new Error(asked.problem.sentence);
  const { id } = asked.value.upgrade;
  await desk.submit(id, { intent: "report_survey", facts: sampleFacts() }, runner);
  await desk.submit(id, { intent: "start", by }, bot);
  for (let round = 0; round < 60; round += 1) {
    const upgrade = await desk.find(id);
    if (upgrade?.status !== "active") throw new Error(`${id} is ${upgrade?.status}`);
    const todo = next(upgrade, upgrade.updatedAt);
    if (todo.do === "wait" && todo.for === "approval") return id;
    const current = currentStep(upgrade);
    if (current?.progress.kind !== "ready") throw new Error("nothing is ready");
    const ref = { stepId: current.step.id, attempt: current.progress.attempt };
    if (todo.do === "run") {
      await desk.submit(id, { intent: "start_step", ...ref, runnerId: "r1", digest: todo.digest }, runner);
      await desk.submit(id, { intent: "finish_step", ...ref, runnerId: "r1", report: report("done") }, runner);
    } else await desk.submit(id, { intent: "confirm_manual_step", ...ref, note: "", by }, bot);
  }
  throw new Error("nothing was asked");
}

async function ask(desk: MemoryDesk, line: string, by: Requester, now = Date.now) {
  const read = readCommand(line, ["practice", "legacy"]);
  if (!read.ok) throw new Error(read.reply.content.text);
  const setting: Setting = {
    desk,
    environments: [practice, legacy],
    names: { person: (id) => id, group: (id) => id },
    records: {
      exportRecord: () => Promise.reject(new Error("not asked")),
      verifyRecord: () => Promise.reject(new Error("not asked")),
    },
    by,
    now,
    channel: by.kind === "terminal" ? undefined : "C0GENERAL",
  };
  const { kind, content } = await read.run(setting);
  expect(validateMessage(content)).toEqual([]);
  const buttons = content.blocks.filter(({ type }) => type === "actions").length;
  return { kind, text: content.text, buttons };
}

test("an approver sees what waits for them, what ends first at the top, then the rest; others see it without buttons", async () => {
  const desk = new MemoryDesk();
  const [later, sooner] = [await waiting(desk, practice), await waiting(desk, legacy)];

  const mine = await ask(desk, "approvals", inSlack(carol));
  expect(mine.buttons).toBe(2);
  expect(mine.text.indexOf(sooner)).toBeGreaterThan(mine.text.indexOf("Waiting for you"));
  expect(mine.text.indexOf(later)).toBeGreaterThan(mine.text.indexOf(sooner));
  expect(mine.text).toMatch(/Missing: 2 more of @S0APPROVE, U0ERIN001; until .+\n {2}Digest `[0-9a-f]{12}`/u);
  expect(mine.text).not.toContain("Other requests");

  const one = await ask(desk, "approvals LEGACY", inSlack(erin));
  expect(one).toMatchObject({ kind: "answered", buttons: 1 });
  expect(one.text).not.toContain(later);

  for (const person of [alice, frank]) {
    const other = await ask(desk, "approvals", inSlack(person));
    expect(other.buttons).toBe(0);
    expect(other.text).toMatch(
      new RegExp(`No approval waits for you[\\s\\S]+Other requests[\\s\\S]+${sooner}[\\s\\S]+${later}`, "u"),
    );
  }
});

test("guests are shown nothing, an unknown environment is refused, and without requests it says so", async () => {
  const desk = new MemoryDesk();
  expect((await ask(desk, "approvals", inSlack(carol))).text).toBe("No approval waits for you.");
  await waiting(desk, practice);
  expect((await ask(desk, "approvals", inSlack(gina))).text).toBe("No approval waits for you.");
  expect(await ask(desk, "approvals legcy", inSlack(carol))).toMatchObject({
    kind: "refused",
    text: expect.stringContaining("Did you mean “legacy”?"),
  });
});

test("at a terminal all requests are listed, with what is missing from whom and without buttons", async () => {
  const desk = new MemoryDesk();
  const by: Requester = { kind: "terminal", account: "root", host: "ops-1" };
  expect((await ask(desk, "approvals", by)).text).toBe("No approval is waited for.");
  const id = await waiting(desk, practice);
  const listed = await ask(desk, "approvals practice", by);
  expect(listed).toMatchObject({ kind: "answered", buttons: 0 });
  expect(listed.text).toContain(id);
  expect(listed.text).toContain("Missing: 2 more of");
});

import { expect, test } from "vitest";
import { currentStep } from "#src/upgrade/next.ts";
import { envelope } from "#test/support/given.ts";
import { carol, erin, sampleEnvironment } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { pick } from "#test/practice/slack/stage.ts";
import { buttonsOf, runStep, runUntilApproval, startBot, survey } from "./bot.ts";
import type { Bot } from "./bot.ts";
import { clickAndHear, prompt, submitWords } from "./hands.ts";

const ALICE = "U0ALICE01";
const CAROL = "U0CAROL01";
const ERIN = "U0ERIN001";
const ID = "KU-2026-0001";

async function version(bot: Bot): Promise<number> {
  return (await bot.desk.find(ID))?.version ?? 0;
}

test("T01: each wrong person is told their own reason, privately, and nothing is recorded", async () => {
  const bot = await startBot();
  await runUntilApproval(bot);
  const { ts } = await prompt(bot, "ku_approve");
  const before = await version(bot);
  const said = async (user: string) => clickAndHear(bot, user, { ts, action: "ku_approve" });
  expect(await said(ALICE)).toContain("You asked for this upgrade");
  expect(await said("U0GUEST01")).toContain("Guests cannot approve");
  expect(await said("U0MALLO01")).toContain("A display name does not count");
  expect(await said("U0FRANK01")).toContain("You (U0FRANK01) are not named");
  await bot.s.person("faults", { set_group: { group: "S0APPROVE", users: ["U0DAVE001"] } });
  expect(await said(CAROL)).toContain("not named");
  expect(await version(bot)).toBe(before);
});

test("T09: an approver who cannot be looked up does not count", async () => {
  const bot = await startBot();
  await runUntilApproval(bot);
  const { ts } = await prompt(bot, "ku_approve");
  const before = await version(bot);
  await bot.s.person("faults", { fail_next: { method: "users.info", count: 1, status: 500 } });
  expect(await clickAndHear(bot, CAROL, { ts, action: "ku_approve" })).toContain("could not tell who you are");
  expect(await version(bot)).toBe(before);
});

test("a rejection asks for the reason, wins, and leaves no live button; a late approval is answered with what is true", async () => {
  const bot = await startBot();
  await runUntilApproval(bot);
  const { ts } = await prompt(bot, "ku_approve");
  await bot.s.person("actions", { user: CAROL, channel: "C0PRACTCE", ts, action_id: "ku_reject" });
  await submitWords(bot, CAROL, "not before the weekend");
  await waitUntil("the rejection", async () => {
    const upgrade = await bot.desk.find(ID);
    const progress = upgrade?.status === "active" ? currentStep(upgrade)?.progress : undefined;
    return progress?.kind === "ready" && progress.approval?.outcome.kind === "refused";
  });
  await bot.settled();
  const card = (await bot.thread(ID)).find((message) => message["ts"] === ts);
  expect(buttonsOf(card)).toEqual([]);
  expect(String(card?.["text"])).toContain("Rejected by carol");
  expect(String(card?.["text"])).toContain("not before the weekend");
  const late = await clickAndHear(bot, ERIN, { ts, action: "ku_approve" });
  expect(late).toContain("Already rejected by <@U0CAROL01>");
  expect(late).toContain("Now: ");
});

test("T11: two approvals at the same moment are two votes; the same click delivered twice is one", async () => {
  const bot = await startBot();
  await runUntilApproval(bot);
  const { ts } = await prompt(bot, "ku_approve");
  const click = (user: string) => bot.s.person("actions", { user, channel: "C0PRACTCE", ts, action_id: "ku_approve" });
  await bot.s.person("faults", { duplicate_delivery_next: 1 });
  await Promise.all([click(CAROL), click(ERIN)]);
  await waitUntil("the approval", async () => {
    const events = await bot.desk.events(ID, 0);
    return events.some(({ event }) => event.type === "approval_granted");
  });
  const events = await bot.desk.events(ID, 0);
  expect(events.filter(({ event }) => event.type === "ballot_cast")).toHaveLength(2);
  expect(bot.log.lines.filter((line) => line.level === "error")).toEqual([]);
});

test("a failed step is retried, held and rolled back by its prompt; the old prompt is dead", async () => {
  const rechecked: string[] = [];
  const bot = await startBot({ options: { recheckApproval: async (id) => void rechecked.push(id) } });
  await bot.type(ALICE, "plan practice --to 3.4.2");
  await survey(bot.desk, ID);
  await bot.type(ALICE, "start");
  await runStep(bot.desk, ID);
  const manual = await prompt(bot, "ku_confirm_manual");
  expect(await clickAndHear(bot, ALICE, { ts: manual["ts"], action: "ku_confirm_manual" })).toContain(
    "your confirmation",
  );
  // A confirmation is a start: whoever approved it is looked up again for this click, and for no other.
  expect(rechecked).toEqual([ID]);
  await runStep(bot.desk, ID, { outcome: "failed", reason: "the Admin API did not answer" });
  const first = await prompt(bot, "ku_retry");
  expect(String(first["text"])).toContain("the Admin API did not answer");
  expect(await clickAndHear(bot, "U0BOB0001", { ts: first["ts"], action: "ku_retry" })).toContain(
    "tries the step again",
  );
  await runStep(bot.desk, ID, { outcome: "failed", reason: "again" });
  const second = await prompt(bot, "ku_retry");
  expect(await clickAndHear(bot, ALICE, { ts: first["ts"], action: "ku_retry" })).toContain("outdated");
  expect(await clickAndHear(bot, ALICE, { ts: second["ts"], action: "ku_hold" })).toContain("on hold");
  expect(await clickAndHear(bot, ALICE, { ts: second["ts"], action: "ku_roll_back" })).toContain("on its way back");
  await bot.settled();
  const dead = (await bot.thread(ID)).find((message) => message["ts"] === second["ts"]);
  expect(buttonsOf(dead)).toEqual([]);
  expect(await clickAndHear(bot, ALICE, { ts: second["ts"], action: "ku_retry" })).toContain("not the one in force");
});

test("an unknown outcome is counted as done with a note that stands in the record", async () => {
  const bot = await startBot();
  await bot.type(ALICE, "plan practice --to 3.4.2");
  await survey(bot.desk, ID);
  await bot.type(ALICE, "start");
  const upgrade = await bot.desk.find(ID);
  if (upgrade?.status !== "active") throw new Error("not started");
  const step = currentStep(upgrade)?.step;
  await runStep(bot.desk, ID, { outcome: "unknown", reason: "the connection broke" });
  const runner = { kind: "runner", runnerId: "r2" } as const;
  const ref = { stepId: step?.id ?? "", attempt: 1, runnerId: "r2" };
  await bot.desk.submit(ID, { intent: "report_evidence", ...ref, probes: [] }, runner);
  const { ts } = await prompt(bot, "ku_count_as_done");
  await bot.s.person("actions", { user: ALICE, channel: "C0PRACTCE", ts, action_id: "ku_count_as_done" });
  await submitWords(bot, ALICE, "I looked: both nodes serve 2.8.5");
  const counted = await waitUntil("the count", async () => {
    const events = await bot.desk.events(ID, 0);
    return events.find(({ event }) => event.type === "step_counted_as_done");
  });
  expect(counted.event).toMatchObject({ note: "I looked: both nodes serve 2.8.5" });
});

test("the card pauses, resumes and aborts with a reason", async () => {
  const bot = await startBot();
  await bot.type(ALICE, "plan practice --to 3.4.2");
  await survey(bot.desk, ID);
  await bot.settled();
  const ts = bot.posts.rows.get(`${ID}/card`)?.ts;
  expect(await clickAndHear(bot, "U0GUEST01", { ts, action: "ku_start" })).toContain("Guests cannot operate");
  expect(await clickAndHear(bot, ALICE, { ts, action: "ku_start" })).toContain("is started");
  await bot.settled();
  expect(await clickAndHear(bot, ALICE, { ts, action: "ku_start" })).toContain("already running");
  expect(await clickAndHear(bot, ALICE, { ts, action: "ku_pause" })).toContain("pauses");
  await bot.settled();
  expect(await clickAndHear(bot, ALICE, { ts, action: "ku_resume" })).toContain("goes on");
  await bot.s.person("actions", { user: ALICE, channel: "C0PRACTCE", ts, action_id: "ku_abort" });
  await submitWords(bot, ALICE, "wrong week");
  await waitUntil("the end", async () => (await bot.desk.find(ID))?.status === "closed");
  await bot.settled();
  const card = (await bot.s.sees(ALICE)).find((message) => message["ts"] === ts);
  expect(buttonsOf(card)).toEqual([]);
  expect(String(card?.["text"])).toContain("Aborted by alice: wrong week");
  expect(await clickAndHear(bot, ALICE, { ts, action: "ku_start" })).toContain("is closed");
});

test("everything of a step is shown in a dialog, with the whole digest", async () => {
  const bot = await startBot();
  await runUntilApproval(bot);
  const { ts } = await prompt(bot, "ku_approve");
  await bot.s.person("actions", { user: CAROL, channel: "C0PRACTCE", ts, action_id: "ku_show_everything" });
  const shown = await waitUntil("the dialog", async () => {
    const { modals } = await bot.s.look(`views?user=${CAROL}`);
    return Array.isArray(modals) && modals.length > 0 ? JSON.stringify(modals) : undefined;
  });
  expect(shown).toContain("--db-timeout");
  expect(shown).toMatch(/sha256:[0-9a-f]{64}/u);
});

test("a button of an older version, or with a value that is not ours, does nothing and is answered", async () => {
  const bot = await startBot();
  const elements = [
    button("approve_v1", "x"),
    button("ku_start", '{"u":"KU-2026-0001","x":1}'),
    button("ku_pause", "not json"),
  ];
  const posted = await bot.s.api("chat.postMessage", {
    channel: "C0PRACTCE",
    text: "old",
    blocks: [{ type: "actions", elements }],
  });
  for (const action of ["approve_v1", "ku_start", "ku_pause"]) {
    expect(await clickAndHear(bot, ALICE, { ts: pick(posted, "ts"), action })).toContain("older version");
  }
});

test("App Home shows an approver what waits for them, and a guest nothing", async () => {
  const bot = await startBot();
  await runUntilApproval(bot);
  const homeOf = async (user: string): Promise<string> => {
    await bot.s.person("home", { user });
    return waitUntil("the home", async () => {
      const { home } = await bot.s.look(`views?user=${user}`);
      return home === null ? undefined : JSON.stringify(home);
    });
  };
  expect(waiting(await homeOf(CAROL))).toContain(ID);
  expect(waiting(await homeOf("U0FRANK01"))).toContain("Nothing waits for you");
  expect(await homeOf("U0GUEST01")).not.toContain(ID);
  bot.desk.known = [];
  const start = "start one near its Kong: kong-upgrade runner --environment practice";
  await waitUntil("the home to say what to start", async () => (await homeOf(CAROL)).includes(start));
  expect(await homeOf("U0GUEST01")).not.toContain("runner");
});

function button(actionId: string, value: string) {
  return { type: "button", action_id: actionId, value, text: { type: "plain_text", text: actionId } };
}

function waiting(home: string): string {
  return home.slice(home.indexOf("Waiting for me"), home.indexOf('"Open"'));
}

test("in a channel that another organisation reads along nothing is planned", async () => {
  const bot = await startBot();
  await bot.s.person("faults", { share_channel: { channel: "C0PRACTCE", shared: true } });
  expect(await bot.type(ALICE, "plan practice --to 3.4.2")).toContain("shared with another organisation");
  expect(await bot.desk.list({ limit: 1 })).toEqual([]);
});

test("a confirmation waits a moment for approvers whom Slack cannot look up at once", async () => {
  const policies = sampleEnvironment().policies;
  const environment = sampleEnvironment({
    policies: { ...policies, steps: { freeze: policies.irreversible } },
  });
  let looks = 0;
  const lookAgain = async (): Promise<void> => {
    looks += 1;
    if (looks === 1) return;
    const ref = { stepId: "freeze", attempt: 1 };
    const checkedAt = new Date().toISOString();
    const people = [carol, erin];
    const replica = { kind: "bot", replica: "test" } as const;
    await bot.desk.submit(ID, { intent: "recheck_approval", ...ref, people, envelope, checkedAt }, replica);
  };
  const bot = await startBot({ options: { environments: [environment], recheckApproval: lookAgain } });
  await bot.type(ALICE, "plan practice --to 3.4.2");
  await survey(bot.desk, ID);
  await bot.type(ALICE, "start");
  await runStep(bot.desk, ID);
  const { ts } = await prompt(bot, "ku_approve");
  for (const user of [CAROL, ERIN])
    await bot.s.person("actions", { user, channel: "C0PRACTCE", ts, action_id: "ku_approve" });
  const manual = await prompt(bot, "ku_confirm_manual");
  await bot.s.person("actions", {
    user: ALICE,
    channel: "C0PRACTCE",
    ts: manual["ts"],
    action_id: "ku_confirm_manual",
  });
  await waitUntil("the confirmation", async () => {
    const events = await bot.desk.events(ID, 0);
    return events.some(({ event }) => event.type === "manual_step_confirmed");
  });
  expect(looks).toBe(2);
});

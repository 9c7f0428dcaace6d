import { expect, test } from "vitest";
import { verifyStanding } from "#src/signing/sign-standing.ts";
import { addMs, instantOf, isAfter } from "#src/kernel/instant.ts";
import type { Instant } from "#src/kernel/instant.ts";
import { choicesFor } from "#src/upgrade/choices.ts";
import { currentStep, next } from "#src/upgrade/next.ts";
import type { ConductorParts } from "#src/serve/conductor.ts";
import type { ChannelReach } from "#src/slack/channels.ts";
import { Story, id, report, request, started } from "#test/support/given.ts";
import { alice, carol, erin, inSlack, sampleFacts } from "#test/support/samples.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { atGate, granted, openStage } from "./stage.ts";
import type { Stage } from "./stage.ts";

const hourMs = 3_600_000;

test("a granted approval is signed after a fresh look at every voter, and then the runner is rung", async () => {
  const story = granted();
  await using stage = await openStage(story.events);
  stage.conduct();

  const signed = await waitUntil("the signature", () => signatureOf(stage));

  expect(new Set(stage.lookedUp)).toEqual(new Set([carol.userId, erin.userId]));
  const standing = verifyStanding(signed.envelope, [stage.key.publicKey]);
  const asked = story.events.findLast((event) => event.type === "approval_requested");
  expect(standing).toMatchObject({
    ok: true,
    value: { upgradeId: id, environment: "practice", digest: asked?.digest, checkedAt: signed.checkedAt },
  });
  await waitUntil("the ring", () => stage.rung.includes("practice"));
  await waitUntil("the picture in Slack", () => stage.projected.includes(id));
  expect(stage.checkpointed).toContain(id);
  const upgrade = await stage.record.find(id);
  expect(upgrade === undefined ? undefined : next(upgrade, await stage.record.now()).do).toBe("run");
});

test("T08: a voter who left the group between click and start voids the approval; nothing is signed and nobody rung", async () => {
  const story = granted();
  await using stage = await openStage(story.events);
  stage.answer({ ...carol, groups: [] });
  stage.conduct();

  await waitUntil("the answer", async () => (await stage.typesSince(story.events.length)).includes("approval_voided"));

  expect(await stage.typesSince(story.events.length)).not.toContain("approval_signed");
  expect(stage.rung).toEqual([]);
});

test("a manual step that was approved is looked at again by the click that confirms it, and not every minute", async () => {
  const { environment } = request;
  const { irreversible } = environment.policies;
  const story = new Story();
  story.now = instantOf(Date.now());
  story
    .must({ ...request, environment: { ...environment, policies: { irreversible, steps: { freeze: irreversible } } } })
    .must({ intent: "report_survey", facts: sampleFacts() })
    .must({ intent: "start", by: inSlack(alice) })
    .runUntil("freeze");
  const current = currentStep(story.active);
  if (current?.progress.kind !== "ready" || current.progress.approval === undefined) throw new Error("no gate");
  const ref = { stepId: current.step.id, attempt: current.progress.attempt };
  const { digest } = current.progress.approval;
  for (const voter of [carol, erin]) story.must({ intent: "vote", ...ref, voter, decision: "approve", digest });
  await using stage = await openStage(story.events);
  const confirm = { intent: "confirm_manual_step", ...ref, note: "", by: inSlack(alice) } as const;
  stage.conduct();
  await waitUntil("the picture in Slack", () => stage.projected.length > 0);
  expect(await stage.record.submit(id, confirm, replica)).toMatchObject({ problem: { code: "being_looked_up" } });
  expect(stage.lookedUp).toEqual([]);

  await stage.recheck();

  expect(stage.lookedUp.toSorted()).toEqual([carol.userId, erin.userId]);
  expect(await stage.record.submit(id, confirm, replica)).toMatchObject({ ok: true });
  await stage.recheck();
  expect((await stage.typesSince(0)).filter((type) => type === "approval_signed")).toHaveLength(1);
});

test("while a look at the voters hangs people see the truth all the same", async () => {
  await using stage = await openStage(granted().events);
  const told = Promise.withResolvers<void>();
  stage.conduct({ lookUp: async (userId) => told.promise.then(() => (userId === carol.userId ? carol : erin)) });
  try {
    await waitUntil("the picture in Slack", () => stage.projected.includes(id));
    expect(await signatureOf(stage)).toBeUndefined();
  } finally {
    told.resolve();
  }
  await waitUntil("the signature", () => signatureOf(stage));
});

test("a look is never said to be older than the votes, whichever of record and clock was read first", async () => {
  await using stage = await openStage(granted().events);
  const upgrade = await stage.record.find(id);
  if (upgrade === undefined) throw new Error("no upgrade");
  const times = [addMs(upgrade.updatedAt, -1)];
  await stage.recheck({ now: async () => times.pop() ?? stage.record.now() });
  expect((await signatureOf(stage))?.checkedAt).toSatisfy((at: Instant) => !isAfter(upgrade.updatedAt, at));
});

test("T09: while a voter cannot be looked up nothing is signed; the next look may succeed", async () => {
  const story = granted();
  await using stage = await openStage(story.events);
  stage.answer({ kind: "unknown", userId: carol.userId, problem: "Slack is away" });
  stage.conduct();
  await waitUntil("the first look", () => stage.lookedUp.length >= 2 && stage.projected.length > 0);
  expect(await stage.typesSince(story.events.length)).toEqual([]);

  stage.answer(carol);
  await stage.record.submit(id, { intent: "add_note", text: "Slack is back", by: inSlack(alice) }, replica);

  await waitUntil("the signature", () => signatureOf(stage));
});

test("T06: while another organisation is in the channel nothing is signed, which the record says once; then it is signed", async () => {
  const story = granted();
  await using stage = await openStage(story.events);
  const asked: string[] = [];
  let reach: ChannelReach = "shared";
  const channelReach = async (channel: string): Promise<ChannelReach> => {
    asked.push(channel);
    return reach;
  };
  stage.conduct({ channelReach });
  const note = (text: string) => stage.record.submit(id, { intent: "add_note", text, by: inSlack(alice) }, replica);
  const alarms = async () =>
    (await stage.typesSince(story.events.length)).filter((type) => type === "alarm_raised").length;

  await waitUntil("the alarm", async () => (await alarms()) > 0);
  const before = asked.length;
  await note("look again");
  await waitUntil("another look", () => asked.length > before);
  reach = "unknown";
  const again = asked.length;
  await note("and again");
  await waitUntil("a look that failed", () => asked.length > again);
  expect(await signatureOf(stage)).toBeUndefined();

  reach = "own";
  await note("nobody else is there any more");
  await waitUntil("the signature", () => signatureOf(stage));
  expect(await alarms()).toBe(1);
  expect(new Set(asked)).toEqual(new Set(["C0PRACTCE"]));
});

test("T06: a channel that cannot be looked up raises no alarm, and nothing is signed", async () => {
  const story = granted();
  await using stage = await openStage(story.events);
  let looks = 0;
  stage.conduct({
    channelReach: async () => {
      looks += 1;
      return "unknown";
    },
  });
  await waitUntil("the first look", () => looks >= 1 && stage.lookedUp.length >= 2);
  await stage.record.submit(id, { intent: "add_note", text: "look again", by: inSlack(alice) }, replica);
  await waitUntil("the second look", () => looks >= 2 && stage.lookedUp.length >= 4);
  expect(await stage.typesSince(story.events.length)).toEqual(["note_added"]);
});

test.each([
  ["nobody completed", atGate],
  ["nobody used", granted],
])("an approval that %s in time expires by the database's clock", async (_, storyAgo) => {
  const story = storyAgo(2 * hourMs);
  await using stage = await openStage(story.events);
  // Signing too late would be refused by the runner anyway; here it must not come first.
  stage.conduct({ lookUp: async (userId) => ({ kind: "unknown", userId, problem: "not asked" }) });

  await waitUntil("the end of it", async () =>
    (await stage.typesSince(story.events.length)).includes("approval_expired"),
  );

  expect(stage.rung).toEqual([]);
});

test("a running step whose runner is gone becomes unknown, once, and evidence is asked for", async () => {
  const story = atGate();
  story.runUntil();
  const beforeEnd = story.events.findIndex((event) => event.type === "step_started") + 1;
  const running = story.events.slice(0, beforeEnd);
  await using stage = await openStage(running);
  stage.conduct();
  stage.conduct();

  await waitUntil("the loss", async () => (await stage.typesSince(beforeEnd)).includes("runner_lost"));
  await waitUntil("the ring", () => stage.rung.includes("practice"));

  expect((await stage.typesSince(beforeEnd)).filter((type) => type === "runner_lost")).toHaveLength(1);
});

test("conductors of several replicas have one effect between them", async () => {
  const story = granted();
  await using stage = await openStage(story.events);
  let looking = 0;
  const everybodyLooks = Promise.withResolvers<void>();
  for (let replicas = 0; replicas < 3; replicas += 1) {
    stage.conduct({
      // All of them have seen the unsigned approval before the first one signs it.
      lookUp: async (userId) => {
        looking += 1;
        if (looking >= 6) everybodyLooks.resolve();
        await everybodyLooks.promise;
        return userId === carol.userId ? carol : erin;
      },
    });
  }

  // Each shows the upgrade before it looks at the people, and once more when it hears of the signature.
  await waitUntil("all of them to have heard of the signature", () => stage.projected.length >= 6);

  expect(await stage.typesSince(story.events.length)).toEqual(["approval_signed"]);
});

test("replicas that are not first leave an approval to the one that is: Slack is asked once for all of them", async () => {
  const story = granted();
  await using stage = await openStage(story.events);
  const seen = new Set<string>();
  const asked: string[] = [];
  const follower = (name: string) =>
    stage.conduct({
      isFirst: () => false,
      project: () => void seen.add(name),
      lookUp: async (userId) => {
        asked.push(name);
        return { kind: "unknown", userId, problem: "not to be asked" };
      },
    });
  follower("second");
  follower("third");
  await waitUntil("the others to have seen it", () => seen.size === 2);
  stage.conduct();

  await waitUntil("the signature", () => signatureOf(stage));

  expect(stage.lookedUp.toSorted()).toEqual([carol.userId, erin.userId]);
  expect(asked).toEqual([]);
});

test("a replica that is not first signs what the first one leaves lying", async () => {
  const minuteMs = 60_000;
  await using stage = await openStage(granted(minuteMs).events);
  stage.conduct({ isFirst: () => false });

  expect(await waitUntil("the signature", () => signatureOf(stage))).toBeDefined();
  await waitUntil("the checkpoint", () => stage.checkpointed.includes(id));
});

test("an upgrade that has not moved is neither shown nor witnessed again, however often it is looked at", async () => {
  await using stage = await openStage(atGate().events);
  let looks = 0;
  const heard = Promise.withResolvers<Parameters<ConductorParts["listen"]>[0]>();
  stage.conduct({
    listen: (onChange) => {
      heard.resolve(onChange);
      return { [Symbol.asyncDispose]: async () => undefined };
    },
    desk: {
      ...stage.record,
      find: (upgrade) => {
        looks += 1;
        return stage.record.find(upgrade);
      },
    },
  });
  const { version = 0 } = (await stage.record.find(id)) ?? {};
  const tell = await heard.promise;
  for (let round = 1; round <= 5; round += 1) {
    tell({ kind: "changed", id, version, environment: "practice" });
    await waitUntil(`look ${round}`, () => looks >= round);
  }
  expect(stage.projected).toEqual([id]);
  expect(stage.checkpointed).toEqual([id]);
});

test("an edge that fails is tried again and does not stop the others", async () => {
  const story = granted();
  await using stage = await openStage(story.events);
  let failures = 0;
  stage.conduct({
    ringEveryMs: 20,
    ring: async () => {
      failures += 1;
      throw new Error("the queue is away");
    },
  });

  await waitUntil("a second attempt", () => failures >= 2);

  expect(await signatureOf(stage)).toBeDefined();
  expect(stage.projected).toContain(id);
  expect(stage.checkpointed).toContain(id);
});

test("what waits for a runner is rung for again although nothing is appended, and nothing else is", async () => {
  const surveying = new Story().must(request);
  for (const [story, isDue] of [
    [surveying, true],
    [atGate(), false],
  ] as const) {
    await using stage = await openStage(story.events);
    const again: string[] = [];
    let looks = 0;
    stage.conduct({
      ringEveryMs: 20,
      ring: async (environment) => void again.push(environment),
      now: () => {
        looks += 1;
        return stage.record.now();
      },
    });
    await waitUntil("several rounds", () => (isDue ? again.length >= 3 : looks >= 20));
    expect(again.length > 0).toBe(isDue);
  }
});

const replica = { kind: "bot", replica: "test" } as const;

async function signatureOf({ record }: Stage) {
  const events = await record.events(id, 0);
  const signed = events.map(({ event }) => event).findLast((event) => event.type === "approval_signed");
  return signed?.type === "approval_signed" ? signed : undefined;
}

test("a runner that stands still while its step runs is told once, nothing is taken from it, and told again when it goes on", async () => {
  const story = started().runUntil("backup-database");
  const todo = next(story.active, story.now);
  if (todo.do !== "run") throw new Error("nothing to run");
  const ref = { stepId: todo.step.id, attempt: todo.attempt, runnerId: "r1" };
  story.must({ intent: "start_step", ...ref, digest: todo.digest });
  await using stage = await openStage(story.events);
  await using runner = await stage.standStill("r1");
  stage.conduct();
  stage.conduct();
  await waitUntil("the silence", async () => (await stage.typesSince(story.events.length)).includes("runner_silent"));
  const told = (await stage.record.events(id, story.events.length)).map(({ event }) => event);
  expect(told).toMatchObject([{ type: "runner_silent", ...ref, host: "kong-eu-1", pid: 4_711 }]);
  const upgrade = await stage.record.find(id);
  if (upgrade?.status !== "active") throw new Error("not active");
  expect(next(upgrade, await stage.record.now())).toMatchObject({ do: "watch", runnerId: "r1" });
  expect(choicesFor(upgrade)).toEqual([]);

  await runner.beat();
  await waitUntil("its sign of life", async () =>
    (await stage.typesSince(story.events.length)).includes("runner_heard"),
  );
  expect(await stage.typesSince(story.events.length)).toEqual(["runner_silent", "runner_heard"]);
  await stage.record.submit(
    id,
    { intent: "finish_step", ...ref, report: report("done") },
    { kind: "runner", runnerId: "r1" },
  );
  expect((await stage.typesSince(story.events.length)).slice(0, 3)).toEqual([
    "runner_silent",
    "runner_heard",
    "step_finished",
  ]);
});

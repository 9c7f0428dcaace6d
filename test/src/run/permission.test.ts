import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import { databaseOf } from "#src/plan/databases-of.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Step } from "#src/plan/step.ts";
import { signEnvelope } from "#src/signing/dsse.ts";
import { signStanding } from "#src/signing/sign-standing.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { votesOf } from "#test/support/standings.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { alarms, approve, carol, dangerous, key, refusal } from "./approved-step.ts";
import { setStage } from "./runner-stage.ts";
import { createPlan, createStep, present, shell } from "./stage.ts";

const past = "2026-01-01T00:00:00.000Z";
test("T13: an approved irreversible step runs once and consumes its approval", async () => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage);
  await stage.start({ publicKeys: [generateKey().publicKey, key.publicKey] });
  const done = await stage.until("work", "done");
  expect(done.approval?.outcome).toEqual({ kind: "consumed", approvedBy: ["U0CAROL01"] });
  expect(await alarms(stage)).toEqual([]);
});

test("an irreversible step waits for its approval without an alarm", async () => {
  await using stage = await setStage((folder) => [
    createStep({ id: "first", proof: [present(folder)] }),
    dangerous(folder),
  ]);
  await stage.start({ publicKeys: [key.publicKey] });
  await stage.until("first", "done");
  await stage.until("work", "ready");
  expect(existsSync(`${stage.folder}/work`)).toBe(false);
  expect(await alarms(stage)).toEqual([]);
});

test.each<[string, Partial<SignedStanding>, RegExp]>([
  ["upgrade", { upgradeId: "KU-2026-0002" }, /given for another upgrade: KU-2026-0002/u],
  ["environment", { environment: "prod" }, /given for another environment: prod/u],
  ["step", { stepId: "other" }, /given for another step: other/u],
  ["attempt", { attempt: 2 }, /given for another attempt: 2/u],
  ["digest", { digest: `sha256:${"0".repeat(64)}` }, /given for another digest/u],
])("T22: a genuine approval of another %s runs nothing and raises an alarm", async (_, changes, pattern) => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage, changes);
  await stage.start({ publicKeys: [key.publicKey] });
  expect(await refusal(stage)).toEqual({ alarm: expect.stringMatching(pattern), isBegun: false });
});

test.each<[string, Partial<SignedStanding>, RegExp]>([
  ["a time that is over", { expiresAt: past }, /expired at 2026-01-01/u],
  ["voters looked up long ago", { checkedAt: past }, /more than 60 s ago/u],
  [
    "voters looked up in the future",
    { checkedAt: "2126-01-01T00:00:00.000Z", expiresAt: "2126-01-01T00:01:00.000Z" },
    /from the future/u,
  ],
  ["longer than the runner's own policy allows", { expiresAt: "2126-01-01T00:00:00.000Z" }, /is good until 2126-/u],
  ["another lock", { fence: "4711" }, /given under another lock of practice/u],
  ["a vote from before the request", votesOf([carol], [past]), /a vote for step work is of 2026-01-01/u],
  ["a vote in the future", votesOf([carol], ["2126-01-01T00:00:00.000Z"]), /a vote for step work is of 2126-/u],
  ["no vote at all", { approvals: [] }, /names 0 people, who do not meet the policy/u],
  ["a step that was rejected", { rejectedBy: ["U0DAVE001"] }, /was rejected by U0DAVE001/u],
  ["an asker who approves", { requesterIds: ["U0CAROL01"] }, /do not meet the policy of this runner/u],
])("T16: an approval for %s runs nothing and raises an alarm", async (_, changes, pattern) => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage, changes);
  await stage.start({ publicKeys: [key.publicKey] });
  expect(await refusal(stage)).toEqual({ alarm: expect.stringMatching(pattern), isBegun: false });
});

test("T15: an approval with a vote that nobody sealed runs nothing, although the Slack side signed it", async () => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage, {}, (standing) =>
    signStanding(
      { ...standing, approvals: standing.approvals.map((vote) => ({ ...vote, stepUp: "totp" as const })) },
      key,
    ),
  );
  await stage.start({ publicKeys: [key.publicKey] });
  expect(await refusal(stage)).toEqual({
    alarm: expect.stringMatching(/not genuine: no vote of U0CAROL01 came through Slack/u),
    isBegun: false,
  });
});

test("T33: an approval of a key that was rotated out runs nothing and raises an alarm", async () => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage);
  await stage.start({ publicKeys: [generateKey().publicKey] });
  expect(await refusal(stage)).toEqual({
    alarm: expect.stringMatching(/not genuine: no valid signature of a trusted key/u),
    isBegun: false,
  });
});

test.each<[string, Partial<Policy>, RegExp]>([
  ["more proof of presence", { stepUp: "totp" }, /do not meet the policy of this runner/u],
  ["other people", { alternatives: [[{ count: 1, users: ["U0ERIN001"], groups: [] }]] }, /do not meet the policy/u],
  ["a shorter life", { grantExpiresAfterMs: 1_000 }, /longer than the policy of this runner allows/u],
])("T16: the runner's own policy counts: where it wants %s nothing runs", async (_, over, pattern) => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage);
  const { policies } = stage.environment;
  const strict = { ...stage.environment, policies: { irreversible: { ...policies.irreversible, ...over } } };
  await stage.start({ publicKeys: [key.publicKey], environments: new Map([["practice", strict]]) });
  expect(await refusal(stage)).toEqual({ alarm: expect.stringMatching(pattern), isBegun: false });
});

/** A window of an hour, half a day from now. */
function closedNow(): Policy["windows"][number] {
  const hour = (new Date().getUTCHours() + 12) % 24;
  const time = (of: number): string => `${String(of % 24).padStart(2, "0")}:00`;
  return {
    days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    from: time(hour),
    to: time(hour + 1),
    timeZone: "UTC",
  };
}

test("T26: outside the window of the runner's own configuration an approval starts nothing", async () => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage);
  const irreversible = { ...stage.environment.policies.irreversible, windows: [closedNow()] };
  const strict = { ...stage.environment, policies: { irreversible } };
  await stage.start({ publicKeys: [key.publicKey], environments: new Map([["practice", strict]]) });
  expect(await refusal(stage)).toEqual({
    alarm: expect.stringMatching(/may only start inside a maintenance window/u),
    isBegun: false,
  });
});

test("T16: an approval signed by somebody else runs nothing and raises one alarm", async () => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage, {}, (standing) => signStanding(standing, generateKey()));
  const first = await stage.start({ publicKeys: [key.publicKey] });
  expect(await refusal(stage)).toEqual({
    alarm: expect.stringMatching(/not genuine: no valid signature/u),
    isBegun: false,
  });
  await first.stop();
  const looks: string[] = [];
  await stage.start({
    runnerId: "second",
    publicKeys: [key.publicKey],
    record: {
      ...stage.record,
      events: (id, version) => {
        looks.push(id);
        return stage.record.events(id, version);
      },
    },
  });
  await waitUntil("the second runner to look", () => looks.length > 0);
  expect(await alarms(stage)).toHaveLength(1);
});

test("T16: a genuine signature over something that is no standing runs nothing", async () => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage, {}, (standing) => signEnvelope("text/plain", Buffer.from(JSON.stringify(standing)), key));
  await stage.start({ publicKeys: [key.publicKey] });
  expect(await refusal(stage)).toEqual({
    alarm: expect.stringMatching(/not genuine: the envelope holds "text\/plain"/u),
    isBegun: false,
  });
});

test("T16: the runner's own policy counts: fewer people than it wants run nothing", async () => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage);
  const { policies } = stage.environment;
  const strict: Environment = {
    ...stage.environment,
    policies: {
      ...policies,
      irreversible: quorumPolicy({ users: ["U0CAROL01", "U0ERIN001"], groups: [], quorum: 2, expiresAfterMs: 60_000 }),
    },
  };
  await stage.start({ publicKeys: [key.publicKey], environments: new Map([["practice", strict]]) });
  expect(await refusal(stage)).toEqual({
    alarm: expect.stringMatching(/names 1 people, who do not meet the policy of this runner/u),
    isBegun: false,
  });
});

test("T17: the runner's own policy counts: a class that it wants approved does not run without", async () => {
  await using stage = await setStage((folder) => [dangerous(folder, { class: "disruptive" })]);
  const { policies } = stage.environment;
  const strict: Environment = { ...stage.environment, policies: { ...policies, disruptive: policies.irreversible } };
  await stage.start({ publicKeys: [key.publicKey], environments: new Map([["practice", strict]]) });
  expect(await refusal(stage)).toEqual({
    alarm: expect.stringMatching(/is disruptive and was to run without a signed approval/u),
    isBegun: false,
  });
});

test.each<[string, (step: Step) => Step, RegExp]>([
  ["a command", (step) => ({ ...step, action: { kind: "commands", commands: [shell("id")] } }), /\(action differ\)/u],
  ["its class", (step) => ({ ...step, class: "irreversible" }), /\(class differ\)/u],
  ["its proof", (step) => ({ ...step, proof: [] }), /\(proof differ\)/u],
  ["its name", (step) => ({ ...step, id: "other" }), /not in the plan that this runner makes/u],
])("T17: a plan with %s changed on the way runs nothing and raises an alarm", async (_, change, pattern) => {
  await using stage = await setStage((folder) => [dangerous(folder, { class: "safe" })]);
  const honest = createPlan(stage.environment, stage.plan.steps.map(change));
  await stage.start({}, () => honest);
  expect(await refusal(stage)).toEqual({ alarm: expect.stringMatching(pattern), isBegun: false });
});

test("T17: a plan that was made for another installation runs nothing and raises an alarm", async () => {
  await using stage = await setStage((folder) => [dangerous(folder, { class: "safe" })]);
  const own: Environment = {
    ...stage.environment,
    database: { ...databaseOf(stage.environment), host: "other.example" },
  };
  await stage.start({ environments: new Map([["practice", own]]) });
  expect(await refusal(stage)).toEqual({
    alarm: expect.stringMatching(/made for another installation .*\(database differ\)/u),
    isBegun: false,
  });
});

test("an environment that is not in the runner's configuration is not touched", async () => {
  await using stage = await setStage((folder) => [dangerous(folder, { class: "safe" })]);
  const looks: string[] = [];
  await stage.start({
    environments: new Map([["other", { ...stage.environment, name: "other" }]]),
    record: {
      ...stage.record,
      list: (filter) => {
        looks.push("list");
        return stage.record.list(filter);
      },
    },
  });
  await waitUntil("three sweeps", () => looks.length >= 3);
  expect(await stage.progress("work")).toMatchObject({ kind: "ready" });
});

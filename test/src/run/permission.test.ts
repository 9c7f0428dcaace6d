import { databaseOf } from "#src/plan/environment.ts";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import type { Person } from "#approvals/person.ts";
import { addMs } from "#src/kernel/instant.ts";
import { quorumPolicy } from "#approvals/policy.ts";
import { votesOf } from "#test/support/standings.ts";
import type { Environment } from "#src/plan/environment.ts";
import { stepDigest } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { signEnvelope } from "#src/signing/dsse.ts";
import { signStanding } from "#src/signing/sign-standing.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import type { Envelope } from "#src/upgrade/events.ts";
import type { Actor } from "#src/upgrade/identity.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";
import { createPlan, createStep, present, shell } from "./stage.ts";

const key = generateKey();
const bot: Actor = { kind: "bot", replica: "test" };
const carol: Person = {
  kind: "known",
  userId: "U0CAROL01",
  teamId: "T0ACME001",
  name: "carol",
  isHomeTeam: true,
  isDeactivated: false,
  isBot: false,
  isGuest: false,
  groups: [],
};

function dangerous(folder: string, changes: Partial<Step> = {}): Step {
  return createStep({
    class: "irreversible",
    action: { kind: "commands", commands: [shell(`echo x >> ${folder}/work`)] },
    proof: [present(`${folder}/work`)],
    ...changes,
  });
}

async function submit(stage: Stage, intent: Exclude<Intent, { readonly intent: "request" }>): Promise<void> {
  const answer = await stage.record.submit(stage.id, intent, bot);
  if (!answer.ok) throw new Error(answer.problem.sentence);
}

/** Carol approves, and the standing that is signed is the right one but for `changes`. */
async function approve(
  stage: Stage,
  changes: Partial<SignedStanding> = {},
  sign: (standing: SignedStanding) => Envelope = (standing) => signStanding(standing, key),
): Promise<void> {
  await submit(stage, { intent: "tick" });
  const [step] = stage.plan.steps;
  if (step === undefined) throw new Error("the plan has no step");
  const digest = stepDigest(stage.plan, step, 1);
  const ref = { stepId: step.id, attempt: 1 };
  await submit(stage, { intent: "vote", ...ref, voter: carol, decision: "approve", digest });
  const checkedAt = await stage.record.now();
  const envelope = sign({
    upgradeId: stage.id,
    environment: stage.environment.name,
    ...ref,
    digest,
    ...votesOf([carol]),
    checkedAt,
    expiresAt: addMs(checkedAt, 60_000),
    ...changes,
  });
  await submit(stage, { intent: "recheck_approval", ...ref, people: [carol], envelope, checkedAt });
}

async function alarms(stage: Stage): Promise<readonly string[]> {
  const events = await stage.record.events(stage.id, 0);
  return events.flatMap(({ event }) => (event.type === "alarm_raised" ? [event.what] : []));
}

/** What the alarm said, and whether anything was begun all the same. */
async function refusal(stage: Stage): Promise<{ readonly alarm: string | undefined; readonly isBegun: boolean }> {
  const [alarm] = await waitUntil("an alarm", async () => {
    const found = await alarms(stage);
    return found.length > 0 && found;
  });
  const types = (await stage.record.events(stage.id, 0)).map(({ event }) => event.type);
  return { alarm, isBegun: existsSync(`${stage.folder}/work`) || types.includes("step_started") };
}

test("an approved irreversible step runs once and consumes its approval", async () => {
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

const past = "2026-01-01T00:00:00.000Z";

test.each<[string, Partial<SignedStanding>, RegExp]>([
  ["another upgrade", { upgradeId: "KU-2026-0002" }, /given for another upgrade: KU-2026-0002/u],
  ["another environment", { environment: "prod" }, /given for another environment: prod/u],
  ["another step", { stepId: "other" }, /given for another step: other/u],
  ["another attempt", { attempt: 2 }, /given for another attempt: 2/u],
  ["another digest", { digest: `sha256:${"0".repeat(64)}` }, /given for another digest/u],
  ["a time that is over", { expiresAt: past }, /expired at 2026-01-01/u],
  ["voters looked up long ago", { checkedAt: past }, /more than 60 s ago/u],
  ["voters looked up in the future", { checkedAt: "2126-01-01T00:00:00.000Z" }, /from the future/u],
])("an approval for %s runs nothing and raises an alarm", async (_, changes, pattern) => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage, changes);
  await stage.start({ publicKeys: [key.publicKey] });
  expect(await refusal(stage)).toEqual({ alarm: expect.stringMatching(pattern), isBegun: false });
});

test("an approval signed by somebody else runs nothing and raises one alarm", async () => {
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

test("a genuine signature over something that is no standing runs nothing", async () => {
  await using stage = await setStage((folder) => [dangerous(folder)]);
  await approve(stage, {}, (standing) => signEnvelope("text/plain", Buffer.from(JSON.stringify(standing)), key));
  await stage.start({ publicKeys: [key.publicKey] });
  expect(await refusal(stage)).toEqual({
    alarm: expect.stringMatching(/not genuine: the envelope holds "text\/plain"/u),
    isBegun: false,
  });
});

test("the runner's own policy counts: fewer people than it wants run nothing", async () => {
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

test("the runner's own policy counts: a class that it wants approved does not run without", async () => {
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
])("a plan with %s changed on the way runs nothing and raises an alarm", async (_, change, pattern) => {
  await using stage = await setStage((folder) => [dangerous(folder, { class: "safe" })]);
  const honest = createPlan(stage.environment, stage.plan.steps.map(change));
  await stage.start({}, () => honest);
  expect(await refusal(stage)).toEqual({ alarm: expect.stringMatching(pattern), isBegun: false });
});

test("a plan that was made for another installation runs nothing and raises an alarm", async () => {
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

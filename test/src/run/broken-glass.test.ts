import { expect, test } from "vitest";
import { quorumPolicy } from "#approvals/policy.ts";
import type { Policy } from "#approvals/policy.ts";
import { addMs, instantOf } from "#src/kernel/instant.ts";
import { stepDigest } from "#src/plan/plan.ts";
import { sealingDesk } from "#src/serve/sealed-votes.ts";
import { soleKey } from "#src/signing/key-ring.ts";
import { signStanding } from "#src/signing/sign-standing.ts";
import { carol, dangerous, key, refusal, submit } from "./approved-step.ts";
import { setStage } from "./runner-stage.ts";
import type { Stage } from "./runner-stage.ts";

const bot = { kind: "bot", replica: "test" } as const;
const keys = { publicKeys: [key.publicKey] };
const two = { users: ["U0DAVE001", "U0ERIN001"], groups: [], quorum: 2, expiresAfterMs: 60_000 };
const irreversible = quorumPolicy(two, { breakGlass: [carol.userId] });

/** A step whose glass carol has broken in Slack, with the approval that is signed because of it. */
async function broken(): Promise<Stage> {
  const stage = await setStage((folder) => [dangerous(folder)], { policies: { irreversible } });
  await submit(stage, { intent: "tick" });
  const [step] = stage.plan.steps;
  if (step === undefined) throw new Error("the plan has no step");
  const ref = { stepId: step.id, attempt: 1 };
  const digest = stepDigest(stage.plan, step, 1);
  const words = { reason: "orders fail", incident: "INC-4711", stepUp: "none" } as const;
  const desk = sealingDesk(stage.record, soleKey(key), () => instantOf(Date.now()));
  const intent = { intent: "break_glass", ...ref, digest, person: carol, ...words, skipped: ["U0DAVE001"] } as const;
  const told = await desk.submit(stage.id, intent, bot);
  const at = told.ok ? told.value.recorded.at(-1)?.at : undefined;
  if (at === undefined) throw new Error("the glass was not broken");
  const checkedAt = await stage.record.now();
  const lock = await stage.record.lockOf(stage.environment.name);
  const frame = { upgradeId: stage.id, environment: stage.environment.name, ...ref, digest, checkedAt };
  const standing = {
    ...frame,
    approvals: [],
    brokenGlass: { userId: carol.userId, human: carol.userId, groups: [], ...words, at },
    requesterIds: ["U0ALICE01"],
    earlierVoterIds: [],
    fence: lock?.fence ?? "none",
    expiresAt: addMs(at, 60_000),
  };
  await submit(stage, {
    intent: "recheck_approval",
    ...ref,
    people: [carol],
    envelope: signStanding(standing, key),
    checkedAt,
  });
  return stage;
}

/** Starts a runner whose own configuration has another policy. */
async function startWith(stage: Stage, over: Partial<Policy>): Promise<void> {
  const own = { ...stage.environment, policies: { irreversible: { ...irreversible, ...over } } };
  await stage.start({ ...keys, environments: new Map([["practice", own]]) });
}

test("a glass that was broken by somebody whom the runner's configuration names starts the step", async () => {
  await using stage = await broken();
  await startWith(stage, {});
  expect((await stage.until("work", "done")).approval?.outcome.kind).toBe("consumed");
});

test.each<[string, Partial<Policy>, RegExp]>([
  [
    "a breaker who is not named",
    { breakGlass: ["U0ERIN001"] },
    /was broken by U0CAROL01, who is not named for it here/u,
  ],
  ["less proof of presence than wanted", { stepUp: "totp" }, /with less proof of presence \(none\) than the policy/u],
])("T27: a broken glass with %s by the runner's own configuration starts nothing", async (_, over, pattern) => {
  await using stage = await broken();
  await startWith(stage, over);
  expect(await refusal(stage)).toEqual({ alarm: expect.stringMatching(pattern), isBegun: false });
});

import { existsSync } from "node:fs";
import type { Person } from "#approvals/person.ts";
import { addMs, instantOf } from "#src/kernel/instant.ts";
import { stepDigest } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { sealingDesk } from "#src/serve/sealed-votes.ts";
import { soleKey } from "#src/signing/key-ring.ts";
import { signStanding } from "#src/signing/sign-standing.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import type { Envelope } from "#src/upgrade/events.ts";
import type { Actor } from "#src/upgrade/identity.ts";
import type { Intent } from "#src/upgrade/intents.ts";
import type { SignedStanding } from "#src/upgrade/standing.ts";
import { votesOf } from "#test/support/standings.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import type { Stage } from "./runner-stage.ts";
import { createStep, present, shell } from "./stage.ts";

/** The key that these tests sign with. */
export const key = generateKey();
const bot: Actor = { kind: "bot", replica: "test" };
export const carol: Person = {
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

/** A step that leaves a line behind each time it runs. */
export function dangerous(folder: string, changes: Partial<Step> = {}): Step {
  return createStep({
    class: "irreversible",
    action: { kind: "commands", commands: [shell(`echo x >> ${folder}/work`)] },
    proof: [present(`${folder}/work`)],
    ...changes,
  });
}

/** Says something as the bot; a refusal fails the test. */
export async function submit(stage: Stage, intent: Exclude<Intent, { readonly intent: "request" }>): Promise<void> {
  const answer = await stage.record.submit(stage.id, intent, bot);
  if (!answer.ok) throw new Error(answer.problem.sentence);
}

/** Carol approves, and the standing that is signed is the right one but for `changes`. */
export async function approve(
  stage: Stage,
  changes: Partial<SignedStanding> = {},
  sign: (standing: SignedStanding) => Envelope = (standing) => signStanding(standing, key),
): Promise<void> {
  await submit(stage, { intent: "tick" });
  const [step] = stage.plan.steps;
  if (step === undefined) throw new Error("the plan has no step");
  const progress = await stage.progress(step.id);
  const attempt = progress?.kind === "ready" ? progress.attempt : 1;
  const digest = stepDigest(stage.plan, step, attempt);
  const ref = { stepId: step.id, attempt };
  const desk = sealingDesk(stage.record, soleKey(key), () => instantOf(Date.now()));
  const vote = { intent: "vote", ...ref, voter: carol, decision: "approve", digest } as const;
  const told = await desk.submit(stage.id, vote, bot);
  if (!told.ok) throw new Error(told.problem.sentence);
  const votedAt = told.value.recorded.map(({ at }) => at);
  const checkedAt = await stage.record.now();
  const lock = await stage.record.lockOf(stage.environment.name);
  const envelope = sign({
    upgradeId: stage.id,
    environment: stage.environment.name,
    ...ref,
    digest,
    ...votesOf([carol], votedAt),
    fence: lock?.fence ?? "none",
    checkedAt,
    expiresAt: addMs(checkedAt, 60_000),
    ...changes,
  });
  await submit(stage, { intent: "recheck_approval", ...ref, people: [carol], envelope, checkedAt });
}

/** What was told, in order. */
export async function alarms(stage: Stage): Promise<readonly string[]> {
  const events = await stage.record.events(stage.id, 0);
  return events.flatMap(({ event }) => (event.type === "alarm_raised" ? [event.what] : []));
}

/** What the alarm said, and whether anything was begun all the same. */
export async function refusal(
  stage: Stage,
): Promise<{ readonly alarm: string | undefined; readonly isBegun: boolean }> {
  const [alarm] = await waitUntil("an alarm", async () => {
    const found = await alarms(stage);
    return found.length > 0 && found;
  });
  const types = (await stage.record.events(stage.id, 0)).map(({ event }) => event.type);
  return { alarm, isBegun: existsSync(`${stage.folder}/work`) || types.includes("step_started") };
}

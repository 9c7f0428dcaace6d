import { databaseOf } from "#src/plan/databases-of.ts";
import { expect } from "vitest";
import type { Record } from "#src/record/record.ts";
import type { RecordedEvent } from "#src/upgrade/events.ts";
import type { Actor, UpgradeId } from "#src/upgrade/identity.ts";
import type { Intent, IntentOf } from "#src/upgrade/intents.ts";
import { next } from "#src/upgrade/next.ts";
import type { Next } from "#src/upgrade/next.ts";
import type { Upgrade } from "#src/upgrade/state.ts";
import { sampleEnvironment, alice, inSlack, sampleFacts } from "#test/support/samples.ts";
import { report, request } from "#test/support/given.ts";

export const aliceActs: Actor = { kind: "person", userId: "U0ALICE01", teamId: "T0ACME001", name: "alice" };
export const runnerActs: Actor = { kind: "runner", runnerId: "r1" };

/** A request for an environment with a Kong database of its own, unless told otherwise. */
export function requestFor(environment: string, over: Partial<IntentOf<"request">> = {}): IntentOf<"request"> {
  const base = sampleEnvironment({ name: environment });
  return {
    ...request,
    environment: {
      ...base,
      database: { ...databaseOf(base), name: `kong_${environment.replaceAll("-", "_")}` },
      // With a hook the first step is for a runner, without one for a person.
      hooks: { ...base.hooks, freeze: { argv: ["/usr/local/bin/freeze"], timeoutMs: 10_000 } },
    },
    ...over,
  };
}

export async function requestUpgrade(record: Record, environment = "practice"): Promise<Upgrade> {
  const answer = await record.request(requestFor(environment), aliceActs);
  if (!answer.ok) throw new Error(answer.problem.sentence);
  return answer.value.upgrade;
}

/** Submits, and a refusal fails the test. */
export async function must(
  record: Record,
  id: UpgradeId,
  intent: Exclude<Intent, { readonly intent: "request" }>,
): Promise<Upgrade> {
  const answer = await record.submit(id, intent, aliceActs);
  if (!answer.ok) expect.fail(`${intent.intent}: ${answer.problem.sentence}`);
  return answer.value.upgrade;
}

/** An upgrade that was planned and started; its first step waits for a runner. */
export async function startUpgrade(record: Record, environment = "practice"): Promise<Upgrade> {
  const { id } = await requestUpgrade(record, environment);
  await must(record, id, { intent: "report_survey", facts: sampleFacts() });
  return must(record, id, { intent: "start", by: inSlack(alice) });
}

/** What a runner may do now. */
export function runnable(upgrade: Upgrade): Extract<Next, { do: "run" }> {
  const todo = next(upgrade, upgrade.updatedAt);
  if (todo.do !== "run") throw new Error(`nothing to run: ${todo.do}`);
  return todo;
}

export function startStep(upgrade: Upgrade, runnerId: string): IntentOf<"start_step"> {
  const { step, attempt, digest } = runnable(upgrade);
  return { intent: "start_step", stepId: step.id, attempt, runnerId, digest };
}

/** Runs one step as a healthy runner does. */
export async function runStep(record: Record, upgrade: Upgrade, runnerId = "r1"): Promise<Upgrade> {
  const { step, attempt } = runnable(upgrade);
  await must(record, upgrade.id, startStep(upgrade, runnerId));
  return must(record, upgrade.id, {
    intent: "finish_step",
    stepId: step.id,
    attempt,
    runnerId,
    report: report("done"),
  });
}

/** An upgrade with a few dozen events: planned, started, two steps run, some notes. */
export async function busyUpgrade(record: Record, environment = "practice"): Promise<readonly RecordedEvent[]> {
  let upgrade = await startUpgrade(record, environment);
  upgrade = await runStep(record, upgrade);
  await runStep(record, upgrade);
  for (const text of ["looks fine", "traffic is calm", "going on"]) {
    await must(record, upgrade.id, { intent: "add_note", text, by: inSlack(alice) });
  }
  return record.events(upgrade.id, 0);
}

import type { Environment } from "#src/plan/environment.ts";
import { sealPlan } from "#src/plan/plan.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import type { Record } from "#src/record/record.ts";
import { replay } from "#src/upgrade/evolve.ts";
import type { UpgradeEvent } from "#src/upgrade/events.ts";
import { followUps } from "#src/upgrade/follow-ups.ts";
import { upgradeIdSchema } from "#src/upgrade/identity.ts";
import type { Requester, UpgradeId } from "#src/upgrade/identity.ts";
import type { StepProgress } from "#src/upgrade/state.ts";
import { appendRaw } from "#test/src/run/seed-upgrade.ts";
import { createStep, present } from "#test/src/run/stage.ts";
import { sampleFacts } from "#test/support/samples.ts";

const requester: Requester = { kind: "terminal", account: "bench", host: "bench" };

/** A started upgrade of an environment with these steps, in place of the ones that a plan would have. */
export interface SeededUpgrade {
  readonly id: UpgradeId;
  readonly plan: Plan;
}

let count = 0;

/** Written past `decide`, which would ask for a real installation; everything from here on goes through the front door. */
export async function seedSteps(
  databaseUrl: string,
  environment: Environment,
  steps: readonly Step[],
): Promise<SeededUpgrade> {
  count += 1;
  const id = upgradeIdSchema.parse(`KU-2026-${String(count).padStart(4, "0")}`);
  const plan = sealPlan({
    kind: "upgrade",
    environment: environment.name,
    strategy: "in-place",
    from: "2.8.5",
    to: "3.4.2",
    options: { order: "test-first" },
    findings: [],
    steps,
    notes: [],
  });
  const events: readonly UpgradeEvent[] = [
    {
      type: "upgrade_requested",
      mode: "plan",
      environment,
      to: plan.to,
      strategy: plan.strategy,
      options: plan.options,
      by: requester,
      channel: environment.channel,
    },
    { type: "survey_reported", facts: sampleFacts() },
    { type: "plan_made", plan },
    { type: "upgrade_started", by: requester, planDigest: plan.digest },
  ];
  const now = new Date().toISOString();
  const started = replay(events.map((event, index) => ({ upgradeId: id, version: index + 1, at: now, event })));
  await appendRaw(databaseUrl, id, [...events, ...(started === undefined ? [] : followUps(started, now))]);
  return { id, plan };
}

/** A step that starts `/bin/sh` with a script on the runner's machine; its proof is the cheapest one that there is. */
export function shellStep(id: string, script: string, changes: Partial<Step> = {}): Step {
  const command = { target: "runner", argv: ["/bin/sh", "-c", script], env: {}, secrets: {} };
  return createStep({
    id,
    title: `Step ${id}`,
    action: { kind: "commands", commands: [command] },
    proof: [present("/bin/sh")],
    ...changes,
  });
}

/** How far a step is; undefined before the upgrade is there. */
export async function progressOf(record: Record, id: UpgradeId, stepId: string): Promise<StepProgress | undefined> {
  const upgrade = await record.find(id);
  if (upgrade?.status === "active") return upgrade.forward.steps.get(stepId);
  return upgrade?.status === "closed" ? upgrade.forward?.steps.get(stepId) : undefined;
}

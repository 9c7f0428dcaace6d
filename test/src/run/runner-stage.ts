import { join } from "node:path";
import type { Environment } from "#src/plan/environment.ts";
import type { Plan } from "#src/plan/plan.ts";
import type { Step } from "#src/plan/step.ts";
import { openRecord } from "#src/record/record.ts";
import type { Record as UpgradeRecord } from "#src/record/record.ts";
import type { RunnerOptions } from "#src/run/ports.ts";
import { startRunner } from "#src/run/runner.ts";
import type { Runner } from "#src/run/runner.ts";
import { generateKey } from "#src/signing/signing-key.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Active, StepProgress } from "#src/upgrade/state.ts";
import { createDatabase } from "#test/support/database.ts";
import { waitUntil } from "#test/support/wait-until.ts";
import { seedUpgrade } from "./seed-upgrade.ts";
import { createEnvironment, createFolder, createPlan, permitsWith, resolverFor, silentLog } from "./stage.ts";

/** A started upgrade with steps of the test's own in a real record. */
export interface Stage extends AsyncDisposable {
  readonly id: UpgradeId;
  readonly folder: string;
  readonly record: UpgradeRecord;
  readonly environment: Environment;
  readonly plan: Plan;
  readonly databaseUrl: string;
  /** Starts a runner that makes this plan again, or another one. */
  start(changes?: Partial<RunnerOptions>, replan?: (upgrade: Active) => Plan | undefined): Promise<Runner>;
  progress(stepId: string): Promise<StepProgress | undefined>;
  /** Waits until the step is in this state. */
  until<Kind extends StepProgress["kind"]>(
    stepId: string,
    kind: Kind,
  ): Promise<Extract<StepProgress, { readonly kind: Kind }>>;
}

/** In a database of its own, which is dropped in the end, or in one that the test brings. */
export async function setStage(
  makeSteps: (folder: string, databaseUrl: string) => readonly Step[],
  changes: Partial<Environment> = {},
  databaseUrl?: string,
): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const database = databaseUrl === undefined ? stack.use(await createDatabase()) : { url: databaseUrl };
  const folder = stack.use(await createFolder());
  const record = stack.use(await openRecord({ url: database.url }));
  const environment = createEnvironment(database.url, changes);
  const plan = createPlan(environment, makeSteps(folder.path, database.url));
  const id = await seedUpgrade(database.url, { environment, plan });
  const opened = stack.move();
  const progress = async (stepId: string): Promise<StepProgress | undefined> => {
    const upgrade = await record.find(id);
    if (upgrade?.status === "active") return upgrade.forward.steps.get(stepId);
    return upgrade?.status === "closed" ? upgrade.forward?.steps.get(stepId) : undefined;
  };
  return {
    id,
    folder: folder.path,
    record,
    environment,
    plan,
    databaseUrl: database.url,
    start: async (options = {}, replan = () => plan) => {
      const runner = await startRunner(
        {
          runnerId: "runner-1",
          version: "0.0.0",
          environments: new Map([[environment.name, environment]]),
          record,
          doorbell: { attend: async () => ({ [Symbol.asyncDispose]: async () => undefined }) },
          publicKeys: [generateKey().publicKey],
          resolveSecret: resolverFor(database.url),
          dataDir: join(folder.path, "data"),
          log: silentLog,
          permits: permitsWith(folder.path),
          sweepEveryMs: 100,
          ...options,
        },
        replan,
      );
      opened.defer(() => runner.stop());
      return runner;
    },
    progress,
    until: (stepId, kind) =>
      waitUntil(`step ${stepId} to be ${kind}`, async () => {
        const found = await progress(stepId);
        return found !== undefined && isKind(found, kind) && found;
      }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function isKind<Kind extends StepProgress["kind"]>(
  progress: StepProgress,
  kind: Kind,
): progress is Extract<StepProgress, { readonly kind: Kind }> {
  return progress.kind === kind;
}

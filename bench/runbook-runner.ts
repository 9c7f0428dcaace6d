import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Command, Step } from "#src/plan/step.ts";
import type { Record } from "#src/record/record.ts";
import { createChunkStore } from "#src/run/output/chunk-store.ts";
import { createStepOutput } from "#src/run/output/step-output.ts";
import { askedTogether } from "#src/run/ownership.ts";
import { runStep } from "#src/run/run-step.ts";
import { stateName } from "#src/run/transports/remote-attempts.ts";
import type { Transports } from "#src/run/transports/transports.ts";
import { createContext } from "#test/src/run/context.ts";
import { createEnvironment, createStep, present, silentLog } from "#test/src/run/stage.ts";
import type { SshHost } from "./ssh-hosts.ts";

/** What steps are executed on. */
export interface RunbookStage {
  readonly record: Record;
  readonly databaseUrl: string;
  readonly dataDir: string;
}

const argv = ["/bin/true"] as const;
const timeoutMs = 60_000;
const upgradeId = "KU-2026-0001";

/** The steps one after the other, each on all hosts at once, by the transports alone. */
export async function runByTransports(hosts: readonly SshHost[], steps: number, transports: Transports): Promise<void> {
  const run = randomUUID().slice(0, 8);
  for (let step = 1; step <= steps; step += 1) {
    const ends = await Promise.all(
      hosts.map(async ({ name, transport }, index) => {
        const state = `${run}.${step}.${index + 1}`;
        const end = await transports.run(transport, { name: state, argv: [...argv], env: {}, timeoutMs, onOutput });
        void transports.forget(transport, [state]);
        return `${name}: ${JSON.stringify(end)}`;
      }),
    );
    const wrong = ends.find((end) => !end.endsWith('{"kind":"exited","exitCode":0}'));
    if (wrong !== undefined) throw new Error(wrong);
  }
}

async function onOutput(): Promise<void> {
  // These commands print nothing.
}

/** The same as steps of an upgrade, as a runner executes them once they are claimed. */
export async function runBySteps(
  hosts: readonly SshHost[],
  steps: number,
  { record, databaseUrl, dataDir, transports }: RunbookStage & { readonly transports: Transports },
): Promise<void> {
  const environment = createEnvironment(databaseUrl, { name: `bench-${randomUUID().slice(0, 8)}` });
  const run = randomUUID().slice(0, 8);
  for (let number = 1; number <= steps; number += 1) {
    const step = stepOn(hosts, `${run}-${number}`);
    const ref = { upgradeId, stepId: step.id, attempt: 1 } as const;
    const output = createStepOutput(createChunkStore((chunks) => record.appendOutput(ref, chunks), silentLog));
    // The upgrade of these steps is in no record; the question costs the same.
    const isStillOurs = askedTogether(async () => (await record.find(upgradeId)) === undefined);
    const place = { environment, step, dataDir: join(dataDir, run), databaseUrl };
    const context = createContext(place, { transports, output, isStillOurs });
    const report = await runStep(context);
    if (report.outcome !== "done") throw new Error(`${step.id}: ${report.reason}`);
    for (const [index, { transport }] of hosts.entries())
      void transports.forget(transport, [stateName(ref, environment, index)]);
    await context.remoteAttempts.forget(ref);
  }
}

function stepOn(hosts: readonly SshHost[], id: string): Step {
  const [first, ...rest] = hosts.map(({ name, transport }): Command => ({
    target: name,
    argv: [...argv],
    env: {},
    secrets: {},
    via: transport,
  }));
  if (first === undefined) throw new Error("no host");
  const atOnce = hosts.length > 1 ? { nodesAtOnce: hosts.length } : {};
  // Nothing is done without a proof; this one costs a look at a file.
  const proof = [present(argv[0])];
  return createStep({ id, timeoutMs, proof, action: { kind: "commands", commands: [first, ...rest], ...atOnce } });
}

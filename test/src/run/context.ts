import { livePorts } from "#src/discovery/live-ports.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Step } from "#src/plan/step.ts";
import { createChunkStore } from "#src/run/output/chunk-store.ts";
import type { OutputChunk } from "#src/run/output/chunk-store.ts";
import { createRedactor } from "#src/run/output/redact.ts";
import { createStepOutput } from "#src/run/output/step-output.ts";
import { openRunningProcesses } from "#src/run/process/running-processes.ts";
import type { StepContext } from "#src/run/step-context.ts";
import { openRemoteAttempts } from "#src/run/transports/remote-attempts.ts";
import { openTransports } from "#src/run/transports/transports.ts";
import { resolverFor, silentLog } from "./stage.ts";

/** What a step is executed with, without a record: its output is collected. */
export function createContext(
  place: {
    readonly environment: Environment;
    readonly step: Step;
    readonly dataDir: string;
    readonly databaseUrl: string;
  },
  changes: Partial<StepContext> = {},
): StepContext & { readonly stored: readonly OutputChunk[] } {
  const { environment, step, dataDir, databaseUrl } = place;
  const stored: OutputChunk[] = [];
  const resolveSecret = resolverFor(databaseUrl);
  const baseEnv = { PATH: "/usr/bin:/bin" };
  const store = createChunkStore(async (chunks) => {
    stored.push(...chunks);
  }, silentLog);
  return {
    upgradeId: "KU-2026-0001",
    step,
    attempt: 1,
    mayHaveRun: false,
    environment,
    ports: livePorts({ resolveSecret, baseEnv }),
    redactor: createRedactor([]),
    baseline: {},
    output: createStepOutput(store),
    resolveSecret,
    baseEnv,
    running: openRunningProcesses(`${dataDir}/running`),
    isStillOurs: async () => true,
    transports: openTransports(baseEnv),
    remoteAttempts: openRemoteAttempts(`${dataDir}/remote`),
    leave: new AbortController().signal,
    cancel: new AbortController().signal,
    log: silentLog,
    ...changes,
    stored,
  };
}

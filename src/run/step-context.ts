import type { DiscoveryPorts } from "#src/discovery/ports.ts";
import type { Environment } from "#src/plan/environment.ts";
import type { Measurements } from "#src/plan/measurements.ts";
import type { Step } from "#src/plan/step.ts";
import type { UpgradeId } from "#src/upgrade/identity.ts";
import type { Redactor } from "./output/redact.ts";
import type { StepOutput } from "./output/step-output.ts";
import type { Logger, ResolveSecret } from "./ports.ts";
import type { RunningProcesses } from "./process/running-processes.ts";
import type { RemoteAttempts } from "./transports/remote-attempts.ts";
import type { Transports } from "./transports/transports.ts";

/** What probes need: the runner's own configuration of the environment, ways to look, and what was measured before. */
export interface ProbeContext {
  readonly environment: Environment;
  readonly ports: DiscoveryPorts;
  readonly redactor: Redactor;
  /** The latest figures that a step of this upgrade measured. */
  readonly baseline: Measurements;
}

/** Everything that one attempt of one step is executed with. */
export interface StepContext extends ProbeContext {
  readonly upgradeId: UpgradeId;
  readonly step: Step;
  readonly attempt: number;
  /** Whether an earlier attempt may have done the work: its commands were started, or nobody knows. */
  readonly mayHaveRun: boolean;
  /** What the step is run for; every process that it starts has it in its environment. */
  readonly trace?: string;
  readonly output: StepOutput;
  readonly resolveSecret: ResolveSecret;
  readonly baseEnv: Readonly<Record<string, string>>;
  readonly running: RunningProcesses;
  readonly transports: Transports;
  readonly remoteAttempts: RemoteAttempts;
  /** Asks the record right before a process is started; undefined where it could not be asked. Never rejects. */
  readonly isStillOurs: () => Promise<boolean | undefined>;
  /** Aborted when the runner has to go now: only what can be broken off without harm listens to it. */
  readonly leave: AbortSignal;
  /** Aborted when somebody cancels this step. */
  readonly cancel: AbortSignal;
  readonly log: Logger;
}
